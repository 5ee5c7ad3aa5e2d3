using Kling.Client;
using Kling.Journal;
using Kling.Models;
using Kling.Support;

namespace Kling.Tasks;

/// <summary>
/// Looks at open tasks: one loop for all that wait, however many callers there are. An error of a look says nothing about
/// a task and never ends a wait.
/// </summary>
public sealed class TaskPoller
{
    private const int NotFoundLooks = 3;
    private static readonly TimeSpan s_notFoundSettle = TimeSpan.FromSeconds(5);

    // A look that hangs must not hold a caller for longer than this past its deadline.
    private static readonly TimeSpan s_lookGrace = TimeSpan.FromSeconds(5);

    private readonly object _lock = new();
    private readonly Dictionary<Guid, TaskWatch> _watches = [];
    private readonly IClock _clock;
    private readonly TaskLook _look;
    private readonly PollSchedule _schedule;

    // Completed when somebody comes or goes. Continuations never run inside: the lock is held then.
    private TaskCompletionSource<bool> _wake = NewSignal();
    private bool _running;
    private int _failures;
    private string? _lastFault;
    private DateTimeOffset _lastLook = DateTimeOffset.MinValue;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    /// <summary>Creates the poller; it does nothing until somebody waits.</summary>
    public TaskPoller(IKlingApi api, ITaskJournal journal, IClock clock)
    {
        _clock = clock;
        _look = new TaskLook(api, journal, clock);
        _schedule = new PollSchedule(api.Endpoint.IsLoopback);
    }

    /// <summary>The first failure to record what a look found; null when all is recorded. No result is lost by it.</summary>
    public JournalException? JournalFault => _look.JournalFault;

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

        TaskWaiter waiter = Register(task, timeout);
        using (token.Register(() => Leave(waiter, token)))
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
            throw LookFailures.NoAnswer(tasks, fault);
        }
    }

    private TaskWaiter Register(KlingTask task, TimeSpan? timeout)
    {
        lock (_lock)
        {
            DateTimeOffset now = _clock.UtcNow;
            if (!_watches.TryGetValue(task.TaskId, out TaskWatch? watch))
            {
                DateTimeOffset first = task.SubmittedAt is DateTimeOffset start ? start + _schedule.FirstLook : now;
                watch = new TaskWatch(task.TaskId)
                {
                    Due = first > now ? first : now,
                    FromStart = task.SubmittedAt is not null && first >= now,
                    Seen = task.BillingState is BillingState.Accepted or BillingState.Billed,
                };
                _watches.Add(task.TaskId, watch);
            }

            if (!watch.Tasks.Contains(task))
            {
                // A copy on write: the loop may be going through the list.
                watch.Tasks = [.. watch.Tasks, task];
            }

            var waiter = new TaskWaiter(task, timeout, now);
            watch.Waiters.Add(waiter);
            if (_running)
            {
                _wake.TrySetResult(true);
            }
            else
            {
                _running = true;
                _ = Task.Run(RunAsync);
            }

            return waiter;
        }
    }

    private void Leave(TaskWaiter waiter, CancellationToken token)
    {
        lock (_lock)
        {
            if (_watches.TryGetValue(waiter.Task.TaskId, out TaskWatch? watch) && watch.Waiters.Remove(waiter))
            {
                Tidy(watch);
                _wake.TrySetResult(true);
            }
        }

        waiter.Cancel(token);
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
                foreach (TaskWaiter waiter in _watches.Values.SelectMany(watch => watch.Waiters))
                {
                    waiter.Fail(defect);
                }

                _watches.Clear();
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
            CompleteEnded();
            if (_watches.Count == 0)
            {
                _running = false;
                return false;
            }

            wake = FreshSignal();
            DateTimeOffset now = _clock.UtcNow;
            DateTimeOffset lookAt = NextLook();
            DateTimeOffset expireAt = NextDeadline();

            // A look that may not be made yet does not hold a deadline up, unless it is only the shortest time between two looks.
            DateTimeOffset wakeAt = expireAt < _notBefore && expireAt < lookAt ? expireAt : lookAt;
            sleep = wakeAt - now;
            due = now >= lookAt ? Due(now) : [];
            if (due.Length == 0 && sleep <= TimeSpan.Zero)
            {
                Expire(now, TimeSpan.Zero);
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
        _lastLook = start;
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

        lock (_lock)
        {
            DateTimeOffset now = _clock.UtcNow;
            Pace(report, due, now);
            Learn(due);
            CompleteEnded();
            GiveUp(due, now);
            Expire(now, TimeSpan.Zero, start);
        }
    }

    /// <summary>While a look is on its way: lets deadlines pass in time, and ends the look when nobody waits any more.</summary>
    private async Task WatchOverAsync(Task look, DateTimeOffset start, CancellationTokenSource stop)
    {
        Task wake;
        TimeSpan? left = null;
        lock (_lock)
        {
            if (_watches.Count == 0)
            {
                stop.Cancel();
            }

            wake = FreshSignal();
            DateTimeOffset deadline = NextDeadline();
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
                Expire(_clock.UtcNow - s_lookGrace, s_lookGrace, start);
            }
        }
    }

    private DateTimeOffset NextLook()
    {
        DateTimeOffset wanted = NextDeadline();
        foreach (TaskWatch watch in _watches.Values)
        {
            wanted = watch.Due < wanted ? watch.Due : wanted;
        }

        DateTimeOffset allowed = _lastLook == DateTimeOffset.MinValue ? _notBefore : Later(_lastLook + _schedule.MinTick, _notBefore);
        return Later(wanted, allowed);
    }

    private DateTimeOffset NextDeadline()
    {
        DateTimeOffset next = DateTimeOffset.MaxValue;
        foreach (TaskWaiter waiter in _watches.Values.SelectMany(watch => watch.Waiters))
        {
            next = waiter.Deadline < next ? waiter.Deadline.Value : next;
        }

        return next;
    }

    // What is due soon goes along, so that all tasks share one look.
    private TaskWatch[] Due(DateTimeOffset now)
    {
        DateTimeOffset soon = now + TimeSpan.FromTicks(_schedule.Pace.Ticks / 2);
        return [.. _watches.Values.Where(watch => watch.Due <= soon || watch.Waiters.Any(waiter => waiter.Deadline <= soon))];
    }

    private void Pace(LookReport report, TaskWatch[] looked, DateTimeOffset now)
    {
        bool failed = report is { Answered: 0, Fault: not null };
        _failures = failed ? _failures + 1 : 0;
        _lastFault = report.Fault is ApiReply fault ? SubmitErrors.Reason(fault) : null;
        if (failed)
        {
            _notBefore = now + _schedule.AfterFailure(_failures, report.RetryAfter, _clock.NextDouble());
        }
        else if (report.RetryAfter is TimeSpan asked)
        {
            _notBefore = now + asked;
        }

        DateTimeOffset next = now + _schedule.Next(_clock.NextDouble());
        foreach (TaskWatch watch in looked)
        {
            watch.Due = next;
        }
    }

    private void Learn(TaskWatch[] looked)
    {
        foreach (TaskWatch watch in looked.Where(watch => watch.FromStart))
        {
            KlingTask task = watch.Tasks[0];
            if (task is { Status: KlingTaskStatus.Succeeded, Elapsed: TimeSpan elapsed })
            {
                _schedule.Observe(elapsed);
            }
        }
    }

    private void CompleteEnded()
    {
        foreach (TaskWatch watch in _watches.Values.ToArray())
        {
            foreach (TaskWaiter waiter in watch.Waiters.Where(waiter => waiter.Task.IsTerminal).ToArray())
            {
                watch.Waiters.Remove(waiter);
                waiter.Complete();
            }

            Tidy(watch);
        }
    }

    private void GiveUp(TaskWatch[] looked, DateTimeOffset now)
    {
        foreach (TaskWatch watch in looked.Where(watch => !watch.Seen && watch.NotFound >= NotFoundLooks && now - watch.FirstNotFound >= s_notFoundSettle))
        {
            foreach (TaskWaiter waiter in watch.Waiters.ToArray())
            {
                watch.Waiters.Remove(waiter);
                lock (waiter.Task)
                {
                    waiter.Task.Status = KlingTaskStatus.Unknown;
                }

                waiter.Fail(LookFailures.NotFound(waiter.Task));
            }

            Tidy(watch);
        }
    }

    /// <summary>Ends the waits whose deadline is over; during a look, those it began with are given until the grace time.</summary>
    private void Expire(DateTimeOffset now, TimeSpan grace, DateTimeOffset? lookStart = null)
    {
        foreach (TaskWatch watch in _watches.Values.ToArray())
        {
            foreach (TaskWaiter waiter in watch.Waiters.Where(waiter => waiter.Deadline <= now).ToArray())
            {
                bool graceLeft = grace > TimeSpan.Zero && lookStart > now;
                bool cameLater = grace == TimeSpan.Zero && lookStart is not null && waiter.Since > lookStart;
                if (graceLeft || cameLater)
                {
                    continue;
                }

                watch.Waiters.Remove(waiter);
                waiter.Expire(_lastFault);
            }

            Tidy(watch);
        }
    }

    private void Tidy(TaskWatch watch)
    {
        if (watch.Waiters.Count == 0)
        {
            _watches.Remove(watch.TaskId);
        }
    }

    private Task<bool> FreshSignal()
    {
        if (_wake.Task.IsCompleted)
        {
            _wake = NewSignal();
        }

        return _wake.Task;
    }

    private static TaskCompletionSource<bool> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
