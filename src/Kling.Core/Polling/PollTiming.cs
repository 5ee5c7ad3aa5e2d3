using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// When the poll loop may send its next status request. It learns how long tasks take, so that a finished video is noticed
/// within about 5 % of their median. It keeps a shortest time between two requests, and the time that the service asked for.
/// </summary>
/// <param name="loopback">Whether the service is this machine's sandbox, where requests cost nothing.</param>
internal sealed class PollTiming(bool loopback)
{
    private const int Remembered = 50;
    private const double NoticedWithin = 0.05;

    // Thousands of tasks take hundreds of requests. The pause after such a look is so many times as long as the look.
    private const int PauseOfLook = 5;

    // Durations vary. Asking somewhat before the fastest one costs little, and the timing can follow when the service gets faster.
    private const double FirstBeforeFastest = 0.7;

    // A sandbox answers at once, but a person cannot tell more than five updates a second apart.
    private static readonly TimeSpan s_shortestLoopback = TimeSpan.FromMilliseconds(210);
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_guessLive = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_guessLoopback = TimeSpan.FromSeconds(2);

    private readonly Queue<TimeSpan> _durations = new();
    private long _typicalTicks;
    private TimeSpan _fastest;
    private PollTrouble? _trouble;
    private TimeSpan _youngest;
    private TimeSpan _longLook;
    private int _failures;
    private DateTimeOffset? _lastStart;

    /// <summary>The shortest time between two requests.</summary>
    internal TimeSpan MinTick { get; } = loopback ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(1);

    /// <summary>Why the last request failed; null when it did not.</summary>
    internal string? LastFault { get; private set; }

    /// <summary>Why no request gets an answer, and since when; null while they do. Thread-safe.</summary>
    internal PollTrouble? Trouble { get => Volatile.Read(ref _trouble); private set => Volatile.Write(ref _trouble, value); }

    /// <summary>No request before this time: the service asked for it, or it is the pause after a failed request.</summary>
    internal DateTimeOffset NotBefore { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>How long tasks took lately: the median; null while none was seen to end. Thread-safe.</summary>
    internal TimeSpan? TypicalDuration => Interlocked.Read(ref _typicalTicks) is long ticks and > 0 ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>The typical duration. While none was seen: a guess, or the age of the youngest open task if that is longer.</summary>
    internal TimeSpan ExpectedDuration => TypicalDuration ?? Longer(_youngest, loopback ? s_guessLoopback : s_guessLive);

    /// <summary>The time between two requests, before jitter.</summary>
    internal TimeSpan Pace => Clamp(Longer(ExpectedDuration * NoticedWithin, _longLook * PauseOfLook), loopback ? s_shortestLoopback : MinTick, TimeSpan.FromSeconds(10));

    /// <summary>How long after its acknowledgement the service is asked about a task for the first time.</summary>
    internal TimeSpan FirstRequest => Longer(_fastest * FirstBeforeFastest, Pace);

    internal void Started(DateTimeOffset now) => _lastStart = now;

    /// <summary>The first moment at which a request wanted for some time may be sent.</summary>
    internal DateTimeOffset EarliestSend(DateTimeOffset wanted)
    {
        DateTimeOffset free = _lastStart is DateTimeOffset last ? Later(wanted, last + MinTick) : wanted;
        return Later(free, NotBefore);
    }

    /// <summary>Takes over what a request brought: how long to pause, how long tasks take, and when its tasks are due again.</summary>
    internal void Ended(StatusRound round, WatchedTask[] tasks, DateTimeOffset now, Func<double> random)
    {
        _failures = round.IsUnanswered ? _failures + 1 : 0;
        LastFault = round.Fault is ApiReply fault ? CallErrors.Reason(fault) : null;
        Trouble = round.IsUnanswered
            ? new PollTrouble(CallErrors.Reason(round.Fault), ReplyReading.IsRefusedSession(round.Fault!), Trouble?.Since ?? now)
            : null;
        if (round.IsUnanswered)
        {
            NotBefore = now + AfterFailure(_failures, round.RetryAfter, random());
        }
        else if (round.RetryAfter is TimeSpan asked)
        {
            NotBefore = now + asked;
        }

        Learn(tasks, now, isAnswered: !round.IsUnanswered);
        ObserveLook(now - (_lastStart ?? now), round.Answered);
        DateTimeOffset next = now + Next(random());
        foreach (WatchedTask task in tasks)
        {
            task.Due = next;
        }
    }

    /// <summary>Learns how long the youngest open task has been running; it counts while no task was seen to end.</summary>
    internal void ObserveRunning(TimeSpan age) => _youngest = age;

    /// <summary>Learns how long a look took that needed more than one request.</summary>
    internal void ObserveLook(TimeSpan time, int requests) => _longLook = requests > 1 ? time : TimeSpan.Zero;

    /// <summary>Learns how long tasks took from their acknowledgements to their ends.</summary>
    internal void Observe(params IReadOnlyList<TimeSpan> durations)
    {
        foreach (TimeSpan duration in durations.Where(duration => duration > TimeSpan.Zero))
        {
            _durations.Enqueue(duration);
            if (_durations.Count > Remembered)
            {
                _durations.Dequeue();
            }
        }

        if (durations.Count > 0 && _durations.Count > 0)
        {
            TimeSpan[] sorted = [.. _durations.Order()];
            _fastest = sorted[0];
            Interlocked.Exchange(ref _typicalTicks, sorted[sorted.Length / 2].Ticks);
        }
    }

    /// <summary>The time to the next request, varied by a tenth, so that many clients do not ask in step; never below <see cref="MinTick"/>.</summary>
    internal TimeSpan Next(double random) => Longer(Pace * (0.9 + (random * 0.2)), MinTick);

    /// <summary>The time to the next request after so many failed in a row: it doubles, and is never shorter than the service asked for.</summary>
    internal TimeSpan AfterFailure(int failures, TimeSpan? retryAfter, double random)
    {
        TimeSpan longest = loopback ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(30);
        return Backoff.AtLeast(retryAfter, Backoff.Doubled(Pace * (1.5 + (random / 2)), failures, longest));
    }

    private void Learn(WatchedTask[] tasks, DateTimeOffset now, bool isAnswered)
    {
        DateTimeOffset youngest = DateTimeOffset.MinValue;
        List<TimeSpan> durations = [];
        foreach (WatchedTask watched in tasks)
        {
            KlingTask task = watched.Tasks[0];
            DateTimeOffset started = watched.Started ?? now;
            youngest = Later(youngest, started);
            if (watched.FromStart && task.Status == KlingTaskStatus.Succeeded && IsTimely(watched, task, now))
            {
                durations.Add(now - started);
            }

            // The answer is as old as its request: the process may have stood still since.
            watched.OpenAt = isAnswered ? _lastStart ?? now : watched.OpenAt;
        }

        Observe(durations);
        ObserveRunning(now - youngest);
    }

    /// <summary>
    /// Whether a task was seen to end soon after it did. After an outage, or a pause of this process, that it has ended says little of when. While
    /// the machine sleeps, the time of day goes on and the steady time may not.
    /// </summary>
    private bool IsTimely(WatchedTask watched, KlingTask task, DateTimeOffset now)
    {
        TimeSpan gap = now - watched.OpenAt;
        TimeSpan apart = task.Elapsed is TimeSpan elapsed ? (elapsed - (now - watched.Started!.Value)).Duration() : TimeSpan.Zero;
        return gap <= (Pace * 2) + s_slack && apart <= (Pace * 2) + s_slack;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Clamp(TimeSpan time, TimeSpan shortest, TimeSpan longest) =>
        time < shortest ? shortest : time > longest ? longest : time;
}

/// <summary>Status requests get no answer.</summary>
/// <param name="Reason">Why, in the service's words where it had any.</param>
/// <param name="IsRefused">Whether the key or the credit was refused, so that it will not pass by itself.</param>
/// <param name="Since">The steady time of the first of them.</param>
internal sealed record PollTrouble(string Reason, bool IsRefused, DateTimeOffset Since);
