using System.Globalization;
using System.Text.Json;

namespace Kling.Benchmarks;

/// <summary>Many open tasks in one session, from a text file of addresses.</summary>
internal static class ScaleBenchmark
{
    internal static int Run(string tasks)
    {
        int count = int.Parse(tasks, CultureInfo.InvariantCulture);
        using var sandbox = new Child("serve", "90", "120");
        string endpoint = sandbox.ReadLine();
        ScaleReport report;
        using (var child = new Child("open", endpoint, tasks))
        {
            report = JsonSerializer.Deserialize<ScaleReport>(child.ReadLine())!;
        }

        Console.WriteLine("| Open tasks | Submit s | Wait s | CPU while waiting s | Memory per open task KB | Succeeded |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        Console.WriteLine(FormattableString.Invariant(
            $"| {count} | {report.Submit:0.0} | {report.Wait:0.0} | {report.WaitCpu:0.0} | {(report.OpenMemory - report.IdleMemory) / 1024.0 / count:0.0} | {report.Succeeded} |"));
        return 0;
    }
}
