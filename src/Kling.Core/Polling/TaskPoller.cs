using Kling.Client;
using Kling.Journal;
using Kling.Submit;
using Kling.Wire;
using Waiter = Kling.Polling.WatchedTask.Waiter;

namespace Kling.Polling;

/// <summary>
/// Asks the service about open tasks. One loop serves everybody who waits. An error of a status request says nothing about a
/// task and never ends a wait.
/// </summary>
public sealed class TaskPoller
{
    // A wait ends at most this long after its deadline, also while a status request hangs.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly object _lock = new();
    private readonly WatchList _list = new();
    private readonly PollAlarm _alarm = new();
    private readonly IKlingApi _api;
    private readonly ITaskJournal _journal;
    private readonly IClock _clock;
    private readonly PollTiming _timing;

    // One delegate for all waits, since there may be thousands.
    private readonly Action<object?> _cancelWait;

    private JournalException? _journalFault;
    private bool _running;

    /// <summary>Creates the poller; it does nothing until somebody waits.</summary>
    public TaskPoller(IKlingApi api, ITaskJournal journal, IClock clock)
    {
        _api = api;
        _journal = journal;
        _clock = clock;
        _timing = new PollTiming(api.Endpoint.IsLoopback);
        _cancelWait = waiter => CancelWait((Waiter)waiter!);
    }

    /// <summary>Receives a line for each status request that fails.</summary>
    internal ModuleLog Log { get; init; } = ModuleLog.None;

    /// <summary>
    /// The first failure to record a change since the last call; null when everything was recorded. The change itself is in the
    /// task, so nothing is lost as long as the caller keeps the task.
    /// </summary>
    public JournalException? TakeJournalFault() => Interlocked.Exchange(ref _journalFault, null);

    /// <summary>How long tasks took lately from acknowledgement to end; null while none was seen to end.</summary>
    public TimeSpan? TypicalDuration => _timing.TypicalDuration;

    /// <summary>Why no status request gets an answer; null while they do. Thread-safe.</summary>
    internal PollTrouble? Trouble => _timing.Trouble;

    /// <summary>How long that has been so.</summary>
    internal TimeSpan TroubledFor(PollTrouble trouble) => _clock.Steady - trouble.Since;

    /// <summary>
    /// Whether a task is waited for although nothing shows that the service has it: its archive does not hold the task, and a look says no more
    /// than of an id that was never submitted.
    /// </summary>
    internal bool IsUnproven(Guid taskId)
    {
        lock (_lock)
        {
            return _list.IsUnproven(taskId);
        }
    }

    /// <summary>Whether the loop runs; it does while somebody waits.</summary>
    internal bool IsRunning => Volatile.Read(ref _running);

    /// <summary>Waits until the task has ended, and keeps it up to date until then. Many callers may wait at once, also for one task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="timeout">How long to wait from now; null for no limit, zero for one status request.</param>
    /// <param name="token">Ends this wait alone; the task goes on at the service.</param>
    /// <returns>The same object, ended.</returns>
    /// <exception cref="KlingWaitTimeoutException">The time is over; the task is still open.</exception>
    /// <exception cref="KlingApiException">
    /// The service keeps saying that it does not know the task, and nothing ever showed that it did (BillingState Unknown).
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public Task<KlingTask> WaitAsync(KlingTask task, TimeSpan? timeout, CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled<KlingTask>(token);
        }

        if (task.IsTerminal)
        {
            return Task.FromResult(task);
        }

        Waiter waiter = Register(task, timeout, token);
        waiter.CancelBy(_cancelWait);
        return waiter.Task;
    }

    /// <summary>
    /// Asks once about tasks and brings them up to date. Tasks of other machines get their request filled in where the service
    /// stored it.
    /// </summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="token">Stops the request.</param>
    /// <exception cref="KlingApiException">
    /// The service gave no answer at all. The tasks are unchanged, and the exception has their billing state (Unknown where they differ).
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public async Task LookAsync(IReadOnlyList<KlingTask> tasks, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        WatchedTask[] watched = [.. tasks.GroupBy(task => task.TaskId).Select(same => new WatchedTask(same.Key) { Tasks = [.. same] })];
        var round = new StatusRound(_api, _clock, Record, isOneShot: true);
        await round.SendAsync(watched, token).ConfigureAwait(false);
        if (round.IsUnanswered)
        {
            throw CallErrors.NoAnswer(tasks, round.Fault!);
        }
    }

    private void Record(IReadOnlyList<(KlingTask Task, string Before)> changes)
    {
        try
        {
            _journal.Append([.. changes.Select(change => (EventOf(change.Task, change.Before), change.Task))]);
        }
        catch (JournalException failure)
        {
            // The caller still gets the result, which is in the task. The failure is reported after that.
            Interlocked.CompareExchange(ref _journalFault, failure, null);
        }
    }

    private static JournalEvent EventOf(KlingTask task, string before) => task.IsTerminal ? JournalEvent.Ended
        : task.BillingState == BillingState.Accepted && before is BillingState.Unknown or BillingState.NotCharged ? JournalEvent.Accepted
        : JournalEvent.Progress;

    private Waiter Register(KlingTask task, TimeSpan? timeout, CancellationToken token)
    {
        lock (_lock)
        {
            Waiter waiter = _list.Add(task, _clock.UtcNow - task.SubmittedAt, timeout, _clock.Steady, _timing, token);
            if (!_running)
            {
                _running = true;
                _ = Task.Run(RunAsync, CancellationToken.None);
            }
            else if (task.IsTerminal)
            {
                // It ended just now. The loop wakes to complete this wait.
                _alarm.Ring();
            }
            else
            {
                _alarm.RingFor(_list.DueOf(waiter), waiter.Deadline);
            }

            return waiter;
        }
    }

    private void CancelWait(Waiter waiter)
    {
        lock (_lock)
        {
            if (_list.Remove(waiter))
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
            // The loop has ended, so nobody may go on waiting for it.
            lock (_lock)
            {
                _running = false;
                _list.FailAll(defect);
            }
        }
    }

    /// <summary>One turn of the loop: sleeps until there is something to do, or does it; false when nobody waits any more.</summary>
    private async Task<bool> StepAsync()
    {
        WatchedTask[] due;
        TimeSpan sleep;
        Task wake;
        lock (_lock)
        {
            _list.CompleteEnded();
            if (_list.IsEmpty)
            {
                _running = false;
                return false;
            }

            DateTimeOffset now = _clock.Steady;
            (DateTimeOffset nextDue, DateTimeOffset deadline) = _list.EarliestTimes();
            wake = _alarm.Set(nextDue, deadline);
            DateTimeOffset askAt = _timing.EarliestSend(nextDue < deadline ? nextDue : deadline);

            // While the loop pauses after a failure, or because the service asked for it, waits still end at their deadlines.
            DateTimeOffset wakeAt = deadline < _timing.NotBefore ? deadline : askAt;
            sleep = wakeAt - now;

            // Tasks that are due soon are asked about too, so that all tasks share one request.
            due = now >= askAt ? _list.DueBy(now + (_timing.Pace / 2)) : [];
            if (due.Length == 0 && sleep <= TimeSpan.Zero)
            {
                _list.Expire(now, requestStart: null, _timing.LastFault);
                return true;
            }
        }

        if (due.Length == 0)
        {
            await SleepAsync(sleep, wake).ConfigureAwait(false);
        }
        else
        {
            await AskAsync(due).ConfigureAwait(false);
        }

        return true;
    }

    private async Task SleepAsync(TimeSpan time, Task wake)
    {
        using var timer = new CancellationTokenSource();

        // At most an hour, because the system's timers take no very long time. The loop then sleeps again.
        Task delay = _clock.DelayAsync(time < TimeSpan.FromHours(1) ? time : TimeSpan.FromHours(1), timer.Token);
        await Task.WhenAny(delay, wake).ConfigureAwait(false);
        timer.Cancel();
    }

    private async Task AskAsync(WatchedTask[] due)
    {
        using var stop = new CancellationTokenSource();
        DateTimeOffset start = _clock.Steady;
        _timing.Started(start);
        var round = new StatusRound(_api, _clock, Record, isOneShot: false);
        Task sending = round.SendAsync(due, stop.Token);
        while (!sending.IsCompleted && !stop.IsCancellationRequested)
        {
            await SuperviseAsync(sending, start, stop).ConfigureAwait(false);
        }

        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        if (round.Fault is ApiReply failed)
        {
            Log.Decide($"A look at {due.Length} open task(s) failed: {CallErrors.Reason(failed)}; {round.Answered} answer(s) came.");
        }

        lock (_lock)
        {
            DateTimeOffset now = _clock.Steady;
            _timing.Ended(round, due, now, _clock.NextDouble);
            _list.CompleteEnded();
            _list.GiveUp(due, now);
            _list.Expire(now, start, _timing.LastFault);
        }
    }

    /// <summary>While a status request is on its way: ends waits at their deadline, and stops the request when nobody waits any more.</summary>
    private async Task SuperviseAsync(Task sending, DateTimeOffset start, CancellationTokenSource stop)
    {
        Task wake;
        DateTimeOffset deadline;
        bool isEmpty;
        lock (_lock)
        {
            isEmpty = _list.IsEmpty;
            deadline = _list.EarliestTimes().Deadline;

            // Only an earlier deadline wakes this: a task that becomes due meanwhile waits for the next turn anyway.
            wake = _alarm.Set(DateTimeOffset.MinValue, deadline);
        }

        if (isEmpty)
        {
            stop.Cancel();
            return;
        }

        Task change = Task.WhenAny(sending, wake);
        if (deadline >= DateTimeOffset.MaxValue - s_grace)
        {
            await change.ConfigureAwait(false);
            return;
        }

        TimeSpan left = (deadline > start ? deadline : start) + s_grace - _clock.Steady;
        await SleepAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, change).ConfigureAwait(false);
        lock (_lock)
        {
            DateTimeOffset over = _clock.Steady - s_grace;
            if (!sending.IsCompleted && start <= over)
            {
                _list.Expire(over, requestStart: null, _timing.LastFault);
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

    /// <summary>Sets when the loop wakes by itself. The task completes when it is woken earlier, as by a newcomer that is due before that.</summary>
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

    /// <summary>Wakes the loop if one of these is earlier than what it sleeps for.</summary>
    internal void RingFor(DateTimeOffset due, DateTimeOffset? deadline)
    {
        if (due < _due || deadline < _deadline)
        {
            Ring();
        }
    }

    private static TaskCompletionSource<bool> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
