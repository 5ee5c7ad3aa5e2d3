namespace Kling.Benchmarks;

/// <summary>The long run of the soak: an hour of virtual time.</summary>
internal static class SoakCommand
{
    // How many tasks KLING_TEST_DEPTH=1 stands for.
    private const decimal FullTasks = 100;

    internal static void Run(Report report, string? tasks)
    {
        report.Table("Soak with random faults", "Tasks", "Virtual minutes", "Real seconds", "Requests", "Ledger USD", "Journal USD", "Handles left", "Threads left", "Memory left KB");
        foreach (string row in TestRun.Rows("FullyQualifiedName~LeakSoakTests", ("KLING_TEST_DEPTH", TestRun.Depth(tasks ?? "2000", FullTasks))))
        {
            report.Line(row);
        }
    }
}
