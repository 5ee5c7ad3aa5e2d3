using System.Globalization;
using System.Text;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

/// <summary>
/// The file beside a long journal only saves time: whatever it says and whatever became of it, all readers find what a reading of the whole
/// journal finds.
/// </summary>
public sealed class SideFileTests : IDisposable
{
    private readonly JournalBench _bench = new();
    private readonly FakeClock _clock = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void RandomJournalsThatGrow_AreReadLikeWholeOnes()
    {
        (int damaged, int sides) = (0, 0);
        for (int seed = 0; seed < TestDepth.Of(400, 60); seed++)
        {
            using var bench = new JournalBench();
            var random = new Random(seed);
            var lines = new RandomJournal(random, _clock.UtcNow);
            (int tail, int entries) = (random.Next(4000), random.Next(3, 40));
            TaskJournal followed = Open(bench, tail, entries);
            using var follower = new JournalFollower(followed, static _ => false);
            for (int step = random.Next(1, 6); step > 0; step--)
            {
                bench.AddRaw(lines.Next(random.Next(20), mayDamage: seed % 3 == 0));
                string expected = Whole(bench, lines.Ids);
                Assert.Equal(expected, Seen(Open(bench, tail, entries), lines.Ids));
                Assert.Equal(Decision(Reference(bench), null, lines.Ids, RandomJournal.Fingerprints), Decision(followed, follower, lines.Ids, RandomJournal.Fingerprints));
                damaged += expected.Contains("damaged line", StringComparison.Ordinal) ? 1 : 0;
            }

            sides += Directory.GetFiles(bench.Folder, "*.index").Length;
        }

        Assert.InRange(damaged, 20, int.MaxValue);
        Assert.InRange(sides, 40, int.MaxValue);
    }

    [Fact]
    public void SideFileWithAnyByteChanged_OrCut_IsAsIfItWereNotThere()
    {
        RandomJournal lines = Fill(12);
        string expected = Whole(_bench, lines.Ids);
        string side = SideOf(_bench);
        byte[] whole = File.ReadAllBytes(side);
        var random = new Random(5);
        IEnumerable<byte[]> wrong = Enumerable.Range(0, whole.Length).Select(at => whole.Select((one, i) => i == at ? (byte)(one ^ random.Next(1, 256)) : one).ToArray())
            .Concat(Enumerable.Range(0, whole.Length).Where(length => length % 5 == 0).Select(length => whole[..length]))
            .Append([.. whole, .. new byte[16]]).Append([.. whole, 0]).Append(new byte[whole.Length]);
        foreach (byte[] bytes in wrong)
        {
            File.WriteAllBytes(side, bytes);
            Assert.Equal(expected, Seen(Open(_bench), lines.Ids));
            Assert.Equal(whole, File.ReadAllBytes(side));
        }
    }

    [Fact]
    public void JournalThatIsAnotherOne_IsReadAnew()
    {
        using var elsewhere = new JournalBench();
        var other = new RandomJournal(new Random(2), _clock.UtcNow);
        elsewhere.AddRaw(other.Next(30, mayDamage: false));
        RandomJournal lines = Fill(30);
        string[] text = _bench.Lines;
        string[] moved = [text[0], .. text[2..8], text[1], .. text[8..]];
        string side = SideOf(_bench);
        byte[] right = File.ReadAllBytes(side);
        foreach (string[] now in new[] { text[..^1], text[..5], [.. text[..^1], "", text[^1]], text[1..], moved, [.. text[..^1], .. text], elsewhere.Lines, [.. elsewhere.Lines, .. text] })
        {
            EachLookIsRight([.. lines.Ids, .. other.Ids], RandomJournal.Fingerprints, () =>
            {
                File.WriteAllBytes(side, right);
                File.WriteAllText(_bench.File, string.Join('\n', now) + "\n");
            });
        }
    }

    [Fact]
    public void JournalOfAnotherEndpoint_HasASideFileOfItsOwn()
    {
        RandomJournal lines = Fill(30);
        string side = SideOf(_bench);
        File.SetLastWriteTimeUtc(side, _clock.UtcNow.UtcDateTime);
        var other = new TaskJournal(_bench.File, JournalBench.Other, _clock) { LongestTail = 0 };
        Assert.NotEmpty(other.Index(lines.Ids).Ids);
        byte[] otherSide = File.ReadAllBytes(Assert.Single(Directory.GetFiles(_bench.Folder, "*.index"), file => file != side));
        EachLookIsRight(lines.Ids, RandomJournal.Fingerprints, () => File.WriteAllBytes(side, otherSide));
    }

    /// <summary>The check of the journal's end does not see what is far before it. There, each line that is looked for is looked at.</summary>
    [Theory]
    [InlineData("damaged")]
    [InlineData("zeros")]
    [InlineData("of another task")]
    [InlineData("swapped")]
    public void LineThatIsNotWhatItWas_IsSeenByWhoLooksForIt(string change)
    {
        const int Changed = 8;
        KlingTask[] tasks = FillLong();
        byte[] whole = File.ReadAllBytes(_bench.File);
        int[] starts = [0, .. Enumerable.Range(0, whole.Length - 1).Where(i => whole[i] == '\n').Select(i => i + 1)];
        for (int number = 0; number < Changed; number++)
        {
            byte[] bytes = [.. whole];
            Span<byte> line = bytes.AsSpan(starts[number], starts[number + 1] - starts[number] - 1);
            switch (change)
            {
                case "damaged":
                    line[^1] = (byte)'x';
                    break;
                case "zeros":
                    line.Clear();
                    break;
                case "of another task":
                    Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("D")).CopyTo(line[(line.IndexOf("\"id\":\""u8) + 6)..]);
                    break;
                default:
                    Span<byte> other = bytes.AsSpan(starts[number + 2], line.Length);
                    (byte[] one, byte[] two) = (line.ToArray(), other.ToArray());
                    one.CopyTo(other);
                    two.CopyTo(line);
                    break;
            }

            KlingTask task = tasks[number / 2];
            EachLookIsRight([task.TaskId], [task.Fingerprint!], () =>
            {
                File.WriteAllBytes(_bench.File, whole);
                SideOf(_bench);
                File.WriteAllBytes(_bench.File, bytes);
            });
        }
    }

    [Fact]
    public void LineThatIsDamagedLater_StopsOnlyWhoLooksForIt()
    {
        KlingTask[] tasks = FillLong();
        SideOf(_bench);
        byte[] bytes = File.ReadAllBytes(_bench.File);
        bytes[0] ^= 1;
        File.WriteAllBytes(_bench.File, bytes);
        Assert.Equal([tasks[1].TaskId], JournalBench.Decide(Open(_bench), tasks[1].Fingerprint!));
        JournalException stopped = Assert.Throws<JournalException>(() => JournalBench.Decide(Open(_bench), tasks[0].Fingerprint!));
        Assert.Equal([1], stopped.DamagedLines);

        // From then on it is known.
        Assert.Throws<JournalException>(() => JournalBench.Decide(Open(_bench), tasks[1].Fingerprint!));
    }

    [Fact]
    public async Task SeveralReadersAndWritersAtOnce_FindAllThatWasWrittenBefore()
    {
        const int Each = 25;
        using var start = new Barrier(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            start.SignalAndWait();
            var ids = new List<Guid>();
            for (int i = 0; i < Each; i++)
            {
                KlingTask task = JournalBench.NewTask();
                task.Fingerprint = FormattableString.Invariant($"{number}-{i}");
                TaskJournal journal = Open(_bench, tail: 1000, entries: 60);
                journal.Append(JournalEvent.Intent, task);
                ids.Add(task.TaskId);
                Assert.Equal(ids, journal.Find(ids).Select(found => found.TaskId));
                Assert.Equal([task.TaskId], JournalBench.Decide(Open(_bench, tail: 1000, entries: 60), task.Fingerprint));
            }
        })));
        Assert.Equal(4 * Each, Open(_bench).Index().Ids.Count);
        Assert.Empty(Directory.GetFiles(_bench.Folder, "*.new"));
    }

    [Fact]
    public void FolderThatCannotBeWritten_IsReadWithoutASideFile()
    {
        // The name of the side file is longer than names may be.
        string file = Path.Combine(_bench.Folder, new string('t', 240));
        RandomJournal lines = Fill(30);
        File.Copy(_bench.File, file);
        var journal = new TaskJournal(file, JournalBench.Live, _clock) { LongestTail = 0 };
        Assert.Equal(Whole(_bench, lines.Ids), Seen(journal, lines.Ids));
        Assert.Equal(2, Directory.GetFiles(_bench.Folder).Length);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("link")]
    [InlineData("link to /dev/null")]
    public void PlaceThatIsTaken_IsReadWithoutASideFile_OrReplaced(string what)
    {
        RandomJournal lines = Fill(30);
        string side = SideOf(_bench);
        string kept = Path.Combine(_bench.Folder, "kept");
        File.Move(side, kept);
        byte[] bytes = File.ReadAllBytes(kept);
        if (what == "folder")
        {
            Directory.CreateDirectory(side);
        }
        else if (OperatingSystem.IsWindows())
        {
            return;
        }
        else
        {
            File.CreateSymbolicLink(side, what == "link" ? kept : "/dev/null");
        }

        Assert.Equal(Whole(_bench, lines.Ids), Seen(Open(_bench), lines.Ids));
        Assert.Equal(bytes, File.ReadAllBytes(kept));
        Assert.Equal(what == "folder", Directory.Exists(side));
        Assert.Null(new FileInfo(side).LinkTarget);
        Assert.Empty(Directory.GetFiles(_bench.Folder, "*.new"));
    }

    [Fact]
    public void WhatCrashedProcessesAndOldEndpointsLeft_IsRemovedInTime()
    {
        string Left(string name, TimeSpan age)
        {
            string file = Path.Combine(_bench.Folder, name);
            File.WriteAllText(file, "left");
            File.SetLastWriteTimeUtc(file, (_clock.UtcNow - age).UtcDateTime);
            return file;
        }

        (TimeSpan hours, TimeSpan days, TimeSpan months) = (TimeSpan.FromHours(23), TimeSpan.FromDays(2), TimeSpan.FromDays(61));
        string[] kept = [Left("tasks.jsonl.1.index.2.new", hours), Left("tasks.jsonl.3.index", days), Left("other-tasks.jsonl.4.index", months), Left("tasks.jsonl.old", months)];
        string[] gone = [Left("tasks.jsonl.5.index.6.new", days), Left("tasks.jsonl.7.index", months)];
        RandomJournal lines = Fill(10);
        Assert.Equal(Whole(_bench, lines.Ids), Seen(Open(_bench), lines.Ids));
        Assert.All(kept, file => Assert.True(File.Exists(file), file));
        Assert.All(gone, file => Assert.False(File.Exists(file), file));
    }

    [Fact]
    public void ItKnowsTheLinesUpToAPlace_AndIsOnlyTheUsers()
    {
        Fill(40);
        long before = new FileInfo(_bench.File).Length;
        _bench.AddRaw("not ours\n");
        _bench.AddRaw(JournalWriter.Write(JournalEvent.Intent, JournalBench.NewTask(), JournalBench.Live.AbsoluteUri, _clock.UtcNow)[..^1]);
        using FileStream file = File.OpenRead(_bench.File);
        using SideFile side = new SideFiles(Open(_bench)).Open(file)!;
        int lines = File.ReadAllLines(_bench.File).Length - 1;
        Assert.Equal((before + 9, (long)lines), (side.Header.End, side.Header.Lines));
        Assert.Equal([lines], side.Damaged);
        Assert.All(side.Entries(), entry => Assert.InRange(SideKeys.Unpack(entry.Place).Offset, 0, before));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SideOf(_bench)));
        }
    }

    [Fact]
    public void ShortJournal_HasNone()
    {
        RandomJournal lines = Fill(100);
        Seen(new TaskJournal(_bench.File, JournalBench.Live, _clock), lines.Ids);
        Assert.Equal([_bench.File], Directory.GetFiles(_bench.Folder));
    }

    [Fact]
    public void LaterVersion_IsAnErrorForEveryReader_AndNoneIsMade()
    {
        Fill(10);
        _bench.AddRaw("""{"v":2}""" + "\n");
        Assert.True(Assert.Throws<JournalException>(() => Open(_bench).Index([Guid.NewGuid()])).IsLaterVersion);
        Assert.True(Assert.Throws<JournalException>(() => JournalBench.Decide(Open(_bench))).IsLaterVersion);
        Assert.Equal([_bench.File], Directory.GetFiles(_bench.Folder));
    }

    private TaskJournal Open(JournalBench bench, long tail = 0, int entries = 25) => new(bench.File, JournalBench.Live, _clock) { LongestTail = tail, MostEntries = entries };

    /// <summary>The same journal where no side file is, nor will be.</summary>
    private TaskJournal Reference(JournalBench bench)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(bench.Folder, "whole")).FullName, "tasks.jsonl");
        File.Copy(bench.File, file, overwrite: true);
        return new TaskJournal(file, JournalBench.Live, _clock) { LongestTail = long.MaxValue };
    }

    /// <summary>Whatever is looked for first finds what a whole reading finds. Before each look, all is made as it was.</summary>
    private void EachLookIsRight(Guid[] ids, string[] fingerprints, Action prepare)
    {
        foreach (Func<TaskJournal, string> look in ids.SelectMany(id => new Func<TaskJournal, string>[] { journal => Reading(journal, [id]), journal => Decision(journal, null, [id], []) })
            .Concat(fingerprints.Select<string, Func<TaskJournal, string>>(fingerprint => journal => Decision(journal, null, [], [fingerprint])))
            .Append(journal => Ledger(journal)))
        {
            prepare();
            Assert.Equal(look(Reference(_bench)), look(Open(_bench)));
        }
    }

    private string Whole(JournalBench bench, Guid[] ids) => Seen(Reference(bench), ids);

    /// <summary>Makes the side file of the journal as it is.</summary>
    private string SideOf(JournalBench bench)
    {
        Open(bench).Index([Guid.NewGuid()]);
        return Directory.GetFiles(bench.Folder, "*.index").Single();
    }

    private RandomJournal Fill(int count)
    {
        var lines = new RandomJournal(new Random(count), _clock.UtcNow);
        _bench.AddRaw(lines.Next(count, mayDamage: false));
        _bench.AddRaw(lines.Next(1, mayDamage: false));
        _bench.AddRaw("#torn\n");
        return lines;
    }

    /// <summary>Two lines of equal length for each task, without checksums, and much more than the check of the end sees.</summary>
    private KlingTask[] FillLong()
    {
        KlingTask[] tasks = [.. Enumerable.Range(10, 40).Select(i => JournalBench.NewTask(new string('x', 4000)))];
        var text = new StringBuilder();
        for (int i = 0; i < tasks.Length; i++)
        {
            (tasks[i].Fingerprint, tasks[i].EstimatedCost) = (FormattableString.Invariant($"f{i:00}"), 0.1m);
            foreach (JournalEvent what in new[] { JournalEvent.Intent, JournalEvent.Accepted })
            {
                tasks[i].CompletedAt = _clock.UtcNow;
                text.Append(JournalBench.WithoutChecksum(Encoding.UTF8.GetString(JournalWriter.Write(what, tasks[i], JournalBench.Live.AbsoluteUri, _clock.UtcNow))));
            }
        }

        _bench.AddRaw(text.ToString());
        return tasks;
    }

    /// <summary>All that every reader finds, as text.</summary>
    private static string Seen(TaskJournal journal, Guid[] ids) => string.Join("\n-\n", Reading(journal, ids), Decision(journal, null, ids, RandomJournal.Fingerprints), Ledger(journal));

    private static string Reading(TaskJournal journal, Guid[] ids)
    {
        var text = new StringBuilder();
        JournalIndex index = journal.Index(ids);
        text.AppendLine(CultureInfo.InvariantCulture, $"{journal.SkippedLines} skipped").AppendJoin(' ', index.Ids).AppendLine();
        Describe(text, index.Read(ids));
        Describe(text, journal.Find([.. ids.Reverse().Take(3)]));
        JournalIndex starts = journal.IndexOfStarts(ids.Take(6).Select(id => id.ToString("N")[..9]));
        text.AppendLine(CultureInfo.InvariantCulture, $"{journal.SkippedLines} skipped").AppendJoin(' ', starts.Ids).AppendLine();
        Describe(text, starts.Read(starts.Ids));
        return text.ToString();
    }

    private static void Describe(StringBuilder text, IEnumerable<KlingTask> tasks) => text.AppendJoin('\n', tasks.Select(JournalSamples.Describe)).AppendLine();

    private static string Decision(TaskJournal journal, JournalFollower? follower, Guid[] ids, string[] fingerprints)
    {
        using var own = new JournalFollower(journal, static _ => false);
        return Try(journal, () => journal.Read(file =>
        {
            var text = new StringBuilder();
            JournalFollower one = follower ?? own;
            one.Refresh(file);
            foreach (string fingerprint in fingerprints)
            {
                text.AppendJoin(' ', one.TasksOf(fingerprint, file)).AppendLine();
            }

            foreach (Guid id in ids)
            {
                TaskPlaces? places = one.Find(id, file);
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"{places?.FirstOffset} {places?.LastOffset} {places?.OpenIntent} {places?.IntentTime:O} {places?.IsRemoved} {places?.Fingerprint}");
                text.AppendLine(one.Read(id, file) is KlingTask task ? JournalSamples.Describe(task) : "none");
            }

            return text.ToString();
        }));
    }

    /// <summary>What counts for a limit, and what -Resume takes up.</summary>
    private static string Ledger(TaskJournal journal)
    {
        using var claims = new PurchaseClaims(journal, resumes: true, new DayLimit(1_000_000m, "limit"));
        return Try(journal, () => string.Join(' ', RandomJournal.Fingerprints.SelectMany(one => Enumerable.Repeat(one, 4)).Select(one => claims.Take(one)?.TaskId.ToString()).Prepend($"{claims.Left()}")));
    }

    private static string Try(TaskJournal journal, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (JournalException refused)
        {
            return $"{refused.Message.Replace(journal.FullPath, "", StringComparison.Ordinal)} {string.Join(' ', refused.DamagedLines)}";
        }
    }
}
