namespace Kling.Benchmarks;

/// <summary>The long run of the property tests.</summary>
internal static class FuzzCommand
{
    internal static void Run(Report report, string? cases)
    {
        report.Table("Random cases", "Property", "Cases", "Seconds");
        foreach (string row in TestRun.Rows("FullyQualifiedName~Kling.Core.Tests.Fuzz", ("KLING_FUZZ", cases ?? "100000")))
        {
            report.Line(row);
        }
    }
}
