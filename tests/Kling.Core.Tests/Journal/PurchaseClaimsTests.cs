using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

/// <summary>Commands that share a journal: each request is bought once together, and what one buys the others take up.</summary>
public sealed class PurchaseClaimsTests : IDisposable
{
    private readonly JournalBench _bench = new();
    private readonly List<PurchaseClaims> _commands = [];

    public void Dispose()
    {
        _commands.ForEach(command => command.Dispose());
        _bench.Dispose();
    }

    [Fact]
    public void Claim_WhatAnotherCommandHasRecordedSince_IsTakenUpAndNotRecorded()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        KlingTask first = NewTask("x");
        Assert.Null(one.Take("x"));
        Assert.Null(other.Take("x"));
        Assert.Null(one.Claim(first));
        int lines = _bench.Lines.Length;
        Assert.Equal(first.TaskId, other.Claim(NewTask("x"))!.TaskId);
        Assert.Equal(lines, _bench.Lines.Length);
        Assert.Null(other.Claim(NewTask("y")));
    }

    [Fact]
    public void Claim_EqualItems_StandForAsManyTasksOfTheOther()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        KlingTask[] bought = [NewTask("x"), NewTask("x"), NewTask("x")];
        Assert.All(bought[..2], task => Assert.Null(one.Claim(task)));
        Assert.Equal(bought[0].TaskId, other.Claim(NewTask("x"))!.TaskId);
        Assert.Equal(bought[1].TaskId, other.Claim(NewTask("x"))!.TaskId);
        KlingTask third = NewTask("x");
        Assert.Null(other.Claim(third));
        Assert.Equal(third.TaskId, one.Claim(bought[2])!.TaskId);
    }

    [Fact]
    public void Claim_WithoutResume_BuysAgain()
    {
        Assert.Null(NewCommand().Claim(NewTask("x")));
        Assert.Null(NewCommand(resumes: false).Claim(NewTask("x")));
    }

    [Fact]
    public void Claim_OfATaskThatFailedMeanwhile_IsRecorded()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        KlingTask first = NewTask("x");
        one.Claim(first);
        Record(JournalEvent.NotCharged, first, KlingTaskStatus.Failed, BillingState.NotCharged);
        Assert.Null(other.Claim(NewTask("x")));
    }

    [Fact]
    public void Claim_TheSameTaskOnceMore_IsTheOthersWhereThatBoughtItSince()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        KlingTask first = NewTask("x");
        one.Claim(first);
        Assert.Null(one.Claim(first));

        // Refused, because the service had forgotten the image. Before the image is sent again, the other command buys it.
        Record(JournalEvent.NotCharged, first, KlingTaskStatus.Failed, BillingState.NotCharged);
        KlingTask second = NewTask("x");
        Assert.Null(other.Claim(second));
        Assert.Equal(second.TaskId, one.Claim(first)!.TaskId);
    }

    [Fact]
    public void ClaimId_WhatAnotherCommandRecordedUnderThatId_IsTakenUpUnlessItCameToNothing()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(resumes: false), NewCommand(resumes: false));
        KlingTask task = NewTask("x");
        Assert.Null(other.Look(task.TaskId).Task);
        Assert.Null(one.ClaimId(task));
        int lines = _bench.Lines.Length;
        Assert.Equal(task.TaskId, other.ClaimId(task.Snapshot())!.TaskId);
        Assert.Equal(lines, _bench.Lines.Length);
        Record(JournalEvent.NotCharged, task, KlingTaskStatus.Failed, BillingState.NotCharged);
        Assert.Null(other.ClaimId(task.Snapshot()));
        Assert.True(one.Look(task.TaskId).IsBeingSent);
    }

    [Fact]
    public void Look_WhileTheOtherCommandRuns_ItIsBeingSent()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        KlingTask task = NewTask("x");
        one.Claim(task);
        TaskStanding before = other.Look(task.TaskId);
        Assert.True(before is { IsBeingSent: true, IsClosed: false });
        Assert.Equal(BillingState.Unknown, before.Task!.BillingState);

        Record(JournalEvent.Accepted, task, KlingTaskStatus.Processing, BillingState.Accepted);
        TaskStanding after = other.Look(task.TaskId);
        Assert.False(after.IsBeingSent);
        Assert.Equal(BillingState.Accepted, after.Task!.BillingState);
    }

    [Fact]
    public void Look_OnceTheOtherCommandIsGone_NobodyIsSendingIt()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        KlingTask task = NewTask("x");
        one.Claim(task);
        one.Dispose();
        Assert.True(other.Look(task.TaskId) is { IsBeingSent: false, IsClosed: false });
        Assert.Empty(Directory.GetFiles(Path.Combine(_bench.Folder, "running")));
    }

    [Fact]
    public void Look_OfAnIntentThatIsTooOld_NobodyIsSendingIt()
    {
        var clock = new FakeClock();
        var journal = new TaskJournal(_bench.File, JournalBench.Live, clock);
        using var one = new PurchaseClaims(journal, resumes: true);
        using var other = new PurchaseClaims(journal, resumes: true);
        KlingTask task = NewTask("x");
        one.Claim(task);
        clock.Advance(PurchaseClaims.LongestSubmit - TimeSpan.FromSeconds(1));
        Assert.True(other.Look(task.TaskId).IsBeingSent);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(other.Look(task.TaskId).IsBeingSent);
    }

    [Theory]
    [InlineData(JournalEvent.NotCharged, KlingTaskStatus.Failed, BillingState.NotCharged, true)]
    [InlineData(JournalEvent.Removed, KlingTaskStatus.Unknown, BillingState.Unknown, true)]
    [InlineData(JournalEvent.Unknown, KlingTaskStatus.Unknown, BillingState.Unknown, false)]
    [InlineData(JournalEvent.Ended, KlingTaskStatus.Failed, BillingState.Accepted, false)]
    public void Look_AfterAnOutcome_SaysWhetherItCameToNothing(JournalEvent what, string status, string billing, bool isClosed)
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        KlingTask task = NewTask("x");
        one.Claim(task);
        Record(what, task, status, billing);
        TaskStanding now = other.Look(task.TaskId);
        Assert.Equal((isClosed, false), (now.IsClosed, now.IsBeingSent));
    }

    [Fact]
    public void ClaimAgain_OfTwoThatJudgedTheSame_OnlyTheFirstSends()
    {
        PurchaseClaims dead = NewCommand();
        KlingTask task = NewTask("x");
        dead.Claim(task);
        dead.Dispose();
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        (TaskStanding first, TaskStanding second) = (one.Look(task.TaskId), other.Look(task.TaskId));
        Assert.True(one.ClaimAgain(first.Task!, first));
        Assert.False(other.ClaimAgain(second.Task!, second));
        Assert.True(other.Look(task.TaskId).IsBeingSent);
    }

    [Fact]
    public void LookAhead_TakesNothing()
    {
        PurchaseClaims one = NewCommand();
        one.Claim(NewTask("x"));
        PurchaseClaims other = NewCommand();
        Func<string, KlingTask?> ahead = other.LookAhead();
        Assert.NotNull(ahead("x"));
        Assert.Null(ahead("x"));
        Assert.NotNull(other.Take("x"));
        Assert.Null(other.Take("x"));
    }

    [Fact]
    public void Claim_InAFileThatIsTornOrWasReplaced_SeesWhatIsThere()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        Assert.Null(other.Claim(NewTask("a")));
        _bench.AddRaw("{\"v\":1,\"t\":");
        KlingTask task = NewTask("x");
        Assert.Null(other.Take("x"));
        Assert.Null(one.Claim(task));
        Assert.Equal(task.TaskId, other.Claim(NewTask("x"))!.TaskId);

        File.Delete(_bench.File);
        KlingTask anew = NewTask("y");
        Assert.Null(one.Claim(anew));
        Assert.Equal(anew.TaskId, other.Claim(NewTask("y"))!.TaskId);
    }

    [Fact]
    public void Claim_ReadsOnlyWhatWasAppended()
    {
        PurchaseClaims one = NewCommand();
        one.Claim(NewTask("x"));
        PurchaseClaims other = NewCommand();
        Assert.NotNull(other.Take("x"));

        // Another record stands now where it has read before. Whoever reads the whole file finds it.
        using var elsewhere = new JournalBench();
        using (var third = new PurchaseClaims(elsewhere.Open(), resumes: true))
        {
            third.Claim(NewTask("z"));
        }

        byte[] line = File.ReadAllBytes(elsewhere.File);
        Assert.Equal(line.Length, new FileInfo(_bench.File).Length);
        File.WriteAllBytes(_bench.File, line);
        Assert.NotNull(NewCommand().Take("z"));
        Assert.Null(other.Claim(NewTask("z")));
    }

    [Fact]
    public void Take_OfATaskThatWasSentAgainWithAnotherRequest_GoesByTheNewOne()
    {
        KlingTask task = NewTask("x");
        NewCommand(resumes: false).ClaimId(task);
        Record(JournalEvent.NotCharged, task, KlingTaskStatus.Failed, BillingState.NotCharged);
        task.Fingerprint = "y";
        NewCommand(resumes: false).ClaimId(task);
        PurchaseClaims other = NewCommand();
        Assert.Null(other.Take("x"));
        Assert.Equal(task.TaskId, other.Take("y")!.TaskId);
    }

    [Fact]
    public void Take_OfARecordWithoutItsLineEnd_TakesItUpOnce()
    {
        PurchaseClaims other = NewCommand();
        KlingTask task = NewTask("x");
        NewCommand().Claim(task);
        File.WriteAllBytes(_bench.File, File.ReadAllBytes(_bench.File)[..^1]);
        Assert.Equal(task.TaskId, other.Take("x")!.TaskId);
        Assert.Null(other.Claim(NewTask("x")));
        Assert.Equal(2, _bench.Open().All().Count());
    }

    [Fact]
    public void Claim_BehindALineThatWasBegun_NamesTheRightDamagedLine()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(), NewCommand());
        one.Claim(NewTask("x"));
        _bench.AddRaw("{\"v\":1,");
        Assert.NotNull(other.Take("x"));
        Assert.Null(other.Claim(NewTask("x")));
        _bench.AddRaw("not ours\n");
        JournalException stopped = Assert.Throws<JournalException>(() => other.Claim(NewTask("y")));
        Assert.Equal("not ours", _bench.Lines[Assert.Single(stopped.DamagedLines) - 1]);
    }

    [Fact]
    public void IsRunning_ANameThatLeadsElsewhere_IsNotFollowed()
    {
        string outside = Path.Combine(_bench.Folder, "kept.lock");
        File.WriteAllText(outside, "");
        Assert.False(RunningCommand.IsRunning(_bench.Open(), "../kept"));
        Assert.True(File.Exists(outside));
    }

    [Fact]
    public void Begin_WhereTheFolderCannotBeMade_NothingMayBeSent()
    {
        File.WriteAllText(Path.Combine(_bench.Folder, "running"), "");
        JournalException failure = Assert.Throws<JournalException>(() => NewCommand().Claim(NewTask("x")));
        Assert.Contains("Nothing was sent", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_bench.File));
    }

    /// <summary>Commands with the same list, in threads, each with its own offset, of which some tasks fail: each request is bought once.</summary>
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public async Task Claim_ManyCommandsAtOnce_BuyEachRequestOnceTogether(long longestTail)
    {
        for (int seed = 0; seed < TestDepth.Of(200); seed++)
        {
            using var bench = new JournalBench { LongestTail = longestTail };
            var random = new Random(seed);
            string[] rows = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => ((char)('a' + random.Next(4))).ToString())];
            int commands = random.Next(2, 5);
            using var start = new Barrier(commands);
            Guid[][] stands = await Task.WhenAll(Enumerable.Range(0, commands).Select(_ => Task.Run(() =>
            {
                TaskJournal journal = bench.Open();
                using var claims = new PurchaseClaims(journal, resumes: true);
                start.SignalAndWait();
                return rows.Select(row =>
                {
                    KlingTask task = NewTask(row);
                    Guid id = (claims.Take(row) ?? claims.Claim(task) ?? task).TaskId;
                    if (id == task.TaskId)
                    {
                        task.Status = KlingTaskStatus.Processing;
                        task.BillingState = BillingState.Accepted;
                        journal.Append(JournalEvent.Accepted, task);
                    }

                    return id;
                }).ToArray();
            })));
            Assert.All(stands, stand => Assert.Equal(rows.Length, stand.Distinct().Count()));
            Assert.Equal(rows.Length, stands.SelectMany(stand => stand).Distinct().Count());
            Assert.Equal(rows.Length, bench.Open().All().Count());
        }
    }

    private PurchaseClaims NewCommand(bool resumes = true)
    {
        var command = new PurchaseClaims(_bench.Open(), resumes);
        _commands.Add(command);
        return command;
    }

    private static KlingTask NewTask(string fingerprint)
    {
        KlingTask task = JournalBench.NewTask();
        task.Fingerprint = fingerprint;
        task.BillingState = BillingState.Unknown;
        task.Status = KlingTaskStatus.Submitting;
        return task;
    }

    private void Record(JournalEvent what, KlingTask task, string status, string billing)
    {
        KlingTask now = task.Snapshot();
        (now.Status, now.BillingState) = (status, billing);
        now.SubmittedAt = billing is BillingState.Accepted or BillingState.Billed ? _bench.Clock.UtcNow : null;
        _bench.Open().Append(what, now);
    }
}
