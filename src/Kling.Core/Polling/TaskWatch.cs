using Kling.Models;

namespace Kling.Polling;

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
