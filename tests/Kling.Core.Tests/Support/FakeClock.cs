using Kling.Support;

namespace Kling.Core.Tests.Support;

/// <summary>A clock that never sleeps: a delay moves its time on at once.</summary>
internal sealed class FakeClock : IClock
{
    private readonly object _lock = new();
    private readonly List<TimeSpan> _delays = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public DateTimeOffset UtcNow
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }

        set
        {
            lock (_lock)
            {
                _now = value;
            }
        }
    }

    public IReadOnlyList<TimeSpan> Delays
    {
        get
        {
            lock (_lock)
            {
                return [.. _delays];
            }
        }
    }

    public void Advance(TimeSpan time)
    {
        lock (_lock)
        {
            _now += time;
        }
    }

    public async Task DelayAsync(TimeSpan delay, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _delays.Add(delay);
            _now += delay;
        }

        await Task.Yield();
        token.ThrowIfCancellationRequested();
    }

    public double NextDouble() => 0.5;
}
