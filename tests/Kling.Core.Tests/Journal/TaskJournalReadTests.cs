using System.Text;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

public sealed class TaskJournalReadTests : IDisposable
{
    private readonly JournalBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Readers_NoFileOrFolder_FindNothingAndMakeNothing()
    {
        string folder = Path.Combine(_bench.Folder, "none");
        TaskJournal journal = new(Path.Combine(folder, "tasks.jsonl"), JournalBench.Live, _bench.Clock);
        Assert.Empty(journal.Last(20));
        Assert.Empty(journal.All());
        Assert.Empty(journal.Find([Guid.NewGuid()]));
        Assert.Empty(journal.Select(null, DateTimeOffset.MinValue, _ => true));
        Assert.Empty(journal.Index().Ids);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Readers_FileIsAFolder_NameIt()
    {
        Directory.CreateDirectory(_bench.File);
        TaskJournal journal = _bench.Open();
        foreach (Action read in new Action[] { () => journal.Last(1), () => journal.Index(), () => journal.Find([Guid.NewGuid()]) })
        {
            Assert.Contains(_bench.File, Assert.Throws<JournalException>(read).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Readers_TwoEndpointsInOneFile_EachSeesItsOwn()
    {
        KlingTask live = JournalBench.NewTask("live");
        KlingTask sandbox = JournalBench.NewTask("sandbox");
        TaskJournal one = _bench.Open();
        TaskJournal two = _bench.Open(JournalBench.Other);
        one.Append(JournalEvent.Intent, live);
        two.Append(JournalEvent.Intent, sandbox);
        two.Append(JournalEvent.Removed, live);
        Assert.Equal("live", Assert.Single(one.Last(9)).Prompt);
        Assert.Equal("sandbox", Assert.Single(two.Last(9)).Prompt);
        Assert.Equal([live.TaskId], one.Index().Ids);
        Assert.Empty(two.Find([live.TaskId]));
        Assert.Equal(0, one.SkippedLines);
    }

    [Fact]
    public void Readers_DamagedAndForeignLines_AreCountedAndTheRestIsRead()
    {
        TaskJournal journal = _bench.Open();
        List<KlingTask> tasks = [];
        void Good()
        {
            tasks.Add(JournalBench.NewTask($"p{tasks.Count}"));
            journal.Append(JournalEvent.Intent, tasks[^1]);
        }

        Good();
        string whole = JournalBench.WithoutChecksum(File.ReadAllText(_bench.File).TrimEnd('\n'));
        string id = tasks[0].TaskId.ToString("D");
        string[] bad =
        [
            whole[..^5],
            whole[30..],
            "not ours",
            "{}",
            "[1,2]",
            "42",
            "\"text\"",
            whole + whole,
            whole.Replace("\"v\":1", "\"v\":0", StringComparison.Ordinal),
            whole.Replace("\"v\":1", "\"v\":\"1\"", StringComparison.Ordinal),
            whole.Replace("\"v\":1,", "", StringComparison.Ordinal),
            whole.Replace(id, "someone", StringComparison.Ordinal),
            whole.Replace("\"t\":\"2", "\"t\":\"x", StringComparison.Ordinal),
            whole.Replace("\"e\":\"Intent\"", "\"e\":7", StringComparison.Ordinal),
            whole.Replace("\"endpoint\":\"", "\"endpoint\":null,\"x\":\"", StringComparison.Ordinal),
            new string('[', 5000),
            "\0\0\0\0\0",
        ];
        foreach (string line in bad)
        {
            _bench.AddRaw(line + "\n");
            Good();
        }

        _bench.AddRaw([0xFF, 0xFE, 0x80, (byte)'\n']);
        _bench.AddRaw("\r\n\n   \t\r\n");
        Good();
        _bench.AddRaw("{\"v\":1,\"t\":\"2025-01-01T0");

        Assert.Equal(tasks.Select(t => t.Prompt), journal.All().Select(t => t.Prompt));
        Assert.Equal(bad.Length + 1, journal.SkippedLines);
        Assert.Equal(tasks.Select(t => t.Prompt), journal.Last(1000).Select(t => t.Prompt));
        Assert.Equal(bad.Length + 1, journal.SkippedLines);
        _ = journal.Last(2);
        Assert.Equal(1, journal.SkippedLines);
    }

    [Fact]
    public void Readers_HarmlessDecoration_IsNotEvenCounted()
    {
        TaskJournal journal = _bench.Open();
        KlingTask task = JournalBench.NewTask();
        journal.Append(JournalEvent.Intent, task);
        string line = JournalBench.WithoutChecksum(File.ReadAllText(_bench.File).TrimEnd('\n'));
        File.Delete(_bench.File);
        string[] ids = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid().ToString("D"))];
        string Line(int i) => line.Replace(task.TaskId.ToString("D"), ids[i], StringComparison.Ordinal);
        _bench.AddRaw([0xEF, 0xBB, 0xBF]);
        _bench.AddRaw(Line(0) + "\r\n\r\n");
        _bench.AddRaw("\0\0\0" + Line(1) + "\0\0\n");
        _bench.AddRaw("\uFEFF" + Line(2) + "\n");
        _bench.AddRaw("  " + Line(3).Replace(",", " , ", StringComparison.Ordinal) + "\t\n");
        _bench.AddRaw(Line(4).Replace("{\"v\"", "{\"new\":{\"deep\":[1,{\"id\":5}]},\"v\"", StringComparison.Ordinal) + "\n");
        _bench.AddRaw(Line(0).Replace("Intent", "Paused", StringComparison.Ordinal) + "\n");
        _bench.AddRaw(Line(5));
        Assert.Equal(ids, journal.Index().Ids.Select(id => id.ToString("D")));
        Assert.Equal(0, journal.SkippedLines);
        Assert.Equal(ids, journal.Last(100).Select(t => t.TaskId.ToString("D")));
        Assert.All(journal.All(), t => Assert.Equal("slow dolly in", t.Prompt));
        Assert.Equal(0, journal.SkippedLines);
    }

    [Fact]
    public void Readers_RecordWithDamagedMembers_GiveTheRest()
    {
        TaskJournal journal = _bench.Open();
        KlingTask task = JournalBench.NewTask();
        journal.Append(JournalEvent.Intent, task);
        string head = $$"""{"v":1,"t":"2025-01-01T00:00:00+00:00","e":"Ended","id":"{{task.TaskId:D}}","endpoint":"{{JournalBench.Live}}",""";
        _bench.AddRaw(head + """ "status":"Cancelled","billing":3,"cost":"much","submitted":"soon","videos":[1,{"id":"a","url":"https://cdn.example.test/a.mp4","seed":1e99,"cost":1e300,"nsfw":"no"}],"errors":{}}""" + "\n");
        _bench.AddRaw(head + """ "status":"2","billing":"Billed","cost":0.5,"videos":[{"id":"b","url":"\ud800"}]}""" + "\n");
        KlingTask read = Assert.Single(journal.Last(1));
        Assert.Equal(["a", "b"], read.Videos.Select(v => v.VideoId));
        Assert.Equal("https://cdn.example.test/a.mp4", read.Videos[0].VideoUrl);
        Assert.Null(read.Videos[0].Seed);
        Assert.Equal((BillingState.Billed, 0.5m, KlingTaskStatus.Processing), (read.BillingState, read.Cost, read.Status));
        Assert.Equal(0, journal.SkippedLines);
    }

    [Fact]
    public void Readers_LineLongerThanAnyOfOurs_IsSkippedInBothDirections()
    {
        TaskJournal journal = _bench.Open();
        KlingTask before = JournalBench.NewTask("before");
        KlingTask after = JournalBench.NewTask("after");
        journal.Append(JournalEvent.Intent, before);
        byte[] junk = new byte[(JournalFormat.LongestLine * 2) + 77];
        Array.Fill(junk, (byte)'x');
        _bench.AddRaw(junk);
        journal.Append(JournalEvent.Intent, after);
        Assert.Equal(["before", "after"], journal.Last(5).Select(t => t.Prompt));
        Assert.Equal(1, journal.SkippedLines);
        Assert.Equal(["before", "after"], journal.All().Select(t => t.Prompt));
        Assert.Equal(1, journal.SkippedLines);
    }

    [Fact]
    public void Last_ManyTasks_ReadsOnlyTheTail()
    {
        TaskJournal journal = _bench.Open();
        _bench.AddRaw("junk at the start that a whole reading would count\n");
        StringBuilder old = new();
        for (int i = 0; i < 2000; i++)
        {
            old.Append(Encoding.UTF8.GetString(JournalWriter.Write(JournalEvent.Intent, JournalBench.NewTask($"old {i} {new string('x', 600)}"), JournalBench.Live.AbsoluteUri, _bench.Clock.UtcNow)));
        }

        _bench.AddRaw(old.ToString());
        Assert.Equal(["old 1998", "old 1999"], journal.Last(2).Select(t => t.Prompt![..8]));
        Assert.Equal(0, journal.SkippedLines);
        Assert.Empty(journal.Last(0));
        Assert.Equal(2000, journal.Last(int.MaxValue).Count);
        Assert.Equal(1, journal.SkippedLines);
    }

    [Fact]
    public void Last_WithFilter_CountsOnlyWhatMatches()
    {
        TaskJournal journal = _bench.Open();
        List<KlingTask> tasks = [.. Enumerable.Range(0, 10).Select(i => JournalBench.NewTask($"p{i}"))];
        tasks.ForEach(t => journal.Append(JournalEvent.Intent, t));
        foreach (int i in new[] { 1, 4, 8 })
        {
            tasks[i].Status = KlingTaskStatus.Processing;
            journal.Append(JournalEvent.Accepted, tasks[i]);
        }

        Assert.Equal(["p4", "p8"], journal.Select(2, null, t => t.Status == KlingTaskStatus.Processing).Select(t => t.Prompt));
        Assert.Equal(3, journal.Select(50, null, t => t.Status == KlingTaskStatus.Processing).Count());
    }

    [Fact]
    public void Since_GivesTasksFirstRecordedThenOrLater()
    {
        TaskJournal journal = _bench.Open();
        KlingTask early = JournalBench.NewTask("early");
        KlingTask late = JournalBench.NewTask("late");
        journal.Append(JournalEvent.Intent, early);
        DateTimeOffset between = _bench.Clock.UtcNow.ToOffset(TimeSpan.FromHours(-5));
        journal.Append(JournalEvent.Intent, late);
        journal.Append(JournalEvent.Accepted, early);
        Assert.Equal(["late"], journal.Select(null, between, _ => true).Select(t => t.Prompt));
        Assert.Equal(["early", "late"], journal.Select(null, between.AddSeconds(-1), _ => true).Select(t => t.Prompt));
    }

    [Fact]
    public void Index_SameRequestSeveralTimes_IsInTheOrderItWasPaid()
    {
        TaskJournal journal = _bench.Open();
        KlingTask[] tasks = [.. "abaab".Select(f => { KlingTask t = JournalBench.NewTask($"{f}"); t.Fingerprint = $"{f}"; return t; })];
        foreach (KlingTask task in tasks)
        {
            journal.Append(JournalEvent.Intent, task);
        }

        journal.Append(JournalEvent.Removed, tasks[2]);
        tasks[3].Cost = 0.28m;
        journal.Append(JournalEvent.Ended, tasks[3]);
        JournalIndex index = journal.Index();
        journal.Append(JournalEvent.Intent, JournalBench.NewTask());
        Assert.Equal([tasks[0].TaskId, tasks[2].TaskId, tasks[3].TaskId, tasks[1].TaskId, tasks[4].TaskId], JournalBench.Decide(journal, "a", "b", "c"));
        using var claims = new PurchaseClaims(journal, resumes: true);
        Assert.Equal([tasks[0].TaskId, tasks[3].TaskId, null], new[] { claims.Take("a"), claims.Take("a"), claims.Take("a") }.Select(task => task?.TaskId));
        Assert.Equal(0.28m, index.Read(tasks[3].TaskId)!.Cost);
        Assert.Equal("a", index.Read(tasks[3].TaskId)!.Fingerprint);
        Assert.Null(index.Read(tasks[2].TaskId));
        Assert.Equal(4, index.Ids.Count);
    }

    [Fact]
    public void Find_GivesTheOrderAskedForAndEachOnce()
    {
        TaskJournal journal = _bench.Open();
        KlingTask[] tasks = [.. Enumerable.Range(0, 4).Select(i => JournalBench.NewTask($"p{i}"))];
        Array.ForEach(tasks, t => journal.Append(JournalEvent.Intent, t));
        Assert.Equal(["p3", "p1"], journal.Find([tasks[3].TaskId, Guid.NewGuid(), tasks[1].TaskId, tasks[3].TaskId]).Select(t => t.Prompt));
        Assert.Empty(journal.Find([]));
    }

    /// <summary>All ways of reading agree with a plain fold of what was written, whatever the mixture of events, junk, endpoints and line lengths.</summary>
    [Fact]
    public void Readers_RandomHistories_AllAgree()
    {
        for (int seed = 0; seed < TestDepth.Of(60); seed++)
        {
            Random random = new(seed);
            File.Delete(_bench.File);
            string live = JournalBench.Live.AbsoluteUri;
            Dictionary<Guid, TaskFold> model = [];
            List<Guid> order = [];
            using (FileStream file = new(_bench.File, FileMode.Create))
            {
                int events = random.Next(1, 300);
                for (int i = 0; i < events; i++)
                {
                    bool foreign = random.Next(6) == 0;
                    string endpoint = foreign ? JournalBench.Other.AbsoluteUri : live;
                    bool fresh = order.Count == 0 || random.Next(3) == 0;
                    KlingTask sample = JournalSamples.Task(random);
                    sample.Prompt = random.Next(100) == 0 ? new string('y', random.Next(100_000)) : sample.Prompt;
                    KlingTask task = fresh ? sample : WithId(order[random.Next(order.Count)], sample);
                    JournalEvent what = fresh ? JournalEvent.Intent : (JournalEvent)random.Next(1, random.Next(5) == 0 ? 8 : 7);
                    byte[] line = JournalWriter.Write(what, task, endpoint, _bench.Clock.UtcNow);
                    file.Write(line);
                    if (random.Next(10) == 0)
                    {
                        file.Write(Encoding.UTF8.GetBytes(new string('{', random.Next(3)) + "\n"));
                    }

                    if (foreign)
                    {
                        continue;
                    }

                    if (fresh)
                    {
                        order.Add(task.TaskId);
                        model[task.TaskId] = new TaskFold(task.TaskId, live);
                    }

                    model[task.TaskId].Add(JournalReader.ReadRecord(line)!);
                }
            }

            string[] expected = [.. order.Select(id => model[id].Task()).OfType<KlingTask>().Select(JournalSamples.Describe)];
            TaskJournal journal = _bench.Open();
            Assert.Equal(expected, journal.All().Select(JournalSamples.Describe));
            Assert.Equal(expected, journal.Last(int.MaxValue).Select(JournalSamples.Describe));
            Assert.Equal(expected, journal.Select(null, DateTimeOffset.MinValue, _ => true).Select(JournalSamples.Describe));
            Assert.Equal(expected, journal.Find(order).Select(JournalSamples.Describe));
            int count = random.Next(1, 12);
            Assert.Equal(expected.TakeLast(count), journal.Last(count).Select(JournalSamples.Describe));
            Assert.Equal(order.Select(id => model[id].Task()).OfType<KlingTask>().Where(t => t.Status == KlingTaskStatus.Failed).TakeLast(count).Select(JournalSamples.Describe),
                journal.Select(count, null, t => t.Status == KlingTaskStatus.Failed).Select(JournalSamples.Describe));
        }
    }

    private static KlingTask WithId(Guid id, KlingTask sample) => new()
    {
        TaskId = id,
        Status = sample.Status,
        BillingState = sample.BillingState,
        Cost = sample.Cost,
        SubmittedAt = sample.SubmittedAt,
        CompletedAt = sample.CompletedAt,
        Videos = sample.Videos,
        Errors = sample.Errors,
    };
}
