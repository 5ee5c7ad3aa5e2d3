using Kling.Models;
using Kling.Submit;
using Kling.Support;
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
        LastFault = report.Fault is ApiReply fault ? CallErrors.Reason(fault) : null;
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

/// <summary>When to look: from the durations seen so far, so that a finished video is noticed within about 5 % of their median. Pure.</summary>
/// <param name="loopback">Whether the service is this machine's sandbox, where looks cost nothing.</param>
internal sealed class PollSchedule(bool loopback)
{
    private const int Remembered = 50;
    private const double NoticedWithin = 0.05;

    // Durations vary; a look somewhat before the fastest one costs little and lets the schedule follow when the service gets faster.
    private const double FirstLookBeforeFastest = 0.7;
    private static readonly TimeSpan s_typicalLive = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_typicalLoopback = TimeSpan.FromSeconds(2);
    private readonly Queue<TimeSpan> _durations = new();
    private long _median;
    private TimeSpan _atLeast;

    /// <summary>The shortest time between two looks.</summary>
    internal TimeSpan MinTick { get; } = loopback ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(1);

    /// <summary>Median of the durations seen; null while none was. Safe from every thread.</summary>
    internal TimeSpan? Observed => Interlocked.Read(ref _median) is long ticks and > 0 ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Median of the durations seen; while none was, a typical one, or what tasks have taken so far where that is longer.</summary>
    internal TimeSpan Median => Observed ?? (_atLeast > Typical ? _atLeast : Typical);

    /// <summary>The time between two looks, before jitter.</summary>
    internal TimeSpan Pace
    {
        get
        {
            // A sandbox answers at once, but five looks a second are all a person can tell apart.
            TimeSpan shortest = loopback ? TimeSpan.FromMilliseconds(210) : MinTick;
            return Clamp(Scale(Median, NoticedWithin), shortest, TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>How long after its acknowledgement a task is looked at first.</summary>
    internal TimeSpan FirstLook
    {
        get
        {
            if (_durations.Count == 0)
            {
                return Pace;
            }

            TimeSpan early = Scale(_durations.Min(), FirstLookBeforeFastest);
            return early > Pace ? early : Pace;
        }
    }

    private TimeSpan Typical => loopback ? s_typicalLoopback : s_typicalLive;

    /// <summary>Learns that no task took less than this, as long as nothing better is known: none of those looked at has ended.</summary>
    internal void ObserveRunning(TimeSpan age) => _atLeast = age;

    /// <summary>Learns how long a task took from its acknowledgement to its end.</summary>
    internal void Observe(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
        {
            return;
        }

        _durations.Enqueue(duration);
        if (_durations.Count > Remembered)
        {
            _durations.Dequeue();
        }

        Interlocked.Exchange(ref _median, _durations.OrderBy(seen => seen).ElementAt(_durations.Count / 2).Ticks);
    }

    /// <summary>The time to the next look, varied by a tenth, so that many clients do not look in step; never below <see cref="MinTick"/>.</summary>
    internal TimeSpan Next(double random)
    {
        TimeSpan next = Scale(Pace, 0.9 + (random * 0.2));
        return next > MinTick ? next : MinTick;
    }

    /// <summary>The time to the next look after failed ones: doubling, and never shorter than the service asked for.</summary>
    /// <param name="failures">How many looks failed in a row, from 1.</param>
    /// <param name="retryAfter">What the service asked for.</param>
    /// <param name="random">A number in [0, 1).</param>
    internal TimeSpan AfterFailure(int failures, TimeSpan? retryAfter, double random)
    {
        TimeSpan longest = loopback ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(30);
        return Backoff.AtLeast(retryAfter, Backoff.Doubled(Scale(Pace, 1.5 + (random / 2)), failures, longest));
    }

    private static TimeSpan Scale(TimeSpan time, double factor) => TimeSpan.FromTicks((long)(time.Ticks * factor));

    private static TimeSpan Clamp(TimeSpan time, TimeSpan shortest, TimeSpan longest) =>
        time < shortest ? shortest : time > longest ? longest : time;
}
