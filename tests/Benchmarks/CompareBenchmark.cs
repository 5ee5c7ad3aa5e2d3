using System.Globalization;

namespace Kling.Benchmarks;

/// <summary>The same job with other clients. The sandbox draws the same durations for each of them, so they have the makespan of the module's run.</summary>
internal static class CompareBenchmark
{
    /// <summary>Compares.</summary>
    /// <param name="report">Where the table goes.</param>
    /// <param name="arguments">How many tasks, then command lines of other clients; they find the job in their environment, as those in tests/Benchmarks/Clients do.</param>
    internal static void Run(Report report, string[] arguments)
    {
        bool isCounted = int.TryParse(arguments.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int tasks);
        tasks = isCounted ? tasks : 500;
        (string Name, string[] Command)[] clients =
        [
            ("this module", Job.Pwsh("kling.ps1")),
            ("a plain PowerShell script", Job.Pwsh("plain.ps1")),
            ("a shell script with curl", ["bash", Job.ClientFile("curl.sh")]),
            .. arguments.Skip(isCounted ? 1 : 0).Select(line => (line, new[] { "bash", "-c", line })),
        ];
        report.Table("The same job with other clients, 16 at a time", "Client", "Image", "Tasks", "Process s", "Process s / makespan", "Requests", "CPU s", "Largest process MB", "Billed USD");
        foreach ((string size, int bytes) in new[] { ("8 KB", 8 * 1024), ("4 MB", 4 * 1024 * 1024) })
        {
            double makespan = 0;
            foreach ((string name, string[] command) in clients)
            {
                try
                {
                    JobRun run = new Job(tasks, bytes).Run(command, ("JOB_UPLOAD", "Never"));
                    makespan = run.Times.Count > 0 ? run.Makespan() : makespan;
                    report.Line(FormattableString.Invariant(
                        $"| {name} | {size} | {tasks} | {run.Cost.Seconds:0.0} | {run.Cost.Seconds / makespan:0.00} | {run.Ledger.Requests} | {run.Cost.Cpu:0.0} | {run.Cost.PeakMegabytes:0} | {run.Ledger.Billed:0.0000} |"));
                }
                catch (InvalidOperationException failure)
                {
                    // Not installed, ended with an error, or left tasks out.
                    Console.Error.WriteLine($"{name}: {failure.Message}");
                    report.Line($"| {name} | {size} | {tasks} | failed | – | – | – | – | – |");
                }
            }
        }
    }
}
