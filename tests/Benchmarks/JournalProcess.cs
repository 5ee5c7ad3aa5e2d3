using System.Diagnostics;
using System.Text.Json;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>One command with a journal, as the first of its process, and the same once more.</summary>
internal static class JournalProcess
{
    internal static int Run(string endpoint, string home, string script)
    {
        Environment.SetEnvironmentVariable("KLING_HOME", home);
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        engine.Run($"$ProgressPreference = 'SilentlyContinue'; $WarningPreference = 'SilentlyContinue'; $null = Connect-Kling -Endpoint '{endpoint.Split(' ')[0]}' -ApiKey '{endpoint.Split(' ')[1]}'").Check();
        long idle = ProcessMemory.Resident;
        ProcessMemory.ResetPeak();
        var watch = Stopwatch.StartNew();
        int found = engine.Run(script).Check().Output.Count;
        double first = watch.Elapsed.TotalSeconds;
        long peak = ProcessMemory.Peak;
        watch.Restart();
        engine.Run(script).Check();
        Console.WriteLine(JsonSerializer.Serialize(new JournalReport(first, watch.Elapsed.TotalSeconds, idle, peak, found)));
        return 0;
    }
}

/// <summary>What it took.</summary>
/// <param name="Seconds">Of the first time.</param>
/// <param name="Again">Seconds of the second time.</param>
/// <param name="IdleMemory">Bytes of the process before it.</param>
/// <param name="PeakMemory">Bytes at most, of the first time.</param>
/// <param name="Found">How many objects came out.</param>
internal sealed record JournalReport(double Seconds, double Again, long IdleMemory, long PeakMemory, int Found);
