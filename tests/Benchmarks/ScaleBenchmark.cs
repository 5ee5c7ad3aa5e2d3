using System.Globalization;
using System.Text.Json;

namespace Kling.Benchmarks;

/// <summary>Many open tasks in one session, from a text file of addresses: a half of them and all, so that what each further task takes is seen apart from what all share.</summary>
internal static class ScaleBenchmark
{
    internal static void Run(Report report, string? tasks)
    {
        int count = int.Parse(tasks ?? "10000", CultureInfo.InvariantCulture);
        report.Table("Many open tasks in one session", "Open tasks", "Submit s", "Wait s", "CPU while waiting s", "Memory per open task KB", "while it is waited for KB", "each further task KB", "at most, with garbage KB", "Succeeded");
        ScaleReport half = Measure(report, count / 2, null);
        Measure(report, count, half);
    }

    private static ScaleReport Measure(Report report, int count, ScaleReport? half)
    {
        using var sandbox = new Child("serve", "90", "120");
        string endpoint = sandbox.ReadLine();
        using var child = new Child("open", endpoint, count.ToString(CultureInfo.InvariantCulture));
        ScaleReport open = JsonSerializer.Deserialize<ScaleReport>(child.ReadLine())!;
        string Kilobytes(long bytes, int of) => (bytes / 1024.0 / of).ToString("0.0", CultureInfo.InvariantCulture);
        string further = half is null ? "–" : Kilobytes(open.WaitMemory - open.IdleMemory - (half.WaitMemory - half.IdleMemory), count - half.Succeeded);
        report.Line(FormattableString.Invariant(
            $"| {count} | {open.Submit:0.0} | {open.Wait:0.0} | {open.WaitCpu:0.0} | {Kilobytes(open.OpenMemory - open.IdleMemory, count)} | {Kilobytes(open.WaitMemory - open.IdleMemory, count)} | {further} | {Kilobytes(open.PeakMemory - open.IdleMemory, count)} | {open.Succeeded} |"));
        return open;
    }
}
