using BenchmarkDotNet.Attributes;
using Kling.Journal;
using Kling.Models;
using Kling.Support;

namespace Kling.Pieces;

/// <summary>The record on the disk.</summary>
public class JournalPieces : IDisposable
{
    private const int Tasks = 10_000;
    private static readonly Uri s_endpoint = new("https://api.example.test/v1");

    private string _folder = "";
    private TaskJournal _growing = null!;
    private TaskJournal _full = null!;
    private FileStream _bare = null!;
    private byte[] _line = [];
    private KlingTask _task = new();

    /// <summary>Writes a journal of many tasks, each asked for, accepted and ended.</summary>
    [GlobalSetup]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("kling-pieces-").FullName;
        _growing = new TaskJournal(Path.Combine(_folder, "growing.jsonl"), s_endpoint, SystemClock.Instance);
        string path = Path.Combine(_folder, "full.jsonl");
        using (FileStream file = File.Create(path))
        {
            for (int i = 0; i < Tasks; i++)
            {
                KlingTask task = NewTask();
                file.Write(JournalWriter.Write(JournalEvent.Intent, task, s_endpoint.AbsoluteUri, DateTimeOffset.UtcNow));
                task.BillingState = BillingState.Accepted;
                task.Status = KlingTaskStatus.Processing;
                file.Write(JournalWriter.Write(JournalEvent.Accepted, task, s_endpoint.AbsoluteUri, DateTimeOffset.UtcNow));
                task.BillingState = BillingState.Billed;
                task.Status = KlingTaskStatus.Succeeded;
                task.Videos = [new KlingVideo { VideoId = task.TaskId.ToString("D"), VideoUrl = $"https://vm.example.test/{task.TaskId}.mp4", VideoCost = 0.1848m }];
                file.Write(JournalWriter.Write(JournalEvent.Ended, task, s_endpoint.AbsoluteUri, DateTimeOffset.UtcNow));
            }
        }

        _full = new TaskJournal(path, s_endpoint, SystemClock.Instance);
        _task = NewTask();
        _line = JournalWriter.Write(JournalEvent.Intent, _task, s_endpoint.AbsoluteUri, DateTimeOffset.UtcNow);
        _bare = new FileStream(Path.Combine(_folder, "bare.jsonl"), FileMode.Append, FileAccess.Write, FileShare.None, 1);
    }

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _bare.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The floor of an append: the same bytes to an open file, flushed to the disk.</summary>
    [Benchmark(Description = "Floor of an append: write and flush to the disk")]
    public void Bare()
    {
        _bare.Write(_line);
        _bare.Flush(flushToDisk: true);
    }

    /// <summary>One record.</summary>
    [Benchmark(Description = "Append a record, flushed to the disk")]
    public void Append() => _growing.Append(JournalEvent.Intent, _task);

    /// <summary>The text of one record.</summary>
    [Benchmark(Description = "Write a record's line in memory")]
    public int Line() => JournalWriter.Write(JournalEvent.Intent, _task, s_endpoint.AbsoluteUri, DateTimeOffset.UnixEpoch).Length;

    /// <summary>The index of all tasks.</summary>
    [Benchmark(Description = "Load the index, per task of 10,000", OperationsPerInvoke = Tasks)]
    public int Index() => _full.Index().Ids.Count;

    /// <summary>The newest tasks, from the end.</summary>
    [Benchmark(Description = "Read the last 20 tasks of 10,000")]
    public int Last() => _full.Last(20).Count;

    private static KlingTask NewTask() => new()
    {
        TaskId = Guid.NewGuid(),
        Model = "klingai:5@1",
        Image = "/images/shots/harbor-at-dawn.png",
        ImageSha256 = new string('a', 64),
        Fingerprint = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"),
        Prompt = "slow dolly in over the harbor at dawn, soft light, gentle waves",
        Duration = 5m,
        EstimatedCost = 0.185m,
        Endpoint = s_endpoint.AbsoluteUri,
    };
}
