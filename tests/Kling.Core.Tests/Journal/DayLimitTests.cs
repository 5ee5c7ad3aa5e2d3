using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Journal;

/// <summary>The limit for 24 hours: what all commands with one journal spend or reserve never exceeds it.</summary>
public sealed class DayLimitTests : IDisposable
{
    private readonly JournalBench _bench = new();
    private readonly FakeClock _clock = new();
    private readonly List<PurchaseClaims> _commands = [];

    public void Dispose()
    {
        _commands.ForEach(command => command.Dispose());
        _bench.Dispose();
    }

    [Fact]
    public void Claim_BeyondTheLimit_IsRefusedAndNotRecorded()
    {
        (PurchaseClaims one, PurchaseClaims other) = (NewCommand(0.5m), NewCommand(0.5m));
        Assert.Null(one.Claim(NewTask()));
        Assert.Null(other.Claim(NewTask()));
        int lines = _bench.Lines.Length;
        SpendLimitException refused = Assert.Throws<SpendLimitException>(() => one.Claim(NewTask()));
        Assert.Equal(lines, _bench.Lines.Length);
        Assert.Equal(
            "MaxCostPerDay: 0.1850 USD more were needed; allowed: 0.1300 USD left of 0.5000 USD in 24 hours, of which 0.3700 USD are spent or reserved. "
            + "Nothing was sent for it. There is room for it at 2030-01-03 03:04:05Z.", refused.Message);
        Assert.Equal(BillingState.NotCharged, refused.BillingState);

        // Exactly the limit is allowed.
        Assert.Null(NewCommand(0.555m).Claim(NewTask()));
    }

    [Fact]
    public void Claim_AfterADay_HasRoomAgain()
    {
        PurchaseClaims command = NewCommand(0.2m);
        command.Claim(NewTask());
        _clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Throws<SpendLimitException>(() => command.Claim(NewTask()));
        Assert.Throws<SpendLimitException>(() => NewCommand(0.2m).Claim(NewTask()));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(command.Claim(NewTask()));
    }

    [Fact]
    public void Refusal_SaysWhenEnoughHasDroppedOut()
    {
        PurchaseClaims command = NewCommand(0.4m);
        command.Claim(NewTask(0.1m));
        _clock.Advance(TimeSpan.FromHours(1));
        command.Claim(NewTask(0.1m));
        _clock.Advance(TimeSpan.FromHours(1));
        command.Claim(NewTask(0.2m));
        Assert.EndsWith("There is room for it at 2030-01-03 04:04:05Z.", Refused(command, 0.2m).Message, StringComparison.Ordinal);
        Assert.EndsWith("There is room for it at 2030-01-03 05:04:05Z.", Refused(command, 0.4m).Message, StringComparison.Ordinal);
        Assert.EndsWith("It alone costs more than that.", Refused(command, 0.5m).Message, StringComparison.Ordinal);
        Assert.Contains("a task of unknown price was given", Refused(command, null).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JournalEvent.NotCharged, KlingTaskStatus.Failed, BillingState.NotCharged, null, 0)]
    [InlineData(JournalEvent.Unknown, KlingTaskStatus.Unknown, BillingState.Unknown, null, 0.185)]
    [InlineData(JournalEvent.Accepted, KlingTaskStatus.Processing, BillingState.Accepted, null, 0.185)]
    [InlineData(JournalEvent.Removed, KlingTaskStatus.Processing, BillingState.Accepted, null, 0.185)]
    [InlineData(JournalEvent.Ended, KlingTaskStatus.Succeeded, BillingState.Billed, 0.1, 0.1)]
    [InlineData(JournalEvent.Ended, KlingTaskStatus.PartiallySucceeded, BillingState.Billed, 0.1, 0.185)]
    [InlineData(JournalEvent.Ended, KlingTaskStatus.Failed, BillingState.Billed, 0.3, 0.3)]
    public void Left_GoesByWhatIsKnownOfTheMoney(JournalEvent what, string status, string billing, double? cost, double counted)
    {
        PurchaseClaims command = NewCommand(1m);
        KlingTask task = NewTask();
        command.Claim(task);
        Assert.Equal(0.815m, command.Left());
        (task.Status, task.BillingState, task.Cost) = (status, billing, (decimal?)cost);
        task.Videos = cost is null ? [] : [new KlingVideo { VideoId = "v", VideoCost = (decimal?)cost }];
        Journal().Append(what, task);
        Assert.Equal(1m - (decimal)counted, command.Left());
        Assert.Equal(1m - (decimal)counted, NewCommand(1m).Left());
    }

    [Fact]
    public void Plan_CountsUntilItIsForgotten_AndIsNoRecord()
    {
        PurchaseClaims command = NewCommand(0.4m);
        Guid[] ids = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        Assert.Null(command.Plan(ids[0], null, 0.185m));
        Assert.Null(command.Plan(ids[1], null, 0.185m));
        Assert.NotNull(command.Plan(ids[2], null, 0.185m));
        Assert.Equal(0.4m, NewCommand(0.4m).Left());
        command.Forget(ids[0]);
        Assert.Null(command.Plan(ids[2], null, 0.185m));

        // What is carried out is checked against the journal alone: it was planned before.
        Assert.Null(command.Claim(NewTask()));
        Assert.Null(command.Claim(NewTask()));
    }

    [Fact]
    public void Plan_OfATaskThatIsSentAgain_DoesNotCountItTwice()
    {
        PurchaseClaims crashed = NewCommand(1m);
        KlingTask task = NewTask();
        crashed.Claim(task);
        crashed.Dispose();
        PurchaseClaims command = NewCommand(0.2m);
        TaskStanding now = command.Look(task.TaskId);
        Assert.Null(command.Plan(Guid.NewGuid(), task.TaskId, 0.185m));
        Assert.True(command.ClaimAgain(now.Task!, now));
        Assert.Equal(0.015m, NewCommand(0.2m).Left());

        // After a day it is a purchase like any other.
        _clock.Advance(TimeSpan.FromDays(2));
        command.Claim(NewTask());
        TaskStanding later = command.Look(task.TaskId);
        Assert.NotNull(command.Plan(Guid.NewGuid(), task.TaskId, 0.185m));
        Assert.Throws<SpendLimitException>(() => command.ClaimAgain(later.Task!, later));
    }

    [Fact]
    public void Claim_AnotherEndpointOfTheFile_DoesNotCount()
    {
        using var elsewhere = new PurchaseClaims(new TaskJournal(_bench.File, JournalBench.Other, _clock), resumes: false, Limit(0.2m));
        elsewhere.Claim(NewTask());
        Assert.Null(NewCommand(0.2m).Claim(NewTask()));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public async Task Claim_ManyCommandsAtOnce_NeverExceedTheLimitTogether(long longestTail)
    {
        for (int seed = 0; seed < TestDepth.Of(200); seed++)
        {
            using var bench = new JournalBench();
            var random = new Random(seed);
            decimal limit = random.Next(1, 200) / 100m;
            int commands = random.Next(2, 5);
            using var start = new Barrier(commands);
            int[] bought = await Task.WhenAll(Enumerable.Range(0, commands).Select(_ => Task.Run(() =>
            {
                using var claims = new PurchaseClaims(new TaskJournal(bench.File, JournalBench.Live, _clock) { LongestTail = longestTail }, resumes: false, Limit(limit));
                start.SignalAndWait();
                return Enumerable.Range(0, 8).Count(_ =>
                {
                    try
                    {
                        claims.Claim(NewTask());
                        return true;
                    }
                    catch (SpendLimitException)
                    {
                        return false;
                    }
                });
            })));
            Assert.Equal(Math.Min(8 * commands, (int)(limit / 0.185m)), bought.Sum());
        }
    }

    private static DayLimit Limit(decimal amount) => new(amount, "MaxCostPerDay");

    private static KlingTask NewTask(decimal? price = 0.185m)
    {
        KlingTask task = JournalBench.NewTask();
        task.Fingerprint = Guid.NewGuid().ToString("N");
        task.EstimatedCost = price;
        (task.Status, task.BillingState) = (KlingTaskStatus.Submitting, BillingState.Unknown);
        return task;
    }

    private static SpendLimitException Refused(PurchaseClaims command, decimal? price) => Assert.Throws<SpendLimitException>(() => command.Claim(NewTask(price)));

    private TaskJournal Journal() => new(_bench.File, JournalBench.Live, _clock);

    private PurchaseClaims NewCommand(decimal limit)
    {
        var command = new PurchaseClaims(Journal(), resumes: false, Limit(limit));
        _commands.Add(command);
        return command;
    }
}
