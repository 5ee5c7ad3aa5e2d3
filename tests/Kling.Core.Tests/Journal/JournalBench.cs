using System.Text;
using Kling.Journal;
using Kling.Models;
using Kling.Support;

namespace Kling.Core.Tests.Journal;

/// <summary>A folder of its own for one test, and journals in it.</summary>
internal sealed class JournalBench : IDisposable
{
    internal static readonly Uri Live = new("https://api.example.test/v1");
    internal static readonly Uri Other = new("http://127.0.0.1:8123/v1");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kling-journal-" + Guid.NewGuid().ToString("N"));

    internal JournalBench() => Directory.CreateDirectory(_folder);

    internal string Folder => _folder;

    internal string File => Path.Combine(_folder, "tasks.jsonl");

    internal JournalClock Clock { get; } = new();

    internal string[] Lines => System.IO.File.ReadAllLines(File);

    /// <summary>Longer than any journal of a test, as in the module.</summary>
    internal long LongestTail { get; init; } = long.MaxValue;

    internal TaskJournal Open(Uri? endpoint = null) => new(File, endpoint ?? Live, Clock) { LongestTail = LongestTail };

    internal TaskJournal Open(IClock waiting, TimeSpan lockWait, Func<string, FileStream>? open = null)
        => new(File, Live, Clock, lockWait, waiting, open);

    internal void AddRaw(string text) => AddRaw(Encoding.UTF8.GetBytes(text));

    internal void AddRaw(byte[] bytes)
    {
        using FileStream file = new(File, FileMode.Append);
        file.Write(bytes);
    }

    /// <summary>Reads as whoever decides about buying does: damaged lines are an error. Gives the tasks of these fingerprints.</summary>
    internal static Guid[] Decide(TaskJournal journal, params string[] fingerprints) => journal.Read(file =>
    {
        using var follower = new JournalFollower(journal, static _ => false);
        follower.Refresh(file);
        return fingerprints.SelectMany(fingerprint => follower.TasksOf(fingerprint, file)).ToArray();
    });

    /// <summary>A line as the first version wrote it, which a test may change.</summary>
    internal static string WithoutChecksum(string line)
    {
        Assert.Matches(@",""crc"":""[0-9a-f]{8}""}\n?$", line);
        return line.Remove(line.LastIndexOf(",\"crc\"", StringComparison.Ordinal), 17);
    }

    internal static KlingTask NewTask(string? prompt = "slow dolly in") => new()
    {
        TaskId = Guid.NewGuid(),
        Model = "klingai:5@1",
        Prompt = prompt,
        Image = "shot.jpg",
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
