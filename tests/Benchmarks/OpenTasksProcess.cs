using System.Diagnostics;
using System.Text.Json;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>Many tasks open in one session: submits them from a text file of addresses, then waits for all of them at once.</summary>
internal static class OpenTasksProcess
{
    private const int WarmUp = 200;
    private const int SettleSeconds = 30;

    internal static int Run(string endpoint, int tasks)
    {
        string list = Path.Combine(Path.GetTempPath(), $"kling-urls-{Environment.ProcessId}.txt");
        File.WriteAllLines(list, Enumerable.Range(0, tasks).Select(i => $"https://images.example.com/shot-{i}.png"));
        try
        {
            using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
            engine.Run($"$ProgressPreference = 'SilentlyContinue'; $WarningPreference = 'SilentlyContinue'; $null = Connect-Kling -Endpoint '{endpoint.Split(' ')[0]}' -ApiKey '{endpoint.Split(' ')[1]}'").Check();

            // The first tasks bring the compiled code and the buffers that all others share.
            engine.Run($"$few = [IO.File]::ReadLines('{list}') | Select-Object -First {WarmUp} | New-KlingVideo -Prompt 'first ones' -Force; $null = $few | Wait-KlingTask -Timeout 5 -ErrorAction SilentlyContinue").Check();
            long idle = ProcessMemory.InUse();
            var self = Process.GetCurrentProcess();
            var watch = Stopwatch.StartNew();
            engine.Run($"$tasks = [IO.File]::ReadLines('{list}') | New-KlingVideo -Prompt 'slow dolly in' -ThrottleLimit 16 -Force").Check();
            double submit = watch.Elapsed.TotalSeconds;
            long open = ProcessMemory.InUse();
            ProcessMemory.ResetPeak();
            self.Refresh();
            TimeSpan cpu = self.TotalProcessorTime;
            Task<long> waiting = Task.Delay(TimeSpan.FromSeconds(SettleSeconds)).ContinueWith(_ => ProcessMemory.InUse(), TaskScheduler.Default);
            int succeeded = engine.Run("$tasks | Wait-KlingTask -Timeout -1 | Where-Object { $_.Status -eq 'Succeeded' } | ForEach-Object { 1 }").Check().Output.Count;
            self.Refresh();
            double wait = watch.Elapsed.TotalSeconds - submit;
            Console.WriteLine(JsonSerializer.Serialize(new ScaleReport(submit, wait, (self.TotalProcessorTime - cpu).TotalSeconds, idle, open, waiting.Result, ProcessMemory.Peak, succeeded)));
            return 0;
        }
        finally
        {
            File.Delete(list);
        }
    }
}
