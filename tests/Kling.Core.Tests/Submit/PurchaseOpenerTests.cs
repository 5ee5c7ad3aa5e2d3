using Kling.Core.Tests.Journal;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>One item and several commands, some of which die: together they buy it once, whatever the service does with a repeated id.</summary>
public sealed class PurchaseOpenerTests : IDisposable
{
    private readonly JournalBench _bench = new();
    private readonly FakeClock _clock = new();
    private readonly List<Command> _commands = [];

    public void Dispose()
    {
        _commands.ForEach(command => command.Dispose());
        _bench.Dispose();
    }

    [Fact]
    public async Task Open_WhatAnotherCommandIsSending_IsWaitedForAndTakenUp()
    {
        var answer = new TaskCompletionSource<ApiReply>();
        Command one = New(call => answer.Task);
        Command other = New(call => throw new InvalidOperationException("It must not be sent."));
        KlingTask first = one.NewTask();
        Task<KlingTask> sending = one.OpenAsync(first);
        _clock.Manual = true;
        Task<KlingTask> taking = other.OpenAsync(other.NewTask());
        await WaitForAsync(() => _clock.Waiting == 1);
        Assert.Contains(other.Told, what => what.Contains($"is being sent by another command as task {first.TaskId:D}", StringComparison.Ordinal));
        answer.SetResult(Replies.Acknowledged(first.TaskId));
        await sending;
        _clock.Advance(TimeSpan.FromSeconds(1));
        KlingTask taken = await taking;
        Assert.Equal((first.TaskId, BillingState.Accepted), (taken.TaskId, taken.BillingState));
        Assert.Equal((0.185m, 0m), (one.Budget.Committed, other.Budget.Committed));
        Assert.Empty(other.Api.Calls);
    }

    [Fact]
    public async Task Open_WhatTheOtherWasRefused_IsBoughtAfterAll()
    {
        var answer = new TaskCompletionSource<ApiReply>();
        Command one = New(call => answer.Task);
        Command other = New(call => Task.FromResult(Replies.Acknowledged(call.Ids[0])));
        KlingTask first = one.NewTask();
        Task<KlingTask> sending = one.OpenAsync(first);
        _clock.Manual = true;
        KlingTask own = other.NewTask();
        Task<KlingTask> taking = other.OpenAsync(own);
        await WaitForAsync(() => _clock.Waiting == 1);
        answer.SetResult(Replies.NoCredit(first.TaskId));
        await Assert.ThrowsAsync<KlingApiException>(() => sending);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(own.TaskId, (await taking).TaskId);
        Assert.Equal((0m, 0.185m), (one.Settled(first), other.Settled(own)));
    }

    [Fact]
    public async Task Open_ACrashedTaskTheServiceHas_IsAttachedAndCostsNothing()
    {
        KlingTask task = await CrashAsync();
        Command next = New(call => Task.FromResult(call.IsDetails ? Replies.Archive(task.TaskId) : Replies.Processing(task.TaskId)));
        KlingTask found = await next.OpenAsync(next.NewTask());
        Assert.Equal((task.TaskId, BillingState.Accepted), (found.TaskId, found.BillingState));
        Assert.Equal((0, 0m), (next.Api.Submits.Count, next.Budget.Committed));
    }

    [Fact]
    public async Task Open_ACrashedTaskTheServiceDoesNotShow_IsSentAgainUnderItsIdAfterTheSettleTime()
    {
        KlingTask task = await CrashAsync();
        Command next = New(call => Task.FromResult(call.IsSubmit ? Replies.Acknowledged(task.TaskId) : Replies.NotFound(task.TaskId)));
        DateTimeOffset start = _clock.UtcNow;
        KlingTask sent = await next.OpenAsync(next.NewTask());
        Assert.Equal((task.TaskId, BillingState.Accepted), (sent.TaskId, sent.BillingState));
        Assert.Equal(task.TaskId, Assert.Single(next.Api.Submits).Ids[0]);
        Assert.True(next.Api.Submits[0].At - start >= TimeSpan.FromSeconds(5));
        Assert.Equal(0.185m, next.Budget.Committed);
    }

    [Fact]
    public async Task Open_WhileTheBatchEnds_WaitsNoLonger()
    {
        Command one = New(call => new TaskCompletionSource<ApiReply>().Task);
        _ = one.OpenAsync(one.NewTask());
        _clock.Manual = true;
        Command other = New(call => throw new InvalidOperationException("It must not be sent."));
        Task<KlingTask> taking = other.OpenAsync(other.NewTask());
        await WaitForAsync(() => _clock.Waiting == 1);
        await other.Ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.Empty(other.Api.Calls);
    }

    /// <summary>Processes die one after the other at random steps until one gets through; its looks tell the truth.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_AfterRandomCrashes_IsBoughtExactlyOnce(bool refusesRepeatedIds)
    {
        int resent = 0;
        for (int seed = 0; seed < TestDepth.Of(1500, least: 150); seed++)
        {
            using var bench = new JournalBench();
            var random = new Random(seed);
            var accepted = new List<Guid>();
            KlingTask? last = null;
            for (int life = 0; life < 6 && last is null; life++)
            {
                int steps = life == 5 ? int.MaxValue : random.Next(1, 14);
                var died = new TaskCompletionSource();
                using var command = new Command(bench, _clock, call =>
                {
                    ApiReply reply = Answer(call, random, accepted, refusesRepeatedIds, isCalm: life == 5);
                    if (--steps > 0)
                    {
                        return Task.FromResult(reply);
                    }

                    // The process is gone: nothing of it runs on, and nothing is recorded.
                    died.TrySetResult();
                    return new TaskCompletionSource<ApiReply>().Task;
                });
                try
                {
                    KlingTask own = command.NewTask();
                    Task<KlingTask> opening = command.OpenAsync(own);
                    last = await Task.WhenAny(opening, died.Task) == opening ? await opening : null;
                    resent += last is not null && last.TaskId != own.TaskId && command.Api.Submits.Count > 0 ? 1 : 0;
                }
                catch (KlingApiException)
                {
                }
            }

            Assert.True(last?.BillingState is BillingState.Accepted, $"seed {seed}: {last?.BillingState}");
            Assert.True(accepted.Count == 1 && accepted[0] == last!.TaskId, $"seed {seed}: {accepted.Count} charges for {last?.TaskId:D}");
            Assert.Equal(BillingState.Accepted, Assert.Single(new TaskJournal(bench.File, Sample.Endpoint, _clock).All(), task => task.BillingState != BillingState.NotCharged).BillingState);
        }

        Assert.True(resent > 10, $"only {resent} were sent again");
    }

    private static ApiReply Answer(ApiCall call, Random random, List<Guid> accepted, bool refusesRepeatedIds, bool isCalm)
    {
        Guid id = call.Ids[0];
        if (!call.IsSubmit)
        {
            return !isCalm && random.Next(6) == 0 ? Replies.Ambiguous(500)
                : !accepted.Contains(id) ? call.IsDetails ? Replies.NotFound(id) : Replies.Processing(id)
                : call.IsDetails ? Replies.Archive(id) : Replies.Data(Replies.Video(id));
        }

        int fate = isCalm ? 5 : random.Next(6);
        if (fate == 0)
        {
            return Replies.Unsent();
        }

        if (fate == 1)
        {
            return Replies.NoCredit(id);
        }

        bool arrives = fate > 2;
        bool isRepeat = refusesRepeatedIds && accepted.Contains(id);
        if (arrives && !isRepeat)
        {
            accepted.Add(id);
        }

        return !arrives || fate == 3 ? Replies.Ambiguous() : isRepeat ? Replies.Conflict(id) : Replies.Acknowledged(id);
    }

    [Fact]
    public async Task OpenUnderAKey_WhatAnotherMachineBought_IsFoundAndCostsNothing()
    {
        Command here = New(call => Task.FromResult(call.IsSubmit ? throw new InvalidOperationException("It must not be sent.") : Replies.Data(Replies.Video(call.Ids[0]))));
        KlingTask task = await here.OpenAsync(Key());
        Assert.Equal((DerivedTaskId.Of("key", "f", 1, 1), BillingState.Accepted), (task.TaskId, task.BillingState));
        Assert.Equal(0m, here.Budget.Committed);
        Assert.Single(here.Api.Polls);
    }

    [Fact]
    public async Task OpenUnderAKey_WhatNobodyBought_IsLookedForOnceAndBought()
    {
        Command here = New(call => Task.FromResult(call.IsSubmit ? Replies.Acknowledged(call.Ids[0]) : Replies.NotFound(call.Ids[0])));
        KlingTask task = await here.OpenAsync(Key());
        Assert.Equal(["getResponse", "getTaskDetails", "videoInference"], here.Api.Calls.Select(call => call.TaskType));
        Assert.All(here.Api.Calls, call => Assert.Equal(task.TaskId, call.Ids[0]));
        Assert.Equal(0.185m, here.Budget.Committed);
    }

    [Fact]
    public async Task OpenUnderAKey_AConflict_IsTheProofThatItWasBought()
    {
        Command here = New(call => Task.FromResult(call.IsSubmit ? Replies.Conflict(call.Ids[0]) : Replies.Processing(call.Ids[0])));
        KlingTask task = await here.OpenAsync(Key());
        Assert.Equal(BillingState.Accepted, task.BillingState);
        Assert.Single(here.Api.Submits);
    }

    [Fact]
    public async Task OpenUnderAKey_AnAttemptThatFailedUnbilled_CountsUp()
    {
        Guid[] ids = [DerivedTaskId.Of("key", "f", 1, 1), DerivedTaskId.Of("key", "f", 1, 2), DerivedTaskId.Of("key", "f", 1, 3)];
        Command here = New(call => Task.FromResult(
            call.IsSubmit ? Replies.Acknowledged(call.Ids[0])
            : call.Ids[0] == ids[2] ? Replies.NotFound(ids[2])
            : Replies.Error(200, Replies.Failure(call.Ids[0]))));
        here.Failed.UnionWith(ids[..2]);
        KlingTask task = await here.OpenAsync(Key());
        Assert.Equal(ids[2], task.TaskId);
        Assert.Equal([ids[2]], here.Api.Submits.Select(call => call.Ids[0]));
        Assert.Equal(0.185m, here.Budget.Committed);

        // On this machine the journal tells the same.
        TaskIdSeries again = Key();
        Assert.Equal(ids[2], again.Newest(here.Claims.Look)!.TaskId);
    }

    [Fact]
    public async Task OpenUnderAKey_WhatWasRefused_IsSentAgainUnderTheSameId()
    {
        Command here = New(call => Task.FromResult(call.IsSubmit ? Replies.NoCredit(call.Ids[0]) : Replies.NotFound(call.Ids[0])));
        await Assert.ThrowsAsync<KlingApiException>(() => here.OpenAsync(Key()));
        Command later = New(call => Task.FromResult(call.IsSubmit ? Replies.Acknowledged(call.Ids[0]) : Replies.NotFound(call.Ids[0])));
        Assert.Equal(here.Api.Submits[0].Ids[0], (await later.OpenAsync(Key())).TaskId);
    }

    [Fact]
    public async Task OpenUnderAKey_WhatAnotherCommandIsSending_IsWaitedFor()
    {
        var answer = new TaskCompletionSource<ApiReply>();
        Command one = New(call => call.IsSubmit ? answer.Task : Task.FromResult(Replies.NotFound(call.Ids[0])));
        Command other = New(call => throw new InvalidOperationException("It must not be sent."));
        Task<KlingTask> sending = one.OpenAsync(Key());
        await WaitForAsync(() => one.Api.Submits.Count == 1);
        _clock.Manual = true;
        Task<KlingTask> taking = other.OpenAsync(Key());
        await WaitForAsync(() => _clock.Waiting == 1);
        answer.SetResult(Replies.Acknowledged(one.Api.Submits[0].Ids[0]));
        await sending;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((await sending).TaskId, (await taking).TaskId);
        Assert.Empty(other.Api.Calls);
    }

    [Theory]
    [InlineData(KlingTaskStatus.Failed, BillingState.Accepted, true, true)]
    [InlineData(KlingTaskStatus.Failed, BillingState.NotCharged, true, true)]
    [InlineData(KlingTaskStatus.Failed, BillingState.NotCharged, false, false)]
    [InlineData(KlingTaskStatus.Failed, BillingState.Billed, true, false)]
    [InlineData(KlingTaskStatus.Failed, BillingState.Unknown, false, false)]
    [InlineData(KlingTaskStatus.PartiallySucceeded, BillingState.Billed, true, false)]
    [InlineData(KlingTaskStatus.Processing, BillingState.Accepted, true, false)]
    public void Advance_OnlyAfterAFailureAtTheServiceThatWasNotBilled(string status, string billing, bool wasAccepted, bool advances)
    {
        TaskIdSeries series = Key();
        KlingTask task = Sample.New();
        (task.Status, task.BillingState, task.SubmittedAt) = (status, billing, wasAccepted ? _clock.UtcNow : null);
        Assert.Equal(advances, series.Advance(task));
        Assert.Equal(advances ? 2 : 1, series.Attempt);
        Assert.False(series.Advance(null));
    }

    private static TaskIdSeries Key() => new("key", "f", 1);

    private static async Task WaitForAsync(Func<bool> reached)
    {
        for (int i = 0; i < 100_000 && !reached(); i++)
        {
            await Task.Yield();
        }

        Assert.True(reached());
    }

    private Command New(Func<ApiCall, Task<ApiReply>> answer)
    {
        var command = new Command(_bench, _clock, answer);
        _commands.Add(command);
        return command;
    }

    /// <summary>A process that died while its request was on its way.</summary>
    private async Task<KlingTask> CrashAsync()
    {
        var sent = new TaskCompletionSource();
        Command dead = New(call =>
        {
            sent.TrySetResult();
            return new TaskCompletionSource<ApiReply>().Task;
        });
        KlingTask task = dead.NewTask();
        _ = dead.OpenAsync(task);
        await sent.Task;
        dead.Dispose();
        return task;
    }

    /// <summary>One command with -Resume that buys one item.</summary>
    private sealed class Command : IDisposable
    {
        private static readonly VideoRequest s_request = new() { Image = new RequestImage(ImageKind.Url, "https://images.test/a.jpg"), Prompt = "pan" };

        private readonly PurchaseOpener _opener;
        private readonly TaskJournal _journal;

        internal Command(JournalBench bench, FakeClock clock, Func<ApiCall, Task<ApiReply>> answer)
        {
            Api = new ScriptedApi(clock, answer);
            TaskJournal journal = _journal = new(bench.File, Sample.Endpoint, clock);
            var index = new UploadIndex(Path.Combine(bench.Folder, "uploads.jsonl"), Sample.Endpoint, clock);
            Claims = new PurchaseClaims(journal, resumes: true);
            _opener = new PurchaseOpener(new ImageSubmitter(new TaskSubmitter(Api, journal, clock), new ImageUploader(Api, index, clock), index), Claims, Budget, clock);
        }

        internal PurchaseClaims Claims { get; }

        internal ScriptedApi Api { get; }

        /// <summary>What a look at a task finds to have failed.</summary>
        internal HashSet<Guid> Failed { get; } = [];

        internal SpendBudget Budget { get; } = new(null);

        internal List<string> Told { get; } = [];

        internal CancellationTokenSource Ending { get; } = new();

        internal KlingTask NewTask() => KlingTaskBuilder.From(s_request with { TaskId = Guid.NewGuid() }, 0.185m, Sample.Endpoint);

        internal Task<KlingTask> OpenAsync(KlingTask own)
        {
            KlingTask? known = Claims.Take(own.Fingerprint!);
            if (known is { BillingState: not BillingState.Unknown })
            {
                return Task.FromResult(known);
            }

            Budget.TryReserve(own.TaskId, 0.185m);
            return _opener.OpenAsync(
                new PurchaseOrder { Own = own, Known = known, Request = s_request with { TaskId = own.TaskId }, How = new SubmitOptions { Tell = Told.Add } }, Ending.Token, default);
        }

        /// <summary>Buys the item under a key, as a command does that reads its journal first.</summary>
        internal Task<KlingTask> OpenAsync(TaskIdSeries series)
        {
            KlingTask? known = series.Newest(Claims.Look);
            if (known is { BillingState: not BillingState.Unknown })
            {
                return Task.FromResult(known);
            }

            KlingTask own = KlingTaskBuilder.From(s_request with { TaskId = series.Id }, 0.185m, Sample.Endpoint);
            Budget.TryReserve(own.TaskId, 0.185m);
            return _opener.OpenAsync(
                new PurchaseOrder
                {
                    Own = own,
                    Known = known,
                    Request = s_request with { TaskId = own.TaskId },
                    How = new SubmitOptions { Tell = Told.Add, LooksFirst = true, SharesId = true },
                    Series = series,
                    LookAsync = FindAsync,
                },
                Ending.Token, default);
        }

        private Task FindAsync(KlingTask task)
        {
            if (Failed.Contains(task.TaskId))
            {
                task.Status = KlingTaskStatus.Failed;
                _journal.Append(JournalEvent.Ended, task);
            }

            return Task.CompletedTask;
        }

        internal decimal Settled(KlingTask task)
        {
            Budget.Settle(task);
            return Budget.Committed;
        }

        public void Dispose()
        {
            Claims.Dispose();
            Ending.Dispose();
        }
    }
}
