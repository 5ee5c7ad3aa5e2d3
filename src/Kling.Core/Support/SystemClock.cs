using System.Diagnostics;

namespace Kling.Support;

/// <summary>The real clock; the only place in the engine that reads the machine's time, waits or draws lots.</summary>
public sealed class SystemClock : IClock
{
    private static readonly DateTimeOffset s_begin = DateTimeOffset.UtcNow;
    private static readonly Stopwatch s_running = Stopwatch.StartNew();
    private readonly Random _random = new();

    /// <summary>The one instance; it is safe to use from several threads.</summary>
    public static SystemClock Instance { get; } = new();

    /// <summary>Every pause is divided by this: 1, except in tests of the whole module, which wait for real pauses.</summary>
    internal double Pace { get; set; } = 1;

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    /// <inheritdoc/>
    public DateTimeOffset Steady => s_begin + s_running.Elapsed;

    /// <inheritdoc/>
    public Task DelayAsync(TimeSpan delay, CancellationToken token) => Task.Delay(NeverShorter(delay > TimeSpan.Zero ? delay / Pace : delay), token);

    /// <inheritdoc/>
    public double NextDouble()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    // The system's timers cut a delay to whole milliseconds and may fire one early; a service that asked to wait must not notice.
    internal static TimeSpan NeverShorter(TimeSpan delay) => delay <= TimeSpan.Zero
        ? delay
        : TimeSpan.FromTicks(((delay.Ticks / TimeSpan.TicksPerMillisecond) + 2) * TimeSpan.TicksPerMillisecond);
}

/// <summary>Time, waiting and chance, injected so that no test sleeps and every run can be repeated.</summary>
public interface IClock
{
    /// <summary>The current time in UTC.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>
    /// A time that only runs forward: nobody sets it, so differences of it are durations. It is not the time of day, and it may stand still
    /// while the machine sleeps.
    /// </summary>
    DateTimeOffset Steady { get; }

    /// <summary>Completes after <paramref name="delay"/>, or is cancelled with <paramref name="token"/>.</summary>
    Task DelayAsync(TimeSpan delay, CancellationToken token);

    /// <summary>A random number in [0, 1), used for jitter.</summary>
    double NextDouble();
}
