using Kling.Support;

namespace Kling.Core.Tests.Support;

/// <summary>Virtual time: it stands still until a test moves it, and a delay moves it by itself and is written down.</summary>
internal sealed class FakeClock : IClock
{
    private readonly object _gate = new();
    private readonly List<TimeSpan> _delays = [];
    private DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public DateTimeOffset UtcNow
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }

        set
        {
            lock (_gate)
            {
                _now = value;
            }
        }
    }

    public IReadOnlyList<TimeSpan> Delays
    {
        get
        {
            lock (_gate)
            {
                return [.. _delays];
            }
        }
    }

    public void Advance(TimeSpan time) => UtcNow += time;

    public Task DelayAsync(TimeSpan delay, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _delays.Add(delay);
            _now += delay;
        }

        return Task.CompletedTask;
    }

    public double NextDouble() => 0.5;
}
