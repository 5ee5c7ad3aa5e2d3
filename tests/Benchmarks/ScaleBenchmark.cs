using System.Globalization;
using System.Text.Json;

namespace Kling.Benchmarks;

/// <summary>Many open tasks in one session, from a text file of addresses.</summary>
internal static class ScaleBenchmark
{
    internal static void Run(Report report, string? tasks)
    {
        int count = int.Parse(tasks ?? "10000", CultureInfo.InvariantCulture);
        using var sandbox = new Child("serve", "90", "120");
        string endpoint = sandbox.ReadLine();
        ScaleReport open;
        using (var child = new Child("open", endpoint, count.ToString(CultureInfo.InvariantCulture)))
        {
            open = JsonSerializer.Deserialize<ScaleReport>(child.ReadLine())!;
        }

        report.Table("Many open tasks in one session", "Open tasks", "Submit s", "Wait s", "CPU while waiting s", "Memory per open task KB", "while it is waited for KB", "at most, with garbage KB", "Succeeded");
        double PerTask(long bytes) => (bytes - open.IdleMemory) / 1024.0 / count;
        report.Line(FormattableString.Invariant(
            $"| {count} | {open.Submit:0.0} | {open.Wait:0.0} | {open.WaitCpu:0.0} | {PerTask(open.OpenMemory):0.0} | {PerTask(open.WaitMemory):0.0} | {PerTask(open.PeakMemory):0.0} | {open.Succeeded} |"));
    }
}
