using System.Globalization;
using Kling.Journal;
using Kling.Models;
using Kling.Support;

namespace Kling.Core.Tests.Journal;

public sealed class TaskJournalWriteTests : IDisposable
{
    private readonly JournalBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("{\"v\":1,\"t\":\"2025", true)]
    [InlineData("\0\0\0", true)]
    [InlineData("x", false)]
    [InlineData("{}x", false)]
    public void Append_AfterATornLine_StartsALineOfItsOwn(string torn, bool isUnfinished)
    {
        TaskJournal journal = _bench.Open();
        KlingTask first = JournalBench.NewTask("first");
        KlingTask second = JournalBench.NewTask("second");
        journal.Append(JournalEvent.Intent, first);
        _bench.AddRaw(torn);
        journal.Append(JournalEvent.Intent, second);
        journal.Append(JournalEvent.Accepted, second);
        Assert.Equal(4, _bench.Lines.Length);
        Assert.Equal(isUnfinished ? torn + "#torn" : torn, _bench.Lines[1]);
        Assert.Equal(["first", "second"], journal.All().Select(t => t.Prompt));
        Assert.Equal(isUnfinished ? 0 : 1, journal.SkippedLines);
    }

    [Fact]
    public void Append_WhileAReaderIsInTheMiddle_NeitherDisturbsTheOther()
    {
        TaskJournal journal = _bench.Open();
        for (int i = 0; i < 3; i++)
        {
            journal.Append(JournalEvent.Intent, JournalBench.NewTask($"p{i}"));
        }

        using IEnumerator<KlingTask> reading = journal.All().GetEnumerator();
        Assert.True(reading.MoveNext());
        TaskJournal other = _bench.Open(_bench.Clock, TimeSpan.Zero);
        other.Append(JournalEvent.Intent, JournalBench.NewTask("p3"));
        Assert.True(reading.MoveNext());
        Assert.Equal("p1", reading.Current.Prompt);
        Assert.Equal(4, journal.Last(9).Count);
    }

    [Fact]
    public void Readers_WhileAnotherProcessHoldsTheLock_ReadOn()
    {
        TaskJournal journal = _bench.Open();
        journal.Append(JournalEvent.Intent, JournalBench.NewTask());
        using FileStream held = HoldLock();
        using FileStream writing = new(_bench.File, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Assert.Single(journal.Last(5));
        Assert.Single(journal.All());
    }

    [Fact]
    public void Append_LockHeldForAWhile_WaitsAndThenWrites()
    {
        JournalClock waiting = new();
        TaskJournal journal = _bench.Open(waiting, TimeSpan.FromSeconds(5));
        journal.Append(JournalEvent.Intent, JournalBench.NewTask("one"));
        FileStream held = HoldLock();
        waiting.OnWait = () =>
        {
            if (waiting.Waits.Count == 7)
            {
                held.Dispose();
            }
        };
        journal.Append(JournalEvent.Intent, JournalBench.NewTask("two"));
        Assert.Equal(7, waiting.Waits.Count);
        Assert.Equal(["one", "two"], journal.All().Select(t => t.Prompt));
    }

    [Fact]
    public void Append_LockNeverFree_GivesUpAfterItsBudgetAndSaysNothingWasSent()
    {
        JournalClock waiting = new();
        TaskJournal journal = _bench.Open(waiting, TimeSpan.FromSeconds(5));
        journal.Append(JournalEvent.Intent, JournalBench.NewTask("one"));
        using FileStream held = HoldLock();
        JournalException failed = Assert.Throws<JournalException>(() => journal.Append(JournalEvent.Intent, JournalBench.NewTask("two")));
        Assert.Contains(_bench.File, failed.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent", failed.Message, StringComparison.Ordinal);
        Assert.Contains("locked for 5 s", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("disk", failed.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(5), waiting.Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait));
        Assert.All(waiting.Waits, wait => Assert.InRange(wait.TotalMilliseconds, 0, 30));
        Assert.Single(_bench.Lines);
    }

    [Fact]
    public void Append_Unwritable_ThrowsAtOnceAndSaysWhatThatMeans()
    {
        File.WriteAllText(_bench.File, "");
        string folder = Directory.CreateDirectory(Path.Combine(_bench.Folder, "folder")).FullName;
        JournalClock waiting = new();
        foreach (string path in new[] { Path.Combine(_bench.File, "tasks.jsonl"), Path.Combine(_bench.File, "deep", "tasks.jsonl"), folder })
        {
            TaskJournal journal = new(path, JournalBench.Live, _bench.Clock, null, waiting, null);
            KlingTask task = JournalBench.NewTask();
            string intent = Assert.Throws<JournalException>(() => journal.Append(JournalEvent.Intent, task)).Message;
            Assert.Contains(path, intent, StringComparison.Ordinal);
            Assert.Contains("Nothing was sent", intent, StringComparison.Ordinal);
            Assert.Contains("KLING_HOME", intent, StringComparison.Ordinal);
            foreach (JournalEvent later in Enum.GetValues<JournalEvent>().Where(journalEvent => journalEvent != JournalEvent.Intent))
            {
                string message = Assert.Throws<JournalException>(() => journal.Append(later, task)).Message;
                Assert.DoesNotContain("Nothing was sent", message, StringComparison.Ordinal);
                Assert.DoesNotContain("KLING_HOME", message, StringComparison.Ordinal);
                Assert.Contains(task.TaskId.ToString("D"), message, StringComparison.Ordinal);
                Assert.Equal(later is JournalEvent.Accepted or JournalEvent.Progress, message.Contains("goes on at the service", StringComparison.Ordinal));
            }
        }

        Assert.Empty(waiting.Waits);
        Assert.Equal([_bench.File], Directory.GetFiles(_bench.Folder).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)));
    }

    [Fact]
    public void Append_DiskFullInTheMiddle_TakesTheHalfLineBack()
    {
        TaskJournal good = _bench.Open();
        good.Append(JournalEvent.Intent, JournalBench.NewTask("whole"));
        byte[] before = File.ReadAllBytes(_bench.File);
        TaskJournal failing = _bench.Open(_bench.Clock, TimeSpan.Zero, path => new FullDisk(path));
        JournalException failed = Assert.Throws<JournalException>(() => failing.Append(JournalEvent.Intent, JournalBench.NewTask("half")));
        Assert.Contains("Nothing was sent", failed.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", failed.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_bench.File));
        good.Append(JournalEvent.Intent, JournalBench.NewTask("next"));
        Assert.Equal(["whole", "next"], good.All().Select(t => t.Prompt));
    }

    [Fact]
    public void Append_Returns_OnlyAfterAFlushToTheDisk()
    {
        WatchedFile? file = null;
        TaskJournal journal = _bench.Open(_bench.Clock, TimeSpan.Zero, path => file = new WatchedFile(path));
        journal.Append(JournalEvent.Intent, JournalBench.NewTask());
        Assert.Equal(["write", "flush to disk", "close"], file!.Calls);
    }

    [Fact]
    public void Append_SeveralRecords_AreOneWriteAndOneFlush()
    {
        List<WatchedFile> files = [];
        TaskJournal journal = _bench.Open(_bench.Clock, TimeSpan.Zero, path =>
        {
            files.Add(new WatchedFile(path));
            return files[^1];
        });
        KlingTask[] tasks = [.. new[] { "first", "second", "third" }.Select(JournalBench.NewTask)];
        journal.Append([.. tasks.Select(task => (JournalEvent.Intent, task))]);
        Assert.Equal(["write", "flush to disk", "close"], Assert.Single(files).Calls);
        Assert.Equal(tasks.Select(task => (task.TaskId, task.Prompt)), _bench.Open().All().Select(task => (task.TaskId, task.Prompt)));
    }

    [Fact]
    public void Append_SeveralRecords_OneThatIsRefusedTakesNoneOfTheOthersAway()
    {
        KlingTask[] tasks = [.. new[] { "first", "second", "third" }.Select(JournalBench.NewTask)];
        tasks[1].Endpoint = JournalBench.Other.AbsoluteUri;
        JournalException refused = Assert.Throws<JournalException>(() => _bench.Open().Append([.. tasks.Select(task => (JournalEvent.Ended, task))]));
        Assert.Contains($"Task {tasks[1].TaskId:D} belongs to another endpoint", refused.Message, StringComparison.Ordinal);
        Assert.Equal([tasks[0].TaskId, tasks[2].TaskId], _bench.Open().All().Select(task => task.TaskId));
    }

    [Fact]
    public void Append_SeveralRecords_ToAFullDisk_LeaveNothingBehindAndSayHowManyAreMissing()
    {
        TaskJournal good = _bench.Open();
        good.Append(JournalEvent.Intent, JournalBench.NewTask("whole"));
        byte[] before = File.ReadAllBytes(_bench.File);
        TaskJournal failing = _bench.Open(_bench.Clock, TimeSpan.Zero, path => new FullDisk(path));
        (JournalEvent, KlingTask)[] records = [.. Enumerable.Range(0, 3).Select(_ => (JournalEvent.Ended, JournalBench.NewTask()))];
        JournalException failed = Assert.Throws<JournalException>(() => failing.Append(records));
        Assert.EndsWith("No space left on device. The records of 3 tasks stay as they were.", failed.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_bench.File));
    }

    [Fact]
    public void Append_TaskOfAnotherEndpoint_IsRefused()
    {
        TaskJournal journal = _bench.Open();
        KlingTask task = JournalBench.NewTask();
        task.Endpoint = JournalBench.Other.AbsoluteUri;
        string message = Assert.Throws<JournalException>(() => journal.Append(JournalEvent.Intent, task)).Message;
        Assert.EndsWith("Nothing was sent and nothing was charged.", message, StringComparison.Ordinal);
        Assert.False(File.Exists(_bench.File));
        task.Endpoint = JournalBench.Live.AbsoluteUri;
        journal.Append(JournalEvent.Intent, task);
        Assert.Single(journal.Last(1));
    }

    [Fact]
    public void Append_RecordNoReaderWouldTake_IsRefusedBeforeAnythingIsSent()
    {
        TaskJournal journal = _bench.Open();
        Assert.EndsWith("Nothing was sent and nothing was charged.", Assert.Throws<JournalException>(
            () => journal.Append(JournalEvent.Intent, JournalBench.NewTask(new string('x', JournalFormat.LongestLine)))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_bench.File));
    }

    [Theory]
    [InlineData("https://user:secret@api.example.test/v1")]
    [InlineData("https://api.example.test/v1?key=secret")]
    [InlineData("https://api.example.test/v1#secret")]
    public void New_EndpointWithSecrets_IsRefusedWithoutShowingThem(string endpoint)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => _bench.Open(new Uri(endpoint)));
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_ManyWritersAtOnce_EveryLineIsThereAndWhole()
    {
        const int Writers = 6;
        const int Lines = 100;

        // Each writer takes the file's lock by itself, as a process of its own would, and not the turn threads share.
        Exception?[] failures = RunTogether(Writers, writer =>
        {
            JournalFile file = new(_bench.File, "journal", SystemClock.Instance, TimeSpan.FromMinutes(2));
            for (int i = 0; i < Lines; i++)
            {
                KlingTask task = JournalBench.NewTask(string.Create(CultureInfo.InvariantCulture, $"{writer}/{i} {new string('z', (writer * 997) + (i * 31 % 700))}"));
                file.Append(JournalWriter.Write(JournalEvent.Intent, task, JournalBench.Live.AbsoluteUri, DateTimeOffset.UnixEpoch));
            }
        });
        Assert.All(failures, Assert.Null);
        TaskJournal journal = _bench.Open();
        string[] read = [.. journal.All().Select(t => t.Prompt!.Split(' ')[0])];
        Assert.Equal(0, journal.SkippedLines);
        Assert.Equal(Writers * Lines, read.Length);
        for (int writer = 0; writer < Writers; writer++)
        {
            Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"{writer}/{i}"), read.Where(p => p.StartsWith($"{writer}/", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Append_ManyThreadsAndAReader_LoseNothingAndTheReaderSeesOnlyWholeRecords()
    {
        const int Writers = 4;
        const int Lines = 100;
        int left = Writers;
        Exception?[] failures = RunTogether(Writers + 1, worker =>
        {
            TaskJournal journal = new(_bench.File, JournalBench.Live, SystemClock.Instance);
            if (worker == Writers)
            {
                while (Volatile.Read(ref left) > 0)
                {
                    Assert.All(journal.Last(10), t => Assert.Equal(2000, t.Prompt!.Length));
                }

                return;
            }

            try
            {
                for (int i = 0; i < Lines; i++)
                {
                    KlingTask task = JournalBench.NewTask(new string('q', 2000));
                    journal.Append(JournalEvent.Intent, task);
                }
            }
            finally
            {
                Interlocked.Decrement(ref left);
            }
        });
        Assert.All(failures, Assert.Null);
        Assert.Equal(Writers * Lines, _bench.Open().Index().Ids.Count);
    }

    private static Exception?[] RunTogether(int count, Action<int> work)
    {
        Exception?[] failures = new Exception?[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                work(i);
            }
            catch (Exception failed)
            {
                failures[i] = failed;
            }
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        return failures;
    }

    private FileStream HoldLock() => new(_bench.File + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private sealed class FullDisk(string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, 1)
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            base.Write(buffer, offset, count / 2);
            throw new IOException("No space left on device");
        }
    }

    private sealed class WatchedFile(string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, 1)
    {
        internal List<string> Calls { get; } = [];

        public override void Write(byte[] buffer, int offset, int count)
        {
            Calls.Add("write");
            base.Write(buffer, offset, count);
        }

        public override void Flush(bool flushToDisk)
        {
            if (flushToDisk)
            {
                Calls.Add("flush to disk");
            }

            base.Flush(flushToDisk);
        }

        protected override void Dispose(bool disposing)
        {
            Calls.Add("close");
            base.Dispose(disposing);
        }
    }
}
