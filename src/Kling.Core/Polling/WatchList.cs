using Kling.Models;
using Kling.Submit;

namespace Kling.Polling;

/// <summary>The open tasks and who waits for them. Not safe by itself: the poller holds its lock around every call.</summary>
internal sealed class WatchList
{
    private const int NotFoundLooks = 3;
    private static readonly TimeSpan s_notFoundSettle = TimeSpan.FromSeconds(5);
    private readonly Dictionary<Guid, TaskWatch> _watches = [];

    internal bool IsEmpty => _watches.Count == 0;

    /// <summary>Adds somebody who waits; a task that is new here is looked at as the schedule says.</summary>
    internal TaskWaiter Add(KlingTask task, TimeSpan? timeout, DateTimeOffset now, PollSchedule schedule, CancellationToken token)
    {
        if (!_watches.TryGetValue(task.TaskId, out TaskWatch? watch))
        {
            DateTimeOffset first = task.SubmittedAt is DateTimeOffset start ? start + schedule.FirstLook : now;
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

        var waiter = new TaskWaiter(task, timeout, now, token);
        watch.Waiters.Add(waiter);
        return waiter;
    }

    /// <summary>Takes somebody out; false when the wait had already ended.</summary>
    internal bool Remove(TaskWaiter waiter)
    {
        if (!_watches.TryGetValue(waiter.Task.TaskId, out TaskWatch? watch) || !watch.Waiters.Remove(waiter))
        {
            return false;
        }

        Tidy(watch);
        return true;
    }

    /// <summary>When the task somebody waits for is looked at next.</summary>
    internal DateTimeOffset DueOf(TaskWaiter waiter) => _watches[waiter.Task.TaskId].Due;

    internal DateTimeOffset NextDeadline()
    {
        DateTimeOffset next = DateTimeOffset.MaxValue;
        foreach (TaskWatch watch in _watches.Values)
        {
            foreach (TaskWaiter waiter in watch.Waiters)
            {
                next = waiter.Deadline < next ? waiter.Deadline.Value : next;
            }
        }

        return next;
    }

    internal DateTimeOffset NextDue()
    {
        DateTimeOffset next = DateTimeOffset.MaxValue;
        foreach (TaskWatch watch in _watches.Values)
        {
            next = watch.Due < next ? watch.Due : next;
        }

        return next;
    }

    /// <summary>The tasks to look at now; what is due soon goes along, so that all tasks share one look.</summary>
    internal TaskWatch[] Due(DateTimeOffset soon) =>
        [.. _watches.Values.Where(watch => watch.Due <= soon || watch.IsDeadlineBy(soon))];

    internal void CompleteEnded()
    {
        foreach (TaskWatch watch in _watches.Values.Where(static watch => watch.IsEndedForSome()).ToArray())
        {
            foreach (TaskWaiter waiter in watch.Waiters.Where(waiter => waiter.Task.IsTerminal).ToArray())
            {
                watch.Waiters.Remove(waiter);
                waiter.Complete();
            }

            Tidy(watch);
        }
    }

    /// <summary>Ends the waits for tasks the service keeps saying it does not know, and never showed.</summary>
    internal void GiveUp(TaskWatch[] looked, DateTimeOffset now)
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

                waiter.Fail(CallErrors.NotFound(waiter.Task));
            }

            Tidy(watch);
        }
    }

    /// <summary>Ends the waits whose deadline is over; during a look, those it began with are given until the grace time.</summary>
    internal void Expire(DateTimeOffset now, TimeSpan grace, DateTimeOffset? lookStart, string? lastFault)
    {
        foreach (TaskWatch watch in _watches.Values.Where(watch => watch.IsDeadlineBy(now)).ToArray())
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
                waiter.Expire(lastFault);
            }

            Tidy(watch);
        }
    }

    /// <summary>Ends every wait with a defect of the loop.</summary>
    internal void FailAll(Exception defect)
    {
        foreach (TaskWaiter waiter in _watches.Values.SelectMany(watch => watch.Waiters))
        {
            waiter.Fail(defect);
        }

        _watches.Clear();
    }

    private void Tidy(TaskWatch watch)
    {
        if (watch.Waiters.Count == 0)
        {
            _watches.Remove(watch.TaskId);
        }
    }
}

/// <summary>What the poll loop remembers of one task id from look to look.</summary>
internal sealed class TaskWatch(Guid taskId)
{
    private const int MostDetailTries = 3;
    private const int MostLeftOut = 3;
    private int _leftOutLimit = MostLeftOut;

    internal Guid TaskId => taskId;

    /// <summary>The objects that stand for this task; several callers may hold one each.</summary>
    internal List<KlingTask> Tasks { get; set; } = [];

    internal List<TaskWaiter> Waiters { get; } = new(1);

    /// <summary>When to look next.</summary>
    internal DateTimeOffset Due { get; set; }

    /// <summary>Whether the task was watched from its start, so that its duration is worth learning from.</summary>
    internal bool FromStart { get; init; }

    /// <summary>Whether the id is asked for alone, because shared requests did not work for it.</summary>
    internal bool Alone { get; private set; }

    /// <summary>Whether the service has shown the task in any way.</summary>
    internal bool Seen { get; set; }

    /// <summary>Explicit not-found answers in a row, and when the first came.</summary>
    internal int NotFound { get; private set; }

    internal DateTimeOffset FirstNotFound { get; private set; }

    internal int DetailTries { get; set; }

    /// <summary>Shared requests with this id that failed in a row.</summary>
    internal int SharedFaults { get; set; }

    private int LeftOut { get; set; }

    /// <summary>Whether the archive is worth asking: the request is not known, or whether the service has it.</summary>
    internal bool NeedsDetails => DetailTries < MostDetailTries
        && Tasks.Exists(static task => task.Model is null || (task.BillingState == BillingState.Unknown && task.Videos.Count == 0));

    /// <summary>Whether a poll has to wait for the archive: without the number of videos the first one would end the task.</summary>
    internal bool AwaitsDetails => NeedsDetails && Tasks.Exists(static task => task.Model is null);

    /// <summary>Whether somebody's time is over by then. A plain loop, like all that is done for every open task at every turn.</summary>
    internal bool IsDeadlineBy(DateTimeOffset time)
    {
        foreach (TaskWaiter waiter in Waiters)
        {
            if (waiter.Deadline <= time)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether somebody waits for a task that has ended.</summary>
    internal bool IsEndedForSome() => Waiters.Exists(static waiter => waiter.Task.IsTerminal);

    internal void AskAlone() => Alone = true;

    /// <summary>Counts a shared answer without this id; true when it is time to ask for it alone.</summary>
    internal bool CountLeftOut(bool onlyLook)
    {
        LeftOut++;
        return onlyLook || LeftOut >= _leftOutLimit;
    }

    /// <summary>Asking alone told no more: back to shared requests, and longer until the next try.</summary>
    internal void AloneToldNothing()
    {
        Alone = false;
        LeftOut = 0;
        _leftOutLimit = Math.Min(_leftOutLimit * 2, 1000);
    }

    internal void CountNotFound(DateTimeOffset now)
    {
        if (NotFound++ == 0)
        {
            FirstNotFound = now;
        }

        LeftOut = 0;
    }

    internal void Show()
    {
        Seen = true;
        NotFound = 0;
        LeftOut = 0;
    }
}

/// <summary>One caller waiting for one task.</summary>
internal sealed class TaskWaiter(KlingTask task, TimeSpan? timeout, DateTimeOffset now, CancellationToken token)
{
    private readonly TaskCompletionSource<KlingTask> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal KlingTask Task => task;

    /// <summary>When the waiting began.</summary>
    internal DateTimeOffset Since { get; } = now;

    /// <summary>When the waiting ends; null for no limit.</summary>
    internal DateTimeOffset? Deadline { get; } = timeout is TimeSpan limit && limit < DateTimeOffset.MaxValue - now ? now + limit : null;

    internal Task<KlingTask> Result => _source.Task;

    internal void Complete() => _source.TrySetResult(task);

    internal void Cancel() => _source.TrySetCanceled(token);

    internal void Fail(Exception failure) => _source.TrySetException(failure);

    internal void Expire(string? lastFault)
    {
        KlingTask snapshot;
        lock (task)
        {
            snapshot = task.Snapshot();
        }

        Fail(new KlingWaitTimeoutException(snapshot, timeout ?? TimeSpan.Zero, lastFault));
    }
}
