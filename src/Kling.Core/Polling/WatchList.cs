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

                waiter.Fail(LookFailures.NotFound(waiter.Task));
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
