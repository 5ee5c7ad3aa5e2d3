using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>The sandbox in a process of its own: writes its address and its key, then answers each line of input with its ledger as JSON.</summary>
internal static class SandboxProcess
{
    private const string Ledger = """
        $s = Get-KlingSandbox
        [Kling.Benchmarks.LedgerText]::Write($s.TaskCount, $s.RequestCount, $s.TotalBilled, @($s.Charges | ForEach-Object { $_.TaskId }), @($s.Charges | ForEach-Object { $_.At }))
        """;

    /// <summary>What makes the service refuse every look at more than one task, as one that cannot share would.</summary>
    internal const string OneIdPerLook = "ChunkRefused:Poll:1000000";

    internal static int Serve(string shortest, string longest, string? fault)
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        EngineResult started = engine.Run($"(Start-KlingSandbox -GenerationSeconds {shortest} -MaxGenerationSeconds {longest} -Balance 1000000{(fault is null ? "" : $" -Fault '{fault}'")}) | ForEach-Object {{ $_.Endpoint + ' ' + $_.ApiKey }}");
        Console.WriteLine(started.Check().Output[0]);
        while (Console.ReadLine() is not null)
        {
            Console.WriteLine(engine.Run(Ledger).Check().Output[0]);
        }

        return 0;
    }
}
