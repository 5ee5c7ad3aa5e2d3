namespace Kling.Benchmarks;

/// <summary>The long run of the property tests.</summary>
internal static class FuzzCommand
{
    // How many cases of each property KLING_TEST_DEPTH=1 stands for.
    private const decimal FullCases = 500;

    internal static void Run(Report report, string? cases)
    {
        report.Table("Random cases", "Property", "Cases", "Seconds");
        foreach (string row in TestRun.Rows("FullyQualifiedName~Kling.Core.Tests.Fuzz", ("KLING_TEST_DEPTH", TestRun.Depth(cases ?? "100000", FullCases))))
        {
            report.Line(row);
        }
    }
}
