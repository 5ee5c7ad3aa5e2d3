using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

/// <summary>The time of day is set, the process stands still, the service is out of reach: a finished video is noticed in time, and a gap is not taken for the service's pace.</summary>
public sealed class TaskPollerClockTests
{
    private readonly FakeClock _clock = new();
    private DateTimeOffset _ready;

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Clock_that_is_set_by_an_hour_in_a_wait_changes_nothing(int hours)
    {
        bool isSet = true;
        TaskPoller poller = Poller(() =>
        {
            if (!isSet)
            {
                _clock.Set(TimeSpan.FromHours(hours));
                isSet = true;
            }
        });
        await LearnAsync(poller, 60);
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        _ready = _clock.Steady.AddSeconds(60);
        isSet = false;

        await poller.WaitAsync(task, TimeSpan.FromMinutes(10), default).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(isSet);
        Assert.InRange((_clock.Steady - _ready).TotalSeconds, 0, 5);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Clock_that_is_set_between_acknowledgement_and_wait_changes_nothing(int hours)
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        _clock.Set(TimeSpan.FromHours(hours));
        _ready = _clock.Steady.AddSeconds(60);

        await Poller().WaitAsync(task, TimeSpan.FromMinutes(10), default).WaitAsync(TimeSpan.FromSeconds(30));

        // Set forward, the task looks an hour old, and nothing is known of how long tasks take.
        Assert.InRange((_clock.Steady - _ready).TotalSeconds, 0, hours > 0 ? 11 : 5);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Deadline_is_a_duration(int hours)
    {
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        _ready = DateTimeOffset.MaxValue;
        DateTimeOffset start = _clock.Steady;
        bool isSet = false;

        await Assert.ThrowsAsync<KlingWaitTimeoutException>(() => Poller(() =>
        {
            _clock.Set(isSet ? TimeSpan.Zero : TimeSpan.FromHours(hours));
            isSet = true;
        }).WaitAsync(task, TimeSpan.FromMinutes(5), default).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.InRange((_clock.Steady - start).TotalSeconds, 300, 306);
    }

    [Fact]
    public async Task Pause_of_the_process_is_not_learnt_as_the_services_pace()
    {
        TaskPoller poller = Poller();

        // The process stands still for two minutes within one look; the task ends meanwhile.
        _ready = _clock.Steady.AddSeconds(20);
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        bool paused = false;
        _look = () =>
        {
            if (!paused)
            {
                paused = true;
                _clock.Advance(TimeSpan.FromMinutes(2));
                return Replies.Processing(task.TaskId);
            }

            return null;
        };
        await poller.WaitAsync(task, TimeSpan.FromMinutes(10), default).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(paused);
        await AssertNextIsInTimeAsync(poller);
    }

    [Fact]
    public async Task Outage_is_not_learnt_as_the_services_pace()
    {
        TaskPoller poller = Poller();
        KlingTask task = Sample.Accepted(_clock.UtcNow);
        _ready = _clock.Steady.AddSeconds(20);
        DateTimeOffset back = _clock.Steady.AddMinutes(2);
        _look = () => _clock.Steady < back ? Replies.Unsent() : null;
        await poller.WaitAsync(task, TimeSpan.FromMinutes(10), default).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(_clock.Steady >= back);
        await AssertNextIsInTimeAsync(poller);
    }

    private Func<ApiReply?> _look = () => null;

    private async Task AssertNextIsInTimeAsync(TaskPoller poller)
    {
        Assert.Null(poller.TypicalDuration);
        for (int i = 0; i < 3; i++)
        {
            KlingTask next = Sample.Accepted(_clock.UtcNow);
            _ready = _clock.Steady.AddSeconds(20);
            await poller.WaitAsync(next, TimeSpan.FromMinutes(10), default).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.InRange((_clock.Steady - _ready).TotalSeconds, 0, 5);
        }
    }

    /// <summary>Lets a poller see tasks of so many seconds.</summary>
    private async Task LearnAsync(TaskPoller poller, int seconds)
    {
        for (int i = 0; i < 3; i++)
        {
            KlingTask task = Sample.Accepted(_clock.UtcNow);
            _ready = _clock.Steady.AddSeconds(seconds);
            await poller.WaitAsync(task, TimeSpan.FromMinutes(10), default).WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.InRange(poller.TypicalDuration!.Value.TotalSeconds, seconds, seconds * 1.2);
    }

    private TaskPoller Poller(Action? before = null) => new(new ScriptedApi(_clock, call =>
    {
        before?.Invoke();
        return _look() ?? Replies.Data([.. call.Ids.Select(id => _clock.Steady >= _ready ? Replies.Video(id, $"v-{id:N}") : Replies.Running(id))]);
    }), new MemoryJournal(), _clock);
}
