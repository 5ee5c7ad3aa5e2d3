namespace Kling.Submit;

/// <summary>
/// What one invocation may spend, by known prices. Each task is reserved at its estimate (list price). The reservation is
/// lowered to the billed cost once that is complete, released when nothing was charged, and kept in every other case.
/// Safe to use from several threads.
/// </summary>
/// <param name="ceiling">The most that may be spent, in USD; null for no ceiling.</param>
public sealed class SpendBudget(decimal? ceiling)
{
    private readonly Dictionary<Guid, decimal> _reserved = [];
    private readonly object _lock = new();
    private decimal _committed;

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

    /// <summary>What is left below the ceiling, in USD; null without a ceiling.</summary>
    public decimal? Left => Ceiling - Committed;

    /// <summary>Reserves a task's estimate. False when that would exceed the ceiling, or when there is a ceiling and the price is unknown.</summary>
    public bool TryReserve(Guid taskId, decimal? estimate)
    {
        lock (_lock)
        {
            if (ceiling is decimal most && (estimate is null || _committed + estimate > most))
            {
                return false;
            }

            Set(taskId, estimate ?? 0m);
            return true;
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

    /// <summary>Gives a reservation to another task, which is bought instead.</summary>
    public void Move(Guid taskId, Guid other)
    {
        lock (_lock)
        {
            if (_reserved.Remove(taskId, out decimal amount))
            {
                _reserved[other] = amount;
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
            else if (IsFullyBilled(task) && _reserved.ContainsKey(task.TaskId))
            {
                Set(task.TaskId, task.Cost);
            }
        }
    }

    /// <summary>Settles a task for the last time. Its amount stays in the budget, and the task is forgotten.</summary>
    public void Close(KlingTask task)
    {
        lock (_lock)
        {
            Settle(task);
            _reserved.Remove(task.TaskId);
        }
    }

    private void Set(Guid taskId, decimal? amount)
    {
        if (_reserved.TryGetValue(taskId, out decimal before))
        {
            _committed -= before;
            _reserved.Remove(taskId);
        }

        if (amount is decimal known)
        {
            _committed += known;
            _reserved[taskId] = known;
        }
    }

    // A failed sibling may still be charged: only a complete bill replaces the estimate.
    private static bool IsFullyBilled(KlingTask task) =>
        task.Status == KlingTaskStatus.Succeeded && task.Cost is not null && task.Videos.All(video => video.VideoCost is not null);
}
