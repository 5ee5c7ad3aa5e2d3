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

        private readonly PurchaseClaims _claims;
        private readonly PurchaseOpener _opener;

        internal Command(JournalBench bench, FakeClock clock, Func<ApiCall, Task<ApiReply>> answer)
        {
            Api = new ScriptedApi(clock, answer);
            TaskJournal journal = new(bench.File, Sample.Endpoint, clock);
            var index = new UploadIndex(Path.Combine(bench.Folder, "uploads.jsonl"), Sample.Endpoint, clock);
            _claims = new PurchaseClaims(journal, resumes: true);
            _opener = new PurchaseOpener(new ImageSubmitter(new TaskSubmitter(Api, journal, clock), new ImageUploader(Api, index, clock), index), _claims, Budget, clock);
        }

        internal ScriptedApi Api { get; }

        internal SpendBudget Budget { get; } = new(null);

        internal List<string> Told { get; } = [];

        internal CancellationTokenSource Ending { get; } = new();

        internal KlingTask NewTask() => KlingTaskBuilder.From(s_request with { TaskId = Guid.NewGuid() }, 0.185m, Sample.Endpoint);

        internal Task<KlingTask> OpenAsync(KlingTask own)
        {
            KlingTask? known = _claims.Take(own.Fingerprint!);
            if (known is { BillingState: not BillingState.Unknown })
            {
                return Task.FromResult(known);
            }

            Budget.TryReserve(own.TaskId, 0.185m);
            return _opener.OpenAsync(
                new PurchaseOrder { Own = own, Known = known, Request = s_request with { TaskId = own.TaskId }, How = new SubmitOptions { Tell = Told.Add } }, Ending.Token, default);
        }

        internal decimal Settled(KlingTask task)
        {
            Budget.Settle(task);
            return Budget.Committed;
        }

        public void Dispose()
        {
            _claims.Dispose();
            Ending.Dispose();
        }
    }
}
