using System.Globalization;

namespace Kling.Benchmarks;

/// <summary>The whole job of docs/PERFORMANCE.md: PowerShell itself with a script of three lines, beside PowerShell with nothing to do.</summary>
internal static class BatchBenchmark
{
    internal static void Run(Report report, string? tasks)
    {
        int count = int.Parse(tasks ?? "500", CultureInfo.InvariantCulture);
        ProcessCost empty = Job.EmptyPwsh();
        report.Table("The whole job as a process of pwsh, 16 at a time", "Image", "Tasks", "Makespan s", "Process s", "CPU s", "Peak MB", "Above empty: s", "CPU s", "MB", "Time above empty / makespan", "Requests", "Noticed after ms (median)", "Billed USD");
        report.Line(FormattableString.Invariant($"| none: an empty pwsh | – | – | {empty.Seconds:0.0} | {empty.Cpu:0.0} | {empty.PeakMegabytes:0} | – | – | – | – | – | – | – |"));
        foreach ((string name, Job job, string upload) in new[]
        {
            ("8 KB", new Job(count, 8 * 1024), "Never"),
            ("4 MB", new Job(count, 4 * 1024 * 1024), "Never"),
            ("4 MB, the same for all, -Upload Auto", new Job(count, 4 * 1024 * 1024, Distinct: false), "Auto"),
            ("8 KB, one id per look", new Job(count, 8 * 1024, Fault: SandboxProcess.OneIdPerLook), "Never"),
            ("8 KB, ten times as many, each in a tenth of the time", new Job(10 * count, 8 * 1024, Shortest: 0.05, Longest: 0.3), "Never"),
        })
        {
            JobRun run = job.Run(Job.Pwsh("kling.ps1"), ("JOB_UPLOAD", upload));
            ProcessCost above = run.Cost - empty;
            double makespan = run.Makespan();
            report.Line(FormattableString.Invariant(
                $"| {name} | {job.Tasks} | {makespan:0.0} | {run.Cost.Seconds:0.0} | {run.Cost.Cpu:0.0} | {run.Cost.PeakMegabytes:0} | {above.Seconds:0.0} | {above.Cpu:0.0} | {above.PeakMegabytes:0} | {above.Seconds / makespan:0.00} | {run.Ledger.Requests} | {run.NoticedAfter():0} | {run.Ledger.Billed:0.0000} |"));
        }
    }
}
