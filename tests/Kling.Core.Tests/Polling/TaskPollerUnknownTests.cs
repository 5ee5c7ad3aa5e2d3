using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

/// <summary>The service does not know a task, or no longer, or says no more of it than of any id; and it does not answer at all.</summary>
public sealed class TaskPollerUnknownTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Accepted_task_that_is_not_found_for_a_moment_is_waited_for()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        DateTimeOffset found = _clock.Steady.AddMinutes(4);
        await Wait(task, null, () => _clock.Steady < found ? Replies.NotFound(task.TaskId) : Replies.Data(Replies.Video(task.TaskId)));
        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
    }

    [Fact]
    public async Task Accepted_task_that_the_service_has_forgotten_ends_the_wait_and_names_the_ways_out()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        DateTimeOffset start = _clock.Steady;

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => Wait(task, TimeSpan.FromMinutes(30), () => Replies.NotFound(task.TaskId)));

        Assert.InRange((_clock.Steady - start).TotalMinutes, 5, 6);
        Assert.Equal((KlingErrorCategory.NotFound, BillingState.Accepted, task.TaskId), (failure.Category, failure.BillingState, failure.TaskId));
        Assert.Contains("does not know", failure.Message, StringComparison.Ordinal);
        AssertWaysOut(failure, task);
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (task.Status, task.BillingState));
    }

    [Fact]
    public async Task Deadline_of_a_forgotten_task_does_not_say_that_it_is_open_at_the_service()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);

        KlingWaitTimeoutException failure = await Assert.ThrowsAsync<KlingWaitTimeoutException>(
            () => Wait(task, TimeSpan.FromMinutes(3), () => Replies.NotFound(task.TaskId)));

        Assert.DoesNotContain("stays open", failure.Message, StringComparison.Ordinal);
        Assert.Contains("does not know it any more", failure.Message, StringComparison.Ordinal);
        AssertWaysOut(failure, task);
    }

    [Theory]
    [InlineData("processing", false, 10, 30)]
    [InlineData("left out", false, 10, 30)]
    [InlineData("archive failed", false, 600, 660)]
    [InlineData("processing", true, 600, 660)]
    public async Task Id_of_which_nothing_is_shown_is_doubted_after_a_few_looks_and_given_up_later(string answer, bool isOurs, int soonest, int latest)
    {
        // Of ours the journal holds the request, so it is not mistyped. An archive that fails says nothing about an id.
        KlingTask task = Sample.Foreign();
        task.Model = isOurs ? "klingai:5@1" : null;
        DateTimeOffset start = _clock.Steady;
        TimeSpan? doubted = null;
        TaskPoller poller = null!;
        poller = Poller(call =>
        {
            doubted ??= poller.IsUnproven(task.TaskId) ? _clock.Steady - start : null;
            return call.IsDetails ? answer == "archive failed" ? Replies.Ambiguous(503) : Replies.NotFound(task.TaskId) : answer != "left out" ? Replies.Processing(task.TaskId) : Replies.Empty();
        });

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => poller.WaitAsync(task, null, default).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.InRange(doubted!.Value.TotalSeconds, 1, 30);
        Assert.InRange((_clock.Steady - start).TotalSeconds, soonest, latest);
        Assert.Equal((KlingErrorCategory.NotFound, BillingState.Unknown), (failure.Category, failure.BillingState));
        Assert.Contains(isOurs ? "gives it up" : "Check the id", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_that_its_archive_shows_is_not_doubted()
    {
        KlingTask task = Sample.Foreign();
        DateTimeOffset ready = _clock.Steady.AddMinutes(20);
        bool doubted = false;
        TaskPoller poller = null!;
        poller = Poller(call =>
        {
            doubted |= poller.IsUnproven(task.TaskId);
            return call.IsDetails ? Replies.Archive(task.TaskId, new StoredRequest { TaskId = task.TaskId, Settings = new VideoSettings { Model = "klingai:5@1" } })
                : _clock.Steady < ready ? Replies.Processing(task.TaskId) : Replies.Data(Replies.Video(task.TaskId));
        });

        await poller.WaitAsync(task, null, default).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(KlingTaskStatus.Succeeded, task.Status);
        Assert.False(doubted);
    }

    [Fact]
    public async Task Refused_key_is_told_from_the_first_look_on_until_a_look_is_answered()
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        DateTimeOffset back = _clock.Steady.AddMinutes(3);
        List<PollTrouble?> told = [];
        TaskPoller poller = null!;
        poller = Poller(_ =>
        {
            told.Add(poller.Trouble);
            return _clock.Steady < back ? Replies.RefusedKey() : Replies.Data(Replies.Running(task.TaskId));
        });

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => poller.WaitAsync(task, TimeSpan.FromMinutes(5), default).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Null(told[0]);
        Assert.True(told[1] is { IsRefused: true } first && first.Reason.Contains("invalidApiKey", StringComparison.Ordinal) && told[2]!.Since == first.Since);
        Assert.Null(told[^1]);
        Assert.Null(poller.Trouble);
    }

    private static void AssertWaysOut(Exception failure, KlingTask task)
    {
        Assert.Contains($"-TaskId {task.TaskId:D}", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Remove-KlingTask -TaskId {task.TaskId:D}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-Resume", failure.Message, StringComparison.Ordinal);
    }

    private Task Wait(KlingTask task, TimeSpan? timeout, Func<ApiReply> answer) =>
        Poller(_ => answer()).WaitAsync(task, timeout, default).WaitAsync(TimeSpan.FromSeconds(30));

    private TaskPoller Poller(Func<ApiCall, ApiReply> answer) => new(new ScriptedApi(_clock, answer), new MemoryJournal(), _clock);
}
