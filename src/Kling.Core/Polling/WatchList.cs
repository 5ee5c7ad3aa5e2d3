using Kling.Submit;
using Waiter = Kling.Polling.WatchedTask.Waiter;

namespace Kling.Polling;

/// <summary>The open tasks and who waits for them. It is not thread-safe: the poller holds its lock around every call.</summary>
internal sealed class WatchList
{
    private const int NotFoundAnswers = 3;
    private const int ForgottenAnswers = 10;
    private static readonly TimeSpan s_notFoundSettle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_forgottenSettle = TimeSpan.FromMinutes(5);

    // An id of which nobody knows the request may be mistyped, and a wait for it is free to begin again.
    private static readonly TimeSpan s_longestStray = TimeSpan.FromSeconds(10);

    // By then a task that the service took would have ended.
    private static readonly TimeSpan s_longestUnproven = TimeSpan.FromMinutes(10);
    private readonly Dictionary<Guid, WatchedTask> _tasks = [];

    internal bool IsEmpty => _tasks.Count == 0;

    /// <summary>Adds somebody who waits. The timing says when the service is first asked about a task that is new here.</summary>
    /// <param name="task">The task.</param>
    /// <param name="age">How long ago it was acknowledged; null where that is not known.</param>
    /// <param name="timeout">How long to wait; null for no limit.</param>
    /// <param name="now">The steady time.</param>
    /// <param name="timing">What is known of the service's pace.</param>
    /// <param name="token">Ends this wait.</param>
    internal Waiter Add(KlingTask task, TimeSpan? age, TimeSpan? timeout, DateTimeOffset now, PollTiming timing, CancellationToken token)
    {
        if (!_tasks.TryGetValue(task.TaskId, out WatchedTask? watched))
        {
            // A clock that was set back since then makes the age negative.
            TimeSpan? running = age < TimeSpan.Zero ? TimeSpan.Zero : age;
            DateTimeOffset first = running is TimeSpan known ? now - known + timing.FirstRequest : now;
            watched = new WatchedTask(task.TaskId)
            {
                Due = first > now ? first : now,
                OpenAt = first > now ? first : now,
                Started = now - running,
                FromStart = running is not null && first >= now,
                Seen = task.BillingState is BillingState.Accepted or BillingState.Billed,
            };
            _tasks.Add(task.TaskId, watched);
        }

        if (!watched.Tasks.Contains(task))
        {
            watched.Tasks = [.. watched.Tasks, task];
        }

        var waiter = new Waiter(task, timeout, now, token);
        watched.Waiters = [.. watched.Waiters, waiter];
        return waiter;
    }

    /// <summary>Removes somebody who waits; false when the wait had already ended.</summary>
    internal bool Remove(Waiter waiter)
    {
        if (!_tasks.TryGetValue(waiter.Awaited.TaskId, out WatchedTask? watched) || !watched.Waiters.Contains(waiter))
        {
            return false;
        }

        Keep(watched, other => other != waiter);
        return true;
    }

    /// <summary>When the service is asked next about the task that somebody waits for.</summary>
    internal DateTimeOffset DueOf(Waiter waiter) => _tasks[waiter.Awaited.TaskId].Due;

    /// <summary>When the next task is due, and when the next wait ends. Plain loops, like everything that every turn does for every open task.</summary>
    internal (DateTimeOffset Due, DateTimeOffset Deadline) EarliestTimes()
    {
        DateTimeOffset due = DateTimeOffset.MaxValue;
        DateTimeOffset deadline = DateTimeOffset.MaxValue;
        foreach (WatchedTask watched in _tasks.Values)
        {
            due = watched.Due < due ? watched.Due : due;
            foreach (Waiter waiter in watched.Waiters)
            {
                deadline = waiter.Deadline < deadline ? waiter.Deadline.Value : deadline;
            }
        }

        return (due, deadline);
    }

    /// <summary>The tasks that are due by then, or whose wait ends by then.</summary>
    internal WatchedTask[] DueBy(DateTimeOffset time) => [.. _tasks.Values.Where(watched => watched.Due <= time || watched.IsDeadlineBy(time))];

    /// <summary>Ends the waits for tasks that have ended.</summary>
    internal void CompleteEnded() => EndWaits(
        _tasks.Values.Where(static watched => Array.Exists(watched.Waiters, static waiter => waiter.Awaited.IsTerminal)),
        static waiter => waiter.Awaited.IsTerminal, static waiter => waiter.Complete());

    /// <summary>
    /// Ends the waits for tasks that the service keeps calling unknown, or of which it shows no more than of an id that was never submitted. A
    /// task that it had is called unknown for longer before that is believed.
    /// </summary>
    internal void GiveUp(WatchedTask[] asked, DateTimeOffset now)
    {
        EndWaits(asked.Where(watched => !watched.Seen && watched.NotFound >= NotFoundAnswers && now - watched.FirstNotFound >= s_notFoundSettle),
            static _ => true, static waiter => FailUnknown(waiter, CallErrors.NotFound(waiter.Awaited)));
        EndWaits(asked.Where(watched => watched.IsUnproven && now - watched.FirstUnproven >= (watched.IsStray ? s_longestStray : s_longestUnproven)),
            static _ => true, static waiter => FailUnknown(waiter, CallErrors.NotShown(waiter.Awaited)));
        EndWaits(asked.Where(watched => watched.Seen && watched.NotFound >= ForgottenAnswers && now - watched.FirstNotFound >= s_forgottenSettle),
            static _ => true, static waiter => waiter.Fail(CallErrors.Forgotten(waiter.Awaited)));
    }

    /// <summary>Whether a task is watched of which nothing shows that the service has it, although its archive was asked.</summary>
    internal bool IsUnproven(Guid taskId) => _tasks.TryGetValue(taskId, out WatchedTask? watched) && watched.IsUnproven;

    private static void FailUnknown(Waiter waiter, KlingApiException failure)
    {
        lock (waiter.Awaited)
        {
            waiter.Awaited.Status = KlingTaskStatus.Unknown;
        }

        waiter.Fail(failure);
    }

    /// <summary>
    /// Ends the waits whose deadline has passed. Those that began after <paramref name="requestStart"/> go on until a request of their own.
    /// </summary>
    internal void Expire(DateTimeOffset now, DateTimeOffset? requestStart, string? lastFault) => EndWaits(
        _tasks.Values.Where(watched => watched.IsDeadlineBy(now)),
        waiter => waiter.Deadline <= now && !(waiter.Since > requestStart),
        waiter => waiter.Expire(lastFault, _tasks[waiter.Awaited.TaskId].NotFound > 0));

    /// <summary>Ends every wait with a defect of the loop.</summary>
    internal void FailAll(Exception defect)
    {
        foreach (Waiter waiter in _tasks.Values.SelectMany(watched => watched.Waiters))
        {
            waiter.Fail(defect);
        }

        _tasks.Clear();
    }

    private void EndWaits(IEnumerable<WatchedTask> tasks, Func<Waiter, bool> isOver, Action<Waiter> end)
    {
        foreach (WatchedTask watched in tasks.ToArray())
        {
            Waiter[] over = [.. watched.Waiters.Where(isOver)];
            foreach (Waiter waiter in over)
            {
                end(waiter);
            }

            Keep(watched, waiter => !over.Contains(waiter));
        }
    }

    private void Keep(WatchedTask watched, Func<Waiter, bool> stays)
    {
        watched.Waiters = [.. watched.Waiters.Where(stays)];

        // Somebody new may have come for the same id since; that is another entry.
        if (watched.Waiters.Length == 0 && _tasks.GetValueOrDefault(watched.TaskId) == watched)
        {
            _tasks.Remove(watched.TaskId);
        }
    }
}

/// <summary>What the poll loop remembers of one task id from request to request.</summary>
internal sealed class WatchedTask(Guid taskId)
{
    private const int MostDetailTries = 3;
    private const int MostLeftOut = 3;
    private int _leftOut;
    private int _leftOutLimit = MostLeftOut;

    internal Guid TaskId => taskId;

    /// <summary>The objects that stand for this task; several callers may hold one each. An array, since the loop goes through it while callers come and go.</summary>
    internal KlingTask[] Tasks { get; set; } = [];

    internal Waiter[] Waiters { get; set; } = [];

    /// <summary>When to ask next.</summary>
    internal DateTimeOffset Due { get; set; }

    /// <summary>When it was acknowledged, in steady time; null where that is not known.</summary>
    internal DateTimeOffset? Started { get; init; }

    /// <summary>When it was last known not to have ended, or was to be asked about for the first time.</summary>
    internal DateTimeOffset OpenAt { get; set; }

    /// <summary>Whether the task was watched from its start, so that its duration is worth learning from.</summary>
    internal bool FromStart { get; init; }

    /// <summary>Whether the id is asked for alone, because shared requests did not work for it.</summary>
    internal bool Alone { get; set; }

    /// <summary>Whether the service has shown the task in any way.</summary>
    internal bool Seen { get; set; }

    /// <summary>How many times in a row the service said that it does not know the task.</summary>
    internal int NotFound { get; private set; }

    /// <summary>When the first of these answers came.</summary>
    internal DateTimeOffset FirstNotFound { get; private set; }

    /// <summary>When the service first showed no more of it than of an id that was never submitted; null when it never did.</summary>
    internal DateTimeOffset? FirstUnproven { get; private set; }

    /// <summary>Whether nothing shows that the service has the task, although its archive was asked.</summary>
    internal bool IsUnproven => !Seen && FirstUnproven is not null && DetailTries >= MostDetailTries;

    /// <summary>Whether nothing but its id is known: the journal does not hold it, and the archive has answered that it does not either.</summary>
    internal bool IsStray => ArchiveAnswers > 0 && Array.TrueForAll(Tasks, static task => task.Model is null);

    /// <summary>How many times the archive gave an answer.</summary>
    internal int ArchiveAnswers { get; set; }

    /// <summary>How many times the archive was asked.</summary>
    internal int DetailTries { get; set; }

    /// <summary>Shared requests with this id that failed in a row.</summary>
    internal int SharedFaults { get; set; }

    /// <summary>Whether to ask the archive: the task's request is not known, or it is not known whether the service has the task.</summary>
    internal bool NeedsDetails => DetailTries < MostDetailTries
        && Array.Exists(Tasks, static task => task.Model is null || (task.BillingState == BillingState.Unknown && task.Videos.Count == 0));

    /// <summary>Whether a poll must wait for the archive: while the number of videos is not known, the first one would end the task.</summary>
    internal bool AwaitsDetails => NeedsDetails && Array.Exists(Tasks, static task => task.Model is null);

    /// <summary>Whether somebody's time is over by then.</summary>
    internal bool IsDeadlineBy(DateTimeOffset time)
    {
        foreach (Waiter waiter in Waiters)
        {
            if (waiter.Deadline <= time)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Counts an answer to a shared request that left this id out; true when it is time to ask for it alone.</summary>
    internal bool CountLeftOut(bool isOneShot)
    {
        _leftOut++;
        return isOneShot || _leftOut >= _leftOutLimit;
    }

    /// <summary>Asking alone told no more: back to shared requests, and a longer time until the next try.</summary>
    internal void AloneToldNothing()
    {
        Alone = false;
        _leftOut = 0;
        _leftOutLimit = Math.Min(_leftOutLimit * 2, 1000);
    }

    internal void CountNotFound(DateTimeOffset now)
    {
        if (NotFound++ == 0)
        {
            FirstNotFound = now;
        }

        _leftOut = 0;
    }

    /// <summary>Counts an answer that proves nothing about a task which was not seen yet.</summary>
    internal void CountUnproven(DateTimeOffset now) => FirstUnproven ??= Seen ? null : now;

    /// <summary>Takes note that the service showed the task.</summary>
    internal void Show()
    {
        Seen = true;
        NotFound = 0;
        _leftOut = 0;
    }

    /// <summary>One caller waiting for one task.</summary>
    internal sealed class Waiter(KlingTask awaited, TimeSpan? timeout, DateTimeOffset now, CancellationToken token)
        : TaskCompletionSource<KlingTask>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private CancellationTokenRegistration _cancelling;

        internal KlingTask Awaited => awaited;

        /// <summary>When the waiting began.</summary>
        internal DateTimeOffset Since { get; } = now;

        /// <summary>When the waiting ends; null for no limit.</summary>
        internal DateTimeOffset? Deadline { get; } = timeout is TimeSpan limit && limit < DateTimeOffset.MaxValue - now ? now + limit : null;

        /// <summary>Has the token end the wait.</summary>
        internal void CancelBy(Action<object?> cancel)
        {
            _cancelling = token.UnsafeRegister(cancel, this);
            if (Task.IsCompleted)
            {
                _cancelling.Unregister();
            }
        }

        internal void Complete()
        {
            TrySetResult(awaited);
            _cancelling.Unregister();
        }

        internal void Cancel() => TrySetCanceled(token);

        internal void Fail(Exception failure)
        {
            TrySetException(failure);
            _cancelling.Unregister();
        }

        internal void Expire(string? lastFault, bool isUnknown)
        {
            KlingTask snapshot;
            lock (awaited)
            {
                snapshot = awaited.Snapshot();
            }

            Fail(new KlingWaitTimeoutException(snapshot, timeout ?? TimeSpan.Zero, lastFault, isUnknown));
        }
    }
}
