using Kling.Models;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>When the loop may look again: the schedule, the shortest time between two looks, and what the service asked for.</summary>
internal sealed class PollPace(bool loopback)
{
    private int _failures;
    private DateTimeOffset _lastLook = DateTimeOffset.MinValue;

    internal PollSchedule Schedule { get; } = new(loopback);

    /// <summary>What the last look complained about; null when nothing.</summary>
    internal string? LastFault { get; private set; }

    /// <summary>No look before this: what the service asked for, or the pause after a failed look.</summary>
    internal DateTimeOffset NotBefore { get; private set; } = DateTimeOffset.MinValue;

    internal void LookStarted(DateTimeOffset now) => _lastLook = now;

    /// <summary>The first moment a look wanted at some time may be made.</summary>
    internal DateTimeOffset Allowed(DateTimeOffset wanted)
    {
        DateTimeOffset free = _lastLook == DateTimeOffset.MinValue ? wanted : Later(wanted, _lastLook + Schedule.MinTick);
        return Later(free, NotBefore);
    }

    /// <summary>Draws the conclusions of a look for the next one, and learns from the tasks it saw end.</summary>
    internal void LookEnded(LookReport report, TaskWatch[] looked, DateTimeOffset now, Func<double> random)
    {
        bool failed = report is { Answered: 0, Fault: not null };
        _failures = failed ? _failures + 1 : 0;
        LastFault = report.Fault is ApiReply fault ? SubmitErrors.Reason(fault) : null;
        if (failed)
        {
            NotBefore = now + Schedule.AfterFailure(_failures, report.RetryAfter, random());
        }
        else if (report.RetryAfter is TimeSpan asked)
        {
            NotBefore = now + asked;
        }

        Learn(looked, now);
        DateTimeOffset next = now + Schedule.Next(random());
        foreach (TaskWatch watch in looked)
        {
            watch.Due = next;
        }
    }

    private void Learn(TaskWatch[] looked, DateTimeOffset now)
    {
        DateTimeOffset youngest = DateTimeOffset.MinValue;
        foreach (TaskWatch watch in looked)
        {
            KlingTask task = watch.Tasks[0];
            youngest = Later(youngest, task.SubmittedAt ?? now);
            if (watch.FromStart && task is { Status: KlingTaskStatus.Succeeded, Elapsed: TimeSpan elapsed })
            {
                Schedule.Observe(elapsed);
            }
        }

        Schedule.ObserveRunning(now - youngest);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
