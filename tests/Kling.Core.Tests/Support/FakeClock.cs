using Kling.Support;

namespace Kling.Core.Tests.Support;

/// <summary>
/// A clock the test moves. By default a delay moves the time at once and completes; in manual mode it completes when
/// <see cref="Advance"/> has moved the time far enough. Either way it is recorded.
/// </summary>
public sealed class FakeClock : IClock
{
    private readonly object _lock = new();
    private readonly List<TimeSpan> _delays = [];
    private readonly List<Waiter> _waiters = [];
    private readonly Queue<double> _doubles = new();
    private DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private DateTimeOffset _steady = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Whether delays wait for <see cref="Advance"/>.</summary>
    public bool Manual { get; set; }

    /// <summary>No delay begins before this has completed; lets a test set everything up while a loop already runs.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>What <see cref="NextDouble"/> returns when nothing was queued.</summary>
    public double Random { get; set; } = 0.5;

    /// <inheritdoc/>
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
                _steady += value > _now ? value - _now : TimeSpan.Zero;
                _now = value;
            }
        }
    }

    /// <inheritdoc/>
    public DateTimeOffset Steady
    {
        get
        {
            lock (_lock)
            {
                return _steady;
            }
        }
    }

    /// <summary>Sets the time of day, as a person or a time service does. No time passes.</summary>
    public void Set(TimeSpan by)
    {
        lock (_lock)
        {
            _now += by;
        }
    }

    /// <summary>Every delay asked for so far, in order.</summary>
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

    /// <summary>How many delays wait for <see cref="Advance"/>.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>Queues what the next calls of <see cref="NextDouble"/> return.</summary>
    public void QueueDoubles(params double[] values)
    {
        lock (_lock)
        {
            foreach (double value in values)
            {
                _doubles.Enqueue(value);
            }
        }
    }

    /// <summary>Moves the time and completes every delay that is due then.</summary>
    public void Advance(TimeSpan by)
    {
        List<Waiter> due;
        lock (_lock)
        {
            _now += by;
            _steady += by;
            due = [.. _waiters.Where(w => w.Due <= _steady).OrderBy(w => w.Due)];
            _waiters.RemoveAll(due.Contains);
        }

        foreach (Waiter waiter in due)
        {
            waiter.Done.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public Task DelayAsync(TimeSpan delay, CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled(token);
        }

        if (!Held.IsCompleted)
        {
            return DelayLaterAsync(Held, delay, token);
        }

        Waiter waiter;
        lock (_lock)
        {
            _delays.Add(delay);
            if (!Manual || delay <= TimeSpan.Zero)
            {
                _now += delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
                _steady += delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
                return Task.CompletedTask;
            }

            waiter = new Waiter(_steady + delay);
            _waiters.Add(waiter);
        }

        token.Register(() =>
        {
            lock (_lock)
            {
                _waiters.Remove(waiter);
            }

            waiter.Done.TrySetCanceled(token);
        });
        return waiter.Done.Task;
    }

    /// <inheritdoc/>
    public double NextDouble()
    {
        lock (_lock)
        {
            return _doubles.Count > 0 ? _doubles.Dequeue() : Random;
        }
    }

    private async Task DelayLaterAsync(Task held, TimeSpan delay, CancellationToken token)
    {
        await held.WaitAsync(token);
        await DelayAsync(delay, token);
    }

    private sealed class Waiter(DateTimeOffset due)
    {
        public DateTimeOffset Due { get; } = due;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
