using System.Diagnostics;
using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

public sealed class TaskPollerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly FakeClock _clock = new();
    private readonly MemoryJournal _journal = new();

    [Fact]
    public async Task Wait_VideoReady_EndsAndIsRecorded()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        DateTimeOffset ready = _clock.UtcNow.AddSeconds(60);
        ScriptedApi api = Api(call => _clock.UtcNow >= ready ? Replies.Data(Replies.Video(task.TaskId)) : Replies.Processing(task.TaskId));
        TaskPoller poller = Poller(api);

        KlingTask ended = await Wait(poller, task, TimeSpan.FromMinutes(10));

        Assert.Same(task, ended);
        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Billed), (task.Status, task.BillingState));
        Assert.InRange((task.CompletedAt!.Value - ready).TotalSeconds, 0, 3.3);
        Assert.Equal([JournalEvent.Ended], _journal.Events);
        Assert.Empty(api.Submits);
        await Stops(poller);
    }

    [Fact]
    public async Task Wait_Live_LooksAtMostOnceASecond()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        ScriptedApi api = Api(_ => Replies.Processing(task.TaskId));

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Wait(Poller(api), task, TimeSpan.FromSeconds(100)));

        DateTimeOffset[] times = [.. api.Polls.Select(call => call.At)];
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
        Assert.InRange(times.Length, 30, 40);
    }

    [Fact]
    public async Task Wait_NothingSeenToEnd_LooksMoreSeldomTheLongerTasksTake()
    {
        KlingTask old = Sample.Accepted(_clock.UtcNow.AddMinutes(-10));
        ScriptedApi api = Api(call => Replies.Data([.. call.Ids.Select(Replies.Running)]));
        TaskPoller poller = Poller(api);

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Wait(poller, old, TimeSpan.FromSeconds(100)));
        int alone = api.Polls.Count;
        Assert.InRange(alone, 10, 13);

        // The youngest counts: nobody knows that it takes as long.
        KlingTask young = Sample.Accepted(_clock.UtcNow);
        Task[] waits = [Wait(poller, young, TimeSpan.FromSeconds(50)), Wait(poller, old, TimeSpan.FromSeconds(50))];
        foreach (Task wait in waits)
        {
            await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => wait);
        }

        Assert.InRange(api.Polls.Count - alone, 14, 18);
    }

    public static TheoryData<string> Troubles => ["empty", "401", "429", "500", "html", "reset", "unsent", "no id", "other task"];

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Wait_ErrorsOfTheCall_DoNotEndIt(string trouble)
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        int n = 0;
        ScriptedApi api = Api(_ => ++n > 6 ? Replies.Data(Replies.Video(task.TaskId)) : trouble switch
        {
            "empty" => Replies.Empty(),
            "401" => Replies.RefusedKey(),
            "429" => Replies.Limited(TimeSpan.FromSeconds(20)),
            "500" => Replies.Error(500, Replies.Failure(task.TaskId, "internalServerError", KlingErrorCategory.Server)),
            "html" => Replies.Ambiguous(502),
            "reset" => Replies.Ambiguous(),
            "unsent" => Replies.Unsent(),
            "no id" => Replies.Error(200, Replies.Failure(null)),
            _ => Replies.Error(200, Replies.Failure(Guid.NewGuid())),
        });

        await Wait(Poller(api), task, null);

        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
        if (trouble == "429")
        {
            DateTimeOffset[] times = [.. api.Polls.Select(call => call.At)];
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(20)));
        }
    }

    [Fact]
    public async Task Wait_Deadline_LeavesTheTaskOpenAndSaysSo()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        DateTimeOffset start = _clock.UtcNow;
        TaskPoller poller = Poller(Api(_ => Replies.Processing(task.TaskId)));

        KlingWaitTimeoutException failure = await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Wait(poller, task, TimeSpan.FromSeconds(47)));

        Assert.Equal(task.TaskId, failure.TaskId);
        Assert.Equal($"Task {task.TaskId:D} has not ended within 47 s; it stays open at the service (billing: Accepted).", failure.Message);
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Assert.InRange((_clock.UtcNow - start).TotalSeconds, 47, 49);
        Assert.Empty(_journal.Entries);
        await Stops(poller);
    }

    [Fact]
    public async Task Wait_DeadlineWhileTheKeyIsRefused_SaysSo()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        ScriptedApi api = Api(_ => Replies.RefusedKey());

        KlingWaitTimeoutException failure = await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Wait(Poller(api), task, TimeSpan.FromMinutes(5)));

        Assert.Contains("invalidApiKey", failure.Message, StringComparison.Ordinal);
        Assert.True(api.Polls.Count > 5);
    }

    [Fact]
    public async Task Wait_AnswerThatAsksForTime_IsObeyed()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        ScriptedApi api = Api(_ => new ApiReply { HttpStatus = 200, Items = [Replies.Running(task.TaskId)], RetryAfter = TimeSpan.FromSeconds(25) });

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Wait(Poller(api), task, TimeSpan.FromMinutes(2)));

        DateTimeOffset[] times = [.. api.Polls.Select(call => call.At)];
        Assert.InRange(times.Length, 4, 5);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(25)));
    }

    [Fact]
    public async Task Wait_RetryAfterBeyondTheDeadline_EndsInTime()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        DateTimeOffset start = _clock.UtcNow;

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(
            () => Wait(Poller(Api(_ => Replies.Limited(TimeSpan.FromHours(2)))), task, TimeSpan.FromSeconds(30)));

        Assert.InRange((_clock.UtcNow - start).TotalSeconds, 30, 31);
    }

    [Fact]
    public async Task Wait_HangingLook_EndsSoonAfterTheDeadline()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        DateTimeOffset start = _clock.UtcNow;
        CancellationToken seen = default;
        var api = new ScriptedApi(_clock, async call =>
        {
            seen = call.Token;
            await new TaskCompletionSource().Task.WaitAsync(call.Token);
            return Replies.Empty();
        });
        TaskPoller poller = Poller(api);

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Wait(poller, task, TimeSpan.FromSeconds(30)));

        Assert.InRange((_clock.UtcNow - start).TotalSeconds, 30, 40);
        await Stops(poller);
        Assert.True(seen.IsCancellationRequested);
    }

    [Fact]
    public async Task Wait_ZeroTimeout_LooksOnce()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        ScriptedApi api = Api(_ => Replies.Processing(task.TaskId));

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Wait(Poller(api), task, TimeSpan.Zero));

        Assert.Single(api.Polls);
    }

    [Fact]
    public async Task Wait_ZeroTimeoutAndReady_ReturnsTheResult()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);

        await Wait(Poller(Api(_ => Replies.Data(Replies.Video(task.TaskId)))), task, TimeSpan.Zero);

        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
    }

    [Fact]
    public async Task Wait_EndedTask_AsksNothing()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        task.Status = KlingTaskStatus.Succeeded;
        ScriptedApi api = Api(_ => Replies.Empty());

        Assert.Same(task, await Wait(Poller(api), task, null));
        Assert.Empty(api.Calls);
    }

    [Fact]
    public async Task Wait_OneCancelled_TheOtherGoesOn()
    {
        KlingTask first = Sample.Accepted(_clock.UtcNow);
        KlingTask second = Sample.Accepted(_clock.UtcNow);
        var gate = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var api = new ScriptedApi(_clock, async call =>
        {
            await gate.Task.WaitAsync(call.Token);
            return Replies.Data([.. call.Ids.Select(id => Replies.Video(id, id.ToString()))]);
        });
        TaskPoller poller = Poller(api);
        Task<KlingTask> cancelled = poller.WaitAsync(first, null, stop.Token);
        Task<KlingTask> kept = poller.WaitAsync(second, null, default);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(s_patience));
        gate.SetResult();
        await kept.WaitAsync(s_patience);

        Assert.Equal(KlingTaskStatus.Succeeded, second.Status);
        await Stops(poller);
    }

    [Fact]
    public async Task Wait_LastOneCancelled_StopsTheLoopAndItsRequest()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        var asked = new TaskCompletionSource<CancellationToken>();
        using var stop = new CancellationTokenSource();
        var api = new ScriptedApi(_clock, async call =>
        {
            asked.TrySetResult(call.Token);
            await Task.Delay(Timeout.Infinite, call.Token);
            return Replies.Empty();
        });
        TaskPoller poller = Poller(api);
        Task<KlingTask> wait = poller.WaitAsync(task, null, stop.Token);
        CancellationToken request = await asked.Task.WaitAsync(s_patience);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(s_patience));
        await Stops(poller);
        Assert.True(request.IsCancellationRequested);
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (task.Status, task.BillingState));
    }

    [Fact]
    public async Task Wait_SameTaskTwice_BothEndAndItIsRecordedOnce()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        KlingTask copy = task.Snapshot();
        var gate = new TaskCompletionSource();
        var api = new ScriptedApi(_clock, async call =>
        {
            await gate.Task;
            return Replies.Data(Replies.Video(task.TaskId));
        });
        TaskPoller poller = Poller(api);
        Task<KlingTask>[] waits = [poller.WaitAsync(task, null, default), poller.WaitAsync(task, null, default), poller.WaitAsync(copy, null, default)];

        gate.SetResult();
        KlingTask[] ended = await Task.WhenAll(waits).WaitAsync(s_patience);

        Assert.Same(task, ended[0]);
        Assert.Same(copy, ended[2]);
        Assert.All(ended, one => Assert.Equal(KlingTaskStatus.Succeeded, one.Status));
        Assert.Single(_journal.Entries);
    }

    [Fact]
    public async Task Wait_300Tasks_ShareSixRequestsPerTick()
    {
        DateTimeOffset ready = _clock.UtcNow.AddSeconds(60);
        KlingTask[] tasks = [.. Enumerable.Range(0, 300).Select(_ => Sample.Accepted(_clock.UtcNow))];
        var gate = new TaskCompletionSource();
        var api = new ScriptedApi(_clock, async call =>
        {
            await gate.Task;
            return _clock.UtcNow >= ready ? Replies.Data([.. call.Ids.Select(id => Replies.Video(id, id.ToString()))]) : Replies.Processing([.. call.Ids]);
        });
        TaskPoller poller = Poller(api);
        Task<KlingTask>[] waits = [.. tasks.Select(task => poller.WaitAsync(task, null, default))];

        gate.SetResult();
        await Task.WhenAll(waits).WaitAsync(s_patience);

        // The first tick began before all were there.
        ApiCall[][] ticks = [.. api.Polls.GroupBy(call => call.At).Skip(1).Select(tick => tick.ToArray())];
        Assert.InRange(ticks.Length, 15, 30);
        Assert.All(ticks, tick => Assert.True(tick.Length <= 6 && tick.All(call => call.Ids.Count <= 50)));
        Assert.Equal(6, ticks[^1].Length);
        Assert.All(tasks, task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
        await Stops(poller);
    }

    [Fact]
    public async Task Wait_ChunkRefused_AsksOneByOne()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 5).Select(_ => Sample.Accepted(_clock.UtcNow))];
        int refused = 0;
        ScriptedApi api = Api(call =>
        {
            refused += call.Ids.Count > 1 ? 1 : 0;
            return call.Ids.Count > 1
                ? Replies.Error(400, Replies.Failure(null, "maxTasksExceeded", KlingErrorCategory.Validation))
                : Replies.Data(Replies.Video(call.Ids[0], call.Ids[0].ToString()));
        });

        await WaitAll(api, tasks);

        Assert.All(tasks, task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
        Assert.Equal(1, refused);
    }

    [Fact]
    public async Task Wait_OneIdSpoilsTheChunk_TheOthersEnd()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 3).Select(_ => Sample.Accepted(_clock.UtcNow))];
        Guid bad = tasks[0].TaskId;
        ScriptedApi api = Api(call => call.Ids.Contains(bad) ? Replies.NotFound(bad) : Replies.Data([.. call.Ids.Select(id => Replies.Video(id, id.ToString()))]));
        TaskPoller poller = Poller(api);

        await WaitAll(api, tasks[1..], Wait(poller, tasks[0], TimeSpan.FromMinutes(1)), poller);

        Assert.All(tasks[1..], task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
        Assert.Equal(KlingTaskStatus.Processing, tasks[0].Status);
    }

    [Fact]
    public async Task Wait_IdsLeftOut_AreAskedAloneAfterThreeTimes()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 4).Select(_ => Sample.Accepted(_clock.UtcNow))];
        int shared = 0;
        ScriptedApi api = Api(call =>
        {
            if (call.Ids.Count > 1)
            {
                shared++;
                return Replies.Processing(call.Ids[0]);
            }

            return Replies.Data(Replies.Video(call.Ids[0], call.Ids[0].ToString()));
        });

        await WaitAll(api, tasks);

        Assert.All(tasks, task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
        Assert.Equal(3, shared);
    }

    [Fact]
    public async Task Wait_EverythingEmpty_ProbesOneInsteadOfAskingAllAlone()
    {
        DateTimeOffset ready = _clock.UtcNow.AddSeconds(600);
        KlingTask[] tasks = [.. Enumerable.Range(0, 40).Select(_ => Sample.Accepted(_clock.UtcNow))];
        ScriptedApi api = Api(call => _clock.UtcNow >= ready ? Replies.Data([.. call.Ids.Select(id => Replies.Video(id, id.ToString()))]) : Replies.Empty());

        await WaitAll(api, tasks);

        Assert.All(tasks, task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
        Assert.InRange(api.Polls.Count(call => call.Ids.Count == 1), 1, 20);
    }

    [Fact]
    public async Task Wait_SharingFailsWithAFault_FindsOutByProbing()
    {
        KlingTask[] tasks = [.. Enumerable.Range(0, 3).Select(_ => Sample.Accepted(_clock.UtcNow))];
        ScriptedApi api = Api(call => call.Ids.Count > 1 ? Replies.Ambiguous(500) : Replies.Data(Replies.Video(call.Ids[0], call.Ids[0].ToString())));

        await WaitAll(api, tasks);

        Assert.All(tasks, task => Assert.Equal(KlingTaskStatus.Succeeded, task.Status));
    }

    [Fact]
    public async Task Wait_PartialSuccess_KeepsBothAndRecordsProgress()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow, 2);
        int n = 0;
        ScriptedApi api = Api(_ => ++n == 1
            ? Replies.Data(Replies.Video(task.TaskId), Replies.Running(task.TaskId))
            : new ApiReply { HttpStatus = 200, Items = [Replies.Video(task.TaskId)], Errors = [Replies.Failure(task.TaskId, video: "v2")] });

        await Wait(Poller(api), task, null);

        Assert.Equal((KlingTaskStatus.PartiallySucceeded, 1, 1), (task.Status, task.Videos.Count, task.Errors.Count));
        Assert.Equal([JournalEvent.Progress, JournalEvent.Ended], _journal.Events);
        Assert.Single(_journal.Entries[0].Task.Videos);
    }

    [Fact]
    public async Task Wait_JournalFails_KeepsTheResultAndTellsAfterwards()
    {
        _journal.Fails = _ => true;
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        TaskPoller poller = Poller(Api(_ => Replies.Data(Replies.Video(task.TaskId))));

        await Wait(poller, task, null);

        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
        Assert.NotNull(poller.TakeJournalFault());
        Assert.Null(poller.TakeJournalFault());
    }

    [Fact]
    public async Task Wait_ForeignTask_LearnsItsRequestFirst()
    {
        KlingTask task = Sample.Foreign();
        var request = new StoredRequest { TaskId = task.TaskId, Settings = new() { Model = "klingai:5@1", NumberResults = 2 } };
        int polls = 0;
        ScriptedApi api = Api(call => call.IsDetails ? Replies.Archive(task.TaskId, request)
            : ++polls == 1 ? Replies.Data(Replies.Video(task.TaskId)) : Replies.Data(Replies.Video(task.TaskId), Replies.Video(task.TaskId, "v2")));

        await Wait(Poller(api), task, null);

        Assert.Equal(2, task.Videos.Count);
        Assert.Equal("klingai:5@1", task.Model);
        Assert.True(api.Calls[0].IsDetails);
        Assert.Equal(1, api.Calls.Count(call => call.IsDetails));
    }

    [Fact]
    public async Task Wait_IdNobodyKnows_EndsAsUnknownAfterTheSettleTime()
    {
        KlingTask task = Sample.Foreign();
        DateTimeOffset start = _clock.UtcNow;
        ScriptedApi api = Api(call => Replies.NotFound(call.Ids[0]));

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => Wait(Poller(api), task, null));

        Assert.Equal((KlingErrorCategory.NotFound, BillingState.Unknown), (failure.Category, failure.BillingState));
        Assert.Equal(task.TaskId, failure.TaskId);
        Assert.True(_clock.UtcNow - start >= TimeSpan.FromSeconds(5));
        Assert.True(api.Polls.Count >= 3);
    }

    [Fact]
    public async Task Wait_NotFoundAtFirst_IsNoFailure()
    {
        KlingTask task = Sample.Foreign();
        int n = 0;
        ScriptedApi api = Api(call => ++n > 4 ? Replies.Data(Replies.Video(task.TaskId)) : Replies.NotFound(task.TaskId));

        await Wait(Poller(api), task, null);

        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
    }

    [Fact]
    public async Task Wait_OwnUnknownTask_NamesBothExitsWhenNobodyKnowsIt()
    {
        KlingTask task = Sample.New();
        task.Status = KlingTaskStatus.Unknown;
        task.BillingState = BillingState.Unknown;

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => Wait(Poller(Api(call => Replies.NotFound(call.Ids[0]))), task, null));

        Assert.Contains($"-TaskId {task.TaskId:D}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("New-KlingVideo", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Remove-KlingTask", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_ManyAtRandom_AllEndAndTheLoopStops()
    {
        int seeds = TestDepth.Of(15);
        for (int seed = 0; seed < seeds; seed++)
        {
            var random = new Random(seed);
            var ready = new Dictionary<Guid, DateTimeOffset>();
            KlingTask[] tasks = [.. Enumerable.Range(0, 70).Select(_ => Sample.Accepted(_clock.UtcNow))];
            foreach (KlingTask task in tasks)
            {
                ready[task.TaskId] = _clock.UtcNow.AddSeconds(random.Next(120));
            }

            ScriptedApi api = Api(call =>
            {
                lock (random)
                {
                    switch (random.Next(8))
                    {
                        case 0:
                            return Replies.Ambiguous(random.Next(2) == 0 ? 500 : null);
                        case 1:
                            return Replies.Limited();
                        case 2:
                            return Replies.Error(400, Replies.Failure(null, "x", KlingErrorCategory.Validation));
                        default:
                            ResultItem[] items = [.. call.Ids.Where(_ => random.Next(5) > 0)
                                .Select(id => ready[id] <= _clock.UtcNow ? Replies.Video(id, id.ToString()) : Replies.Running(id))];
                            return Replies.Data(items);
                    }
                }
            });
            TaskPoller poller = Poller(api);

            await Task.WhenAll(tasks.Select(task => Task.Run(() => poller.WaitAsync(task, null, default)))).WaitAsync(s_patience);

            Assert.All(tasks, task => Assert.Equal((KlingTaskStatus.Succeeded, 1), (task.Status, task.Videos.Count)));
            await Stops(poller);
        }

        Assert.Equal(seeds * 70, _journal.Events.Count(what => what == JournalEvent.Ended));
    }

    private ScriptedApi Api(Func<ApiCall, ApiReply> answer) => new(_clock, answer);

    private TaskPoller Poller(ScriptedApi api) => new(api, _journal, _clock);

    private static Task<KlingTask> Wait(TaskPoller poller, KlingTask task, TimeSpan? timeout) =>
        poller.WaitAsync(task, timeout, default).WaitAsync(s_patience);

    private Task WaitAll(ScriptedApi api, KlingTask[] tasks)
    {
        // No time passes until all wait; so no test depends on how fast the loop gets going.
        var allWait = new TaskCompletionSource();
        _clock.Held = allWait.Task;
        TaskPoller poller = Poller(api);
        Task<KlingTask>[] waits = [.. tasks.Select(task => Wait(poller, task, null))];
        allWait.SetResult();
        return Task.WhenAll(waits);
    }

    private static async Task WaitAll(ScriptedApi api, KlingTask[] tasks, Task<KlingTask> lost, TaskPoller poller)
    {
        await Task.WhenAll(tasks.Select(task => Wait(poller, task, null)));
        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => lost);
        Assert.NotEmpty(api.Calls);
    }

    private static async Task Stops(TaskPoller poller)
    {
        // A loop's end follows that of its last wait, on a busy machine by any number of turns; only the time is bounded.
        long start = Stopwatch.GetTimestamp();
        while (poller.IsRunning && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            await Task.Yield();
        }

        Assert.False(poller.IsRunning);
    }
}
