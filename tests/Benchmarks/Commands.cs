namespace Kling.Benchmarks;

/// <summary>The commands by name. Each prints one or more Markdown tables and keeps them in out/benchmarks.</summary>
internal static class Commands
{
    private static readonly (string Name, string Help, Action<Report, string[]> Run)[] s_commands =
    [
        ("batch", "[tasks]   the whole job as a process of pwsh, beside one with nothing to do (500)", First(BatchBenchmark.Run)),
        ("compare", "[tasks] [command line]...   the same job with other clients (500)", CompareBenchmark.Run),
        ("scale", "[tasks]   many open tasks in one session (10000)", First(ScaleBenchmark.Run)),
        ("call", "[items]   what New-KlingVideo costs per item beside the round trip (400)", First(CallBenchmark.Run)),
        ("import", "          import beside an empty module; from the first call to the first byte", (report, _) => ImportBenchmark.Run(report)),
        ("journal", "[tasks]   reading a journal of that many tasks (1000000)", First(JournalBenchmark.Run)),
        ("pieces", "[quick]   the hot pieces of the engine one by one", First(PiecesBenchmark.Run)),
        ("soak", "[tasks]   an hour of virtual time with random faults (2000)", First(SoakCommand.Run)),
        ("fuzz", "[cases]   the property tests' long run (100000)", First(FuzzCommand.Run)),
    ];

    internal static string Help { get; } = string.Join(Environment.NewLine,
        s_commands.Select(command => $"{command.Name,-8} {command.Help}").Append("all                all of them but fuzz, one after the other, into one file"));

    internal static bool Run(string name, string[] arguments)
    {
        Action<Report, string[]>? run = s_commands.FirstOrDefault(command => command.Name == name).Run;
        if (run is null)
        {
            return false;
        }

        var report = new Report();
        run(report, arguments);
        report.Save(name);
        return true;
    }

    /// <summary>Measures everything. The fuzz run is left out: it measures nothing and takes long.</summary>
    internal static void RunAll()
    {
        var report = new Report();
        foreach ((string name, _, Action<Report, string[]> run) in s_commands.Where(command => command.Name != "fuzz"))
        {
            Console.Error.WriteLine($"{name} ...");
            run(report, []);
            report.Save("all");
        }
    }

    private static Action<Report, string[]> First(Action<Report, string?> run) => (report, arguments) => run(report, arguments.FirstOrDefault());
}
