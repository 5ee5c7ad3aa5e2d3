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
        var self = Process.GetCurrentProcess();
        WaitUntilIdle(self);
        GC.Collect();
        long idle = ProcessMemory.Resident;
        ProcessMemory.ResetPeak();
        TimeSpan cpu = self.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        EngineResult result = engine.Run($"$input | New-KlingVideo -Wait -ThrottleLimit {throttle} -Upload {upload} -Force", Rows(tasks, image)).Check();
        watch.Stop();
        self.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new JobReport(
            watch.Elapsed.TotalSeconds,
            (self.TotalProcessorTime - cpu).TotalSeconds,
            idle,
            ProcessMemory.Peak,
            result.Output.Count(item => $"{item.Properties["Status"].Value}" == "Succeeded"),
            result.Output.ToDictionary(Id, item => Time(item, "SubmittedAt")),
            result.Output.ToDictionary(Id, item => Time(item, "CompletedAt")))));
        return 0;
    }

    /// <summary>Rows as Import-Csv gives them; the host's stand-in for that is a script, which the real one is not.</summary>
    private static IEnumerable<PSObject> Rows(int tasks, string image)
    {
        for (int number = 1; number <= tasks; number++)
        {
            var row = new PSObject();
            row.Properties.Add(new PSNoteProperty("LiteralPath", image));
            row.Properties.Add(new PSNoteProperty("Prompt", $"shot number {number}"));
            yield return row;
        }
    }

    /// <summary>Waits until the runtime has recompiled in the background what the start of the host used often; that is not the job's.</summary>
    private static void WaitUntilIdle(Process self)
    {
        TimeSpan before;
        do
        {
            self.Refresh();
            before = self.TotalProcessorTime;
            Thread.Sleep(500);
            self.Refresh();
        }
        while (self.TotalProcessorTime - before > TimeSpan.FromMilliseconds(10));
    }

    private static string Id(PSObject task) => $"{task.Properties["TaskId"].Value}";

    private static DateTimeOffset Time(PSObject item, string name) => (DateTimeOffset)item.Properties[name].Value;
}
