using Kling.Support;

namespace Kling.Core.Tests.Journal;

/// <summary>A clock that moves one second per look and waits for nothing, but can do something instead of waiting.</summary>
internal sealed class JournalClock : IClock
{
    private long _ticks = new DateTimeOffset(2025, 3, 4, 5, 6, 7, TimeSpan.Zero).UtcTicks;

    internal List<TimeSpan> Waits { get; } = [];

    internal Action? OnWait { get; set; }

    public DateTimeOffset Steady => UtcNow;

    public DateTimeOffset UtcNow => new(Interlocked.Add(ref _ticks, TimeSpan.TicksPerSecond), TimeSpan.Zero);

    public Task DelayAsync(TimeSpan delay, CancellationToken token)
    {
        Waits.Add(delay);
        OnWait?.Invoke();
        return Task.CompletedTask;
    }

    public double NextDouble() => 0.5;
}
