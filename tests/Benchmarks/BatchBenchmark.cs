using System.Globalization;
using System.Text.Json;

namespace Kling.Benchmarks;

/// <summary>The whole job of docs/PERFORMANCE.md: tasks through the real cmdlets against a sandbox in its own process, in real time.</summary>
internal static class BatchBenchmark
{
    private const int Throttle = 16;

    internal static void Run(Report report, string? tasks)
    {
        report.Table("The whole job, 16 at a time", "Image", "Tasks", "Floor s", "Wall s", "Wall / floor", "Requests", "Noticed after ms (median)", "Peak memory above idle MB", "CPU s", "Billed USD");
        foreach ((string name, int bytes, string upload, string? fault) in new[]
        {
            ("8 KB", 8 * 1024, "Never", null),
            ("4 MB", 4 * 1024 * 1024, "Never", null),
            ("4 MB, the same for all, -Upload Auto", 4 * 1024 * 1024, "Auto", null),
            ("8 KB, one id per look", 8 * 1024, "Never", SandboxProcess.OneIdPerLook),
        })
        {
            string image = SampleImage.Write(bytes);
            try
            {
                report.Line(Row(name, int.Parse(tasks ?? "500", CultureInfo.InvariantCulture), image, upload, fault));
            }
            finally
            {
                File.Delete(image);
            }
        }
    }

    private static string Row(string name, int tasks, string image, string upload, string? fault)
    {
        using Child sandbox = fault is null ? new Child("serve", "0.5", "3") : new Child("serve", "0.5", "3", fault);
        string endpoint = sandbox.ReadLine();
        JobReport job;
        using (var child = new Child("job", endpoint, tasks.ToString(CultureInfo.InvariantCulture), Throttle.ToString(CultureInfo.InvariantCulture), image, upload))
        {
            job = JsonSerializer.Deserialize<JobReport>(child.ReadLine())!;
        }

        Ledger ledger = JsonSerializer.Deserialize<Ledger>(sandbox.Ask())!;
        if (job.Succeeded != tasks || ledger.Tasks != tasks)
        {
            throw new InvalidOperationException($"{job.Succeeded} of {tasks} succeeded; the sandbox accepted {ledger.Tasks}.");
        }

        // The floor is what the generation itself takes when nothing but the throttle stands in the way.
        double floor = job.Submitted.Sum(task => (ledger.Finished[task.Key] - task.Value).TotalSeconds) / Throttle;
        double[] latencies = [.. job.Noticed.Select(task => (task.Value - ledger.Finished[task.Key]).TotalMilliseconds).Order()];
        return FormattableString.Invariant(
            $"| {name} | {tasks} | {floor:0.0} | {job.Wall:0.0} | {job.Wall / floor:0.00} | {ledger.Requests} | {latencies[latencies.Length / 2]:0} | {(job.PeakMemory - job.IdleMemory) / 1048576.0:0} | {job.Cpu:0.0} | {ledger.Billed:0.0000} |");
    }
}
