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
        engine.Run($"$ProgressPreference = 'SilentlyContinue'; $WarningPreference = 'SilentlyContinue'; $null = Connect-Kling -Endpoint '{endpoint.Split(' ')[0]}' -ApiKey '{endpoint.Split(' ')[1]}'").Check();
        string rows = Path.Combine(Environment.GetEnvironmentVariable("KLING_HOME")!, "rows.csv");
        File.WriteAllLines(rows, Enumerable.Range(1, tasks).Select(number => $"{image},shot number {number}").Prepend("LiteralPath,Prompt"));
        var self = Process.GetCurrentProcess();
        WaitUntilIdle(self);
        GC.Collect();
        long idle = ProcessMemory.Resident;
        ProcessMemory.ResetPeak();
        TimeSpan cpu = self.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        EngineResult result = engine.Run($"Import-Csv '{rows}' | New-KlingVideo -Wait -ThrottleLimit {throttle} -Upload {upload} -Force").Check();
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
