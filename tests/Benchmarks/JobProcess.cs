using System.Diagnostics;
using System.Management.Automation;
using System.Text.Json;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>One whole job in a process of its own, through the real cmdlets: many copies of one image piped into New-KlingVideo -Wait.</summary>
internal static class JobProcess
{
    internal static int Run(string endpoint, int tasks, int throttle, string image, string upload)
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        engine.Run($"$ProgressPreference = 'SilentlyContinue'; $WarningPreference = 'SilentlyContinue'; $null = Connect-Kling -Endpoint '{endpoint}' -ApiKey 'sandbox-key-not-a-secret'").Check();
        GC.Collect();
        long idle = ProcessMemory.Resident;
        ProcessMemory.ResetPeak();
        var self = Process.GetCurrentProcess();
        TimeSpan cpu = self.TotalProcessorTime;
        var watch = Stopwatch.StartNew();

        // Only what the report needs is kept, as a script that saves its videos and moves on would.
        EngineResult result = engine.Run($"1..{tasks} | ForEach-Object {{ [pscustomobject]@{{ LiteralPath = '{image}'; Prompt = \"shot number $_\" }} }} | New-KlingVideo -Wait -ThrottleLimit {throttle} -Upload {upload} -Force | ForEach-Object {{ [pscustomobject]@{{ Id = \"$($_.TaskId)\"; Status = \"$($_.Status)\"; Submitted = $_.SubmittedAt; Completed = $_.CompletedAt }} }}").Check();
        watch.Stop();
        self.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new JobReport(
            watch.Elapsed.TotalSeconds,
            (self.TotalProcessorTime - cpu).TotalSeconds,
            idle,
            ProcessMemory.Peak,
            result.Output.Count(item => Text(item, "Status") == "Succeeded"),
            result.Output.ToDictionary(item => Text(item, "Id"), item => Time(item, "Submitted")),
            result.Output.ToDictionary(item => Text(item, "Id"), item => Time(item, "Completed")))));
        return 0;
    }

    private static string Text(PSObject item, string name) => (string)item.Properties[name].Value;

    private static DateTimeOffset Time(PSObject item, string name) => (DateTimeOffset)item.Properties[name].Value;
}
