namespace Kling.Support;

/// <summary>The real clock; the only place in the engine that reads the machine's time, waits or draws lots.</summary>
public sealed class SystemClock : IClock
{
    private readonly Random _random = new();

    /// <summary>The one instance; it is safe to use from several threads.</summary>
    public static SystemClock Instance { get; } = new();

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    /// <inheritdoc/>
    public Task DelayAsync(TimeSpan delay, CancellationToken token) => Task.Delay(NeverShorter(delay), token);

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
