using System.Globalization;
using System.Text.Json;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>A job that a client does as a whole program: a video of each row of a CSV file, waited for, against a sandbox in a process of its own.</summary>
/// <param name="Tasks">How many rows.</param>
/// <param name="ImageBytes">Bytes of each image.</param>
/// <param name="Distinct">Whether each row has an image of its own.</param>
/// <param name="Shortest">The shortest generation in seconds.</param>
/// <param name="Longest">The longest.</param>
/// <param name="Fault">A fault of the sandbox; null for none.</param>
internal sealed record Job(int Tasks, int ImageBytes, bool Distinct = true, double Shortest = 0.5, double Longest = 3, string? Fault = null)
{
    internal const int Throttle = 16;

    /// <summary>The files of the clients, in tests/Benchmarks/Clients.</summary>
    internal static string ClientFile(string name) => Path.Combine(RepositoryPaths.Root, "tests", "Benchmarks", "Clients", name);

    /// <summary>PowerShell itself with a script.</summary>
    internal static string[] Pwsh(string script) => ["dotnet", "tool", "run", "pwsh", "-NoProfile", "-NonInteractive", "-File", ClientFile(script)];

    /// <summary>PowerShell itself with nothing to do.</summary>
    internal static ProcessCost EmptyPwsh()
    {
        // Once to warm the system's cache of files.
        string home = Path.GetTempPath();
        WholeProcess.Measure(home, Pwsh("empty.ps1"));
        ProcessCost[] costs = [.. Enumerable.Range(0, 5).Select(_ => WholeProcess.Measure(home, Pwsh("empty.ps1")))];
        return new ProcessCost(costs.Average(cost => cost.Seconds), costs.Average(cost => cost.Cpu), costs.Average(cost => cost.PeakMegabytes));
    }

    /// <summary>Lets a client do the job.</summary>
    internal JobRun Run(string[] client, params (string Name, string Value)[] environment)
    {
        string folder = Directory.CreateTempSubdirectory("kling-job-").FullName;
        try
        {
            string rows = WriteRows(folder);
            string[] seconds = [Shortest.ToString(CultureInfo.InvariantCulture), Longest.ToString(CultureInfo.InvariantCulture)];
            using Child sandbox = new(["serve", .. seconds, .. Fault is null ? Array.Empty<string>() : [Fault]]);
            string[] endpoint = sandbox.ReadLine().Split(' ');
            ProcessCost cost = WholeProcess.Measure(folder, client,
                [("JOB_ENDPOINT", endpoint[0]), ("JOB_KEY", endpoint[1]), ("JOB_ROWS", rows), ("JOB_THROTTLE", Throttle.ToString(CultureInfo.InvariantCulture)), ("JOB_MODULE", RepositoryPaths.ModuleManifest), .. environment]);
            Ledger ledger = JsonSerializer.Deserialize<Ledger>(sandbox.Ask())!;
            return ledger.Tasks == Tasks && ledger.Finished.Count == Tasks
                ? new JobRun(cost, ledger, JobTimes.Of(folder))
                : throw new InvalidOperationException($"The sandbox accepted {ledger.Tasks} of {Tasks} tasks and finished {ledger.Finished.Count}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string WriteRows(string folder)
    {
        string[] images = SampleImage.WriteDistinct(folder, Distinct ? Tasks : 1, ImageBytes);
        string path = Path.Combine(folder, "rows.csv");
        File.WriteAllLines(path, Enumerable.Range(0, Tasks).Select(i => $"{images[i % images.Length]},shot number {i}").Prepend("LiteralPath,Prompt"));
        return path;
    }
}

/// <summary>A job that was done.</summary>
/// <param name="Cost">What the client's processes took.</param>
/// <param name="Ledger">What the sandbox saw.</param>
/// <param name="Times">When the module's journal says that a task was accepted, and that it was seen to end; empty for other clients.</param>
internal sealed record JobRun(ProcessCost Cost, Ledger Ledger, IReadOnlyDictionary<string, (DateTimeOffset Submitted, DateTimeOffset Completed)> Times)
{
    /// <summary>
    /// The shortest time that the generation alone takes in this order: each task has one of the slots from its acceptance until its video is
    /// finished, and the next one takes the slot at that instant.
    /// </summary>
    internal double Makespan()
    {
        var slots = new PriorityQueue<double, double>(Enumerable.Repeat((0.0, 0.0), Job.Throttle));
        foreach ((string id, (DateTimeOffset submitted, _)) in Times.OrderBy(task => task.Value.Submitted))
        {
            double end = slots.Dequeue() + (Ledger.Finished[id] - submitted).TotalSeconds;
            slots.Enqueue(end, end);
        }

        return slots.UnorderedItems.Max(slot => slot.Element);
    }

    /// <summary>Milliseconds from the finished video to the end of its task in the client, in the middle of all tasks.</summary>
    internal double NoticedAfter()
    {
        double[] sorted = [.. Times.Select(task => (task.Value.Completed - Ledger.Finished[task.Key]).TotalMilliseconds).Order()];
        return sorted[sorted.Length / 2];
    }
}

/// <summary>Reads the times of tasks from the module's journal.</summary>
internal static class JobTimes
{
    internal static IReadOnlyDictionary<string, (DateTimeOffset Submitted, DateTimeOffset Completed)> Of(string home)
    {
        var times = new Dictionary<string, (DateTimeOffset, DateTimeOffset)>();
        foreach (string line in Directory.EnumerateFiles(home, "*tasks.jsonl").SelectMany(File.ReadLines))
        {
            using var record = JsonDocument.Parse(line);
            if (record.RootElement.TryGetProperty("completed", out JsonElement completed))
            {
                times[record.RootElement.GetProperty("id").GetString()!] = (record.RootElement.GetProperty("submitted").GetDateTimeOffset(), completed.GetDateTimeOffset());
            }
        }

        return times;
    }
}
