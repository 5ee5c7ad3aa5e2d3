using Kling.Requests;

namespace Kling.Submit;

/// <summary>
/// What one invocation may spend, by known prices. Each task is reserved at its estimate (list price), or at what an equal task was
/// billed. The reservation becomes the billed cost once that is complete, is released when nothing was charged, and is kept in every other case.
/// Safe to use from several threads.
/// </summary>
/// <param name="ceiling">The most that may be spent, in USD; null for no ceiling.</param>
public sealed class SpendBudget(decimal? ceiling)
{
    private readonly Dictionary<Guid, Reservation> _reserved = [];

    // The highest bill of each kind of request.
    private readonly Dictionary<string, decimal> _bills = new(StringComparer.Ordinal);
    private readonly object _lock = new();
    private decimal _committed;
    private decimal _closed;
    private decimal _billed;
    private Overrun? _overrun;

    /// <summary>The most that may be spent, in USD; null for no ceiling.</summary>
    public decimal? Ceiling => ceiling;

    /// <summary>What is reserved or billed, in USD; tasks of unknown price are not in it.</summary>
    public decimal Committed
    {
        get
        {
            lock (_lock)
            {
                return _committed;
            }
        }
    }

    /// <summary>What the closed tasks cost, in USD: what was billed, else what is reserved for them.</summary>
    internal decimal Closed
    {
        get
        {
            lock (_lock)
            {
                return _closed;
            }
        }
    }

    /// <summary>The part of it that was billed, in USD.</summary>
    internal decimal Billed
    {
        get
        {
            lock (_lock)
            {
                return _billed;
            }
        }
    }

    /// <summary>What is left below the ceiling, in USD; null without a ceiling.</summary>
    public decimal? Left => Ceiling - Committed;

    /// <summary>
    /// Reserves a task's estimate, or what an equal task was billed where that was more. False when that would exceed the ceiling, or when
    /// there is a ceiling and the price is unknown.
    /// </summary>
    /// <param name="taskId">The task.</param>
    /// <param name="estimate">Its list price in USD; null when it is unknown.</param>
    /// <param name="kind">The same text for requests that cost the same; null where that is not known.</param>
    public bool TryReserve(Guid taskId, decimal? estimate, string? kind = null)
    {
        lock (_lock)
        {
            decimal? price = Price(estimate, kind);
            if (ceiling is decimal most && (price is null || _committed + price > most))
            {
                return false;
            }

            Set(taskId, new Reservation(price ?? 0m, estimate, kind));
            return true;
        }
    }

    /// <summary>What one more task would be reserved at, in USD; null when that is not known.</summary>
    internal decimal? Price(decimal? estimate, string? kind)
    {
        lock (_lock)
        {
            return estimate is decimal known && kind is not null && _bills.TryGetValue(kind, out decimal bill) && bill > known ? bill : estimate;
        }
    }

    /// <summary>The first bill that was above its estimate; null when there was none, and after it was taken once.</summary>
    internal Overrun? TakeOverrun()
    {
        lock (_lock)
        {
            Overrun? first = _overrun is { IsTaken: false } ? _overrun : null;
            _overrun = _overrun is null ? null : _overrun with { IsTaken = true };
            return first;
        }
    }

    /// <summary>Gives back a reservation that was never used.</summary>
    public void Release(Guid taskId)
    {
        lock (_lock)
        {
            Set(taskId, null);
        }
    }

    /// <summary>Whether a task has a reservation.</summary>
    internal bool Holds(Guid taskId)
    {
        lock (_lock)
        {
            return _reserved.ContainsKey(taskId);
        }
    }

    /// <summary>Gives a reservation to another task, which is bought instead.</summary>
    public void Move(Guid taskId, Guid other)
    {
        lock (_lock)
        {
            if (_reserved.Remove(taskId, out Reservation? reserved))
            {
                _reserved[other] = reserved;
            }
        }
    }

    /// <summary>Adjusts a task's reservation to what is known about its money now.</summary>
    public void Settle(KlingTask task)
    {
        lock (_lock)
        {
            if (task.BillingState == BillingState.NotCharged)
            {
                Set(task.TaskId, null);
            }
            else if (IsFullyBilled(task) && _reserved.TryGetValue(task.TaskId, out Reservation? reserved))
            {
                Set(task.TaskId, reserved with { Amount = task.Cost!.Value, IsBilled = true });
                Learn(task.TaskId, reserved, task.Cost.Value);
            }
        }
    }

    /// <summary>Settles a task for the last time. Its amount stays in the budget, and the task is forgotten.</summary>
    /// <returns>Whether it may cost anything here: false where nothing was charged, and where it was bought before.</returns>
    public bool Close(KlingTask task)
    {
        lock (_lock)
        {
            Settle(task);
            if (!_reserved.Remove(task.TaskId, out Reservation? reserved))
            {
                return false;
            }

            _closed += reserved.Amount;
            _billed += reserved.IsBilled ? reserved.Amount : 0m;
            return true;
        }
    }

    private void Set(Guid taskId, Reservation? reservation)
    {
        if (_reserved.TryGetValue(taskId, out Reservation? before))
        {
            _committed -= before.Amount;
            _reserved.Remove(taskId);
        }

        if (reservation is not null)
        {
            _committed += reservation.Amount;
            _reserved[taskId] = reservation;
        }
    }

    /// <summary>A bill above its estimate: equal tasks that are under way will be billed the same.</summary>
    private void Learn(Guid taskId, Reservation reserved, decimal bill)
    {
        if (!(bill > reserved.Estimate))
        {
            return;
        }

        _overrun ??= new Overrun(taskId, reserved.Estimate.Value, bill);
        if (reserved.Kind is not string kind || (_bills.TryGetValue(kind, out decimal known) && known >= bill))
        {
            return;
        }

        _bills[kind] = bill;
        foreach (KeyValuePair<Guid, Reservation> other in _reserved.Where(other => other.Value.Kind == kind && !other.Value.IsBilled && other.Value.Amount < bill).ToArray())
        {
            Set(other.Key, other.Value with { Amount = bill });
        }
    }

    // What failed is not charged; a video without a cost may be.
    private static bool IsFullyBilled(KlingTask task) =>
        task.IsTerminal && ReportedCost.Of(task) is not null && task.Videos.All(video => video.VideoCost is not null);

    private sealed record Reservation(decimal Amount, decimal? Estimate, string? Kind)
    {
        internal bool IsBilled { get; init; }
    }
}

/// <summary>A bill above its estimate.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Estimate">Its list price in USD.</param>
/// <param name="Bill">What the service billed, in USD.</param>
internal sealed record Overrun(Guid TaskId, decimal Estimate, decimal Bill)
{
    /// <summary>Whether it was told.</summary>
    internal bool IsTaken { get; init; }
}
