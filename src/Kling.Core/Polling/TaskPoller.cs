using Kling.Client;
using Kling.Journal;
using Kling.Models;
using Kling.Submit;
using Kling.Support;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// Looks at open tasks: one loop for all that wait, however many callers there are. An error of a look says nothing about
/// a task and never ends a wait.
/// </summary>
public sealed class TaskPoller
{
    // A look that hangs must not hold a caller for longer than this past its deadline.
    private static readonly TimeSpan s_lookGrace = TimeSpan.FromSeconds(5);

    private readonly object _lock = new();
    private readonly WatchList _watches = new();
    private readonly IClock _clock;
    private readonly TaskLook _look;
    private readonly PollPace _pace;

    // One for all who wait, since there may be thousands.
    private readonly Action<object?> _leave;

    private readonly PollAlarm _alarm = new();
    private bool _running;

    /// <summary>Creates the poller; it does nothing until somebody waits.</summary>
    public TaskPoller(IKlingApi api, ITaskJournal journal, IClock clock)
    {
        _clock = clock;
        _look = new TaskLook(api, journal, clock);
        _pace = new PollPace(api.Endpoint.IsLoopback);
        _leave = waiter => Leave((TaskWaiter)waiter!);
    }

    /// <summary>Hears what each look brought.</summary>
    internal EngineLog Log { get; init; } = EngineLog.None;

    /// <summary>
    /// The first failure to record what a look found, given once; null when all was recorded since. No result is lost by it,
    /// as long as whoever waited keeps what it was given.
    /// </summary>
    public JournalException? TakeJournalFault() => _look.TakeJournalFault();

    /// <summary>How long tasks took lately from acknowledgement to end; null while none was seen to end.</summary>
    public TimeSpan? TypicalDuration => _pace.Schedule.Observed;

    /// <summary>Whether the loop runs; it does while somebody waits.</summary>
    internal bool IsRunning
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>Waits until the task has ended, and keeps it up to date meanwhile. May be called many times at once, also for one task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="timeout">How long to wait from now; null for no limit, zero for one look.</param>
    /// <param name="token">Ends this wait alone; the task goes on at the service.</param>
    /// <returns>The same object, ended.</returns>
    /// <exception cref="KlingWaitTimeoutException">The time is over; the task is still open.</exception>
    /// <exception cref="KlingApiException">The service keeps saying it does not know the task, and nothing ever showed that it did (BillingState Unknown).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public async Task<KlingTask> WaitAsync(KlingTask task, TimeSpan? timeout, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (task.IsTerminal)
        {
            return task;
        }

        TaskWaiter waiter = Register(task, timeout, token);
        using (token.Register(_leave, waiter))
        {
            return await waiter.Result.ConfigureAwait(false);
        }
    }

    /// <summary>Looks once at tasks and brings them up to date; those of other machines get their request filled in where the service stored it.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="token">Stops the look.</param>
    /// <exception cref="KlingApiException">The service gave no answer at all; the tasks are unchanged, and the exception has their billing state (Unknown where they differ).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public async Task LookAsync(IReadOnlyList<KlingTask> tasks, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var watches = new Dictionary<Guid, TaskWatch>();
        foreach (KlingTask task in tasks)
        {
            if (!watches.TryGetValue(task.TaskId, out TaskWatch? watch))
            {
                watches.Add(task.TaskId, watch = new TaskWatch(task.TaskId));
            }

            watch.Tasks.Add(task);
        }

        LookReport report = await _look.RunAsync([.. watches.Values], onlyLook: true, token).ConfigureAwait(false);
        if (report is { Answered: 0, Fault: ApiReply fault })
        {
            throw CallErrors.NoAnswer(tasks, fault);
        }
    }

    private TaskWaiter Register(KlingTask task, TimeSpan? timeout, CancellationToken token)
    {
        lock (_lock)
        {
            TaskWaiter waiter = _watches.Add(task, timeout, _clock.UtcNow, _pace.Schedule, token);
            if (!_running)
            {
                _running = true;
                _ = Task.Run(RunAsync, CancellationToken.None);
            }
            else if (task.IsTerminal)
            {
                // It ended in this moment; nothing is looked at for it any more.
                _alarm.Ring();
            }
            else
            {
                _alarm.RingFor(_watches.DueOf(waiter), waiter.Deadline);
            }

            return waiter;
        }
    }

    private void Leave(TaskWaiter waiter)
    {
        lock (_lock)
        {
            if (_watches.Remove(waiter))
            {
                _alarm.Ring();
            }
        }

        waiter.Cancel();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await StepAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception defect)
        {
            // Nobody may wait for a loop that is gone.
            lock (_lock)
            {
                _running = false;
                _watches.FailAll(defect);
            }
        }
    }

    /// <summary>One turn of the loop: sleeps until something is to be done, or does it; false when nobody waits any more.</summary>
    private async Task<bool> StepAsync()
    {
        TaskWatch[] due;
        TimeSpan sleep;
        Task wake;
        lock (_lock)
        {
            _watches.CompleteEnded();
            if (_watches.IsEmpty)
            {
                _running = false;
                return false;
            }

            DateTimeOffset now = _clock.UtcNow;
            DateTimeOffset expireAt = _watches.NextDeadline();
            DateTimeOffset nextDue = _watches.NextDue();
            wake = _alarm.Set(nextDue, expireAt);
            DateTimeOffset lookAt = _pace.Allowed(nextDue < expireAt ? nextDue : expireAt);

            // A look that may not be made yet does not hold a deadline up, unless it is only the shortest time between two looks.
            DateTimeOffset wakeAt = expireAt < _pace.NotBefore && expireAt < lookAt ? expireAt : lookAt;
            sleep = wakeAt - now;
            due = now >= lookAt ? _watches.Due(now + TimeSpan.FromTicks(_pace.Schedule.Pace.Ticks / 2)) : [];
            if (due.Length == 0 && sleep <= TimeSpan.Zero)
            {
                _watches.Expire(now, TimeSpan.Zero, null, _pace.LastFault);
                return true;
            }
        }

        if (due.Length == 0)
        {
            await SleepAsync(sleep, wake).ConfigureAwait(false);
        }
        else
        {
            await LookAtAsync(due).ConfigureAwait(false);
        }

        return true;
    }

    private async Task SleepAsync(TimeSpan time, Task wake)
    {
        using var timer = new CancellationTokenSource();

        // In parts: the system's timers do not take any length.
        Task delay = _clock.DelayAsync(time < TimeSpan.FromHours(1) ? time : TimeSpan.FromHours(1), timer.Token);
        await Task.WhenAny(delay, wake).ConfigureAwait(false);
        timer.Cancel();
    }

    private async Task LookAtAsync(TaskWatch[] due)
    {
        using var stop = new CancellationTokenSource();
        DateTimeOffset start = _clock.UtcNow;
        _pace.LookStarted(start);
        Task<LookReport> look = _look.RunAsync(due, onlyLook: false, stop.Token);
        while (!look.IsCompleted)
        {
            await WatchOverAsync(look, start, stop).ConfigureAwait(false);
        }

        LookReport report;
        try
        {
            report = await look.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        string fault = report.Fault is ApiReply failed ? $" The last failure: {CallErrors.Reason(failed)}." : "";
        Log.Decide($"Looked at {due.Length} open task(s): {report.Answered} answer(s).{fault}");
        lock (_lock)
        {
            DateTimeOffset now = _clock.UtcNow;
            _pace.LookEnded(report, due, now, _clock.NextDouble);
            _watches.CompleteEnded();
            _watches.GiveUp(due, now);
            _watches.Expire(now, TimeSpan.Zero, start, _pace.LastFault);
        }
    }

    /// <summary>While a look is on its way: lets deadlines pass in time, and ends the look when nobody waits any more.</summary>
    private async Task WatchOverAsync(Task look, DateTimeOffset start, CancellationTokenSource stop)
    {
        Task wake;
        TimeSpan? left = null;
        lock (_lock)
        {
            if (_watches.IsEmpty)
            {
                stop.Cancel();
            }

            // What comes to be looked at waits for the next turn anyway.
            DateTimeOffset deadline = _watches.NextDeadline();
            wake = _alarm.Set(DateTimeOffset.MinValue, deadline);
            if (deadline < DateTimeOffset.MaxValue - s_lookGrace)
            {
                left = (deadline > start ? deadline : start) + s_lookGrace - _clock.UtcNow;
            }
        }

        if (stop.IsCancellationRequested)
        {
            await Task.WhenAny(look).ConfigureAwait(false);
            return;
        }

        Task change = Task.WhenAny(look, wake);
        if (left is null)
        {
            await change.ConfigureAwait(false);
            return;
        }

        await SleepAsync(left > TimeSpan.Zero ? left.Value : TimeSpan.Zero, change).ConfigureAwait(false);
        lock (_lock)
        {
            if (!look.IsCompleted)
            {
                _watches.Expire(_clock.UtcNow - s_lookGrace, s_lookGrace, start, _pace.LastFault);
            }
        }
    }
}

/// <summary>
/// Wakes the poll loop when somebody comes or goes. A newcomer wakes the loop only if it is due before the planned wake-up, so that
/// thousands of newcomers do not wake it thousands of times. It is not thread-safe: the poller holds its lock around every call.
/// </summary>
internal sealed class PollAlarm
{
    // Continuations never run inside: the lock is held then.
    private TaskCompletionSource<bool> _signal = NewSignal();
    private DateTimeOffset _due;
    private DateTimeOffset _deadline;

    /// <summary>Takes note of what the loop expects, and gives what completes when it is woken.</summary>
    /// <param name="due">When a look is due next; the earliest time where none may begin before the loop comes back anyway.</param>
    /// <param name="deadline">When a wait ends next.</param>
    internal Task Set(DateTimeOffset due, DateTimeOffset deadline)
    {
        (_due, _deadline) = (due, deadline);
        if (_signal.Task.IsCompleted)
        {
            _signal = NewSignal();
        }

        return _signal.Task;
    }

    /// <summary>Wakes the loop.</summary>
    internal void Ring() => _signal.TrySetResult(true);

    /// <summary>Wakes the loop where it expects nothing as early as this.</summary>
    internal void RingFor(DateTimeOffset due, DateTimeOffset? deadline)
    {
        if (due < _due || deadline < _deadline)
        {
            Ring();
        }
    }

    private static TaskCompletionSource<bool> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
