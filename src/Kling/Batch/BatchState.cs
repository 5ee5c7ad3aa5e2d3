using System.Runtime.InteropServices;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>What became of the items of one invocation. Only ids are kept of what has ended. Safe to read from the thread that stops the cmdlet.</summary>
internal sealed class BatchState(SpendBudget budget, DateTimeOffset started) : IDisposable
{
    private const int DeadItemsInARow = 3;
    private const int FullDisksInARow = 3;
    private readonly Dictionary<Guid, OpenItem> _open = [];
    private readonly List<ClosedTask> _paid = [];
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _endOfDelivery = new();
    private int _deadInARow;
    private int _fullInARow;
    private readonly DateTimeOffset _begun = SystemClock.Instance.Steady;
    private int _failed;

    internal DateTimeOffset Started => started;

    /// <summary>How long the invocation has taken.</summary>
    internal TimeSpan Elapsed => SystemClock.Instance.Steady - _begun;

    /// <summary>Collects what failed, as it was given; null where nobody asked for it.</summary>
    internal HashSet<object>? FailedRows { get; init; }

    /// <summary>Items that were checked and given up before they were sent.</summary>
    internal int GivenUp { get; set; }

    /// <summary>List price in USD of the closed tasks that may cost money and were bought here.</summary>
    internal decimal Estimated { get; private set; }

    /// <summary>Items whose task ended well, and whose files are saved where that was asked for.</summary>
    internal int Done { get; private set; }

    /// <summary>Items that failed in whole or in part.</summary>
    internal int Failed => _failed + Refused;

    /// <summary>Records that were refused before they became items.</summary>
    internal int Refused { get; set; }

    /// <summary>Items whose task was written before it ended: nobody waits for it, or the waiting ended first.</summary>
    internal int LeftOpen { get; private set; }

    /// <summary>Items whose task goes on at the service, or may be there.</summary>
    internal int GoingOn => LeftOpen + Open().Length;

    /// <summary>Whether there are tasks that may cost money, or may soon, because they are being sent.</summary>
    internal bool HasPaid => _paid.Count > 0 || OpenCount > 0;

    /// <summary>How many items need nothing more.</summary>
    internal int Ended => Done + Failed + LeftOpen;

    /// <summary>How many items there were so far.</summary>
    internal int Items => Ended + OpenCount;

    /// <summary>Cancelled when the batch ends early: nothing more is bought. A submit on its way is let finish.</summary>
    internal CancellationToken EndToken => _end.Token;

    /// <summary>Cancelled when the waiting and saving end early too.</summary>
    internal CancellationToken EndOfDeliveryToken => _endOfDelivery.Token;

    internal bool IsEnded => _end.IsCancellationRequested;

    /// <summary>Whether what is paid is waited for and saved, although the batch has ended.</summary>
    internal bool IsDelivering => IsEnded && !_endOfDelivery.IsCancellationRequested;

    /// <summary>The tasks that have ended and may cost money, oldest first.</summary>
    internal IReadOnlyList<ClosedTask> Paid => _paid;

    /// <summary>Ends the buying, and the delivery too unless it goes on.</summary>
    internal void End(bool delivers)
    {
        _end.Cancel();
        if (!delivers)
        {
            _endOfDelivery.Cancel();
        }
    }

    internal void Add(KlingTask task, RequestItem item)
    {
        lock (_open)
        {
            _open[task.TaskId] = new OpenItem(task, item);
        }
    }

    /// <summary>Another task stands for the item from now on.</summary>
    internal void Replace(KlingTask task, KlingTask other, RequestItem item)
    {
        lock (_open)
        {
            _open.Remove(task.TaskId);
            _open[other.TaskId] = new OpenItem(other, item);
        }
    }

    /// <summary>Counts an item that never became a task.</summary>
    internal void CountFailure(object? target)
    {
        _failed++;
        AddFailed(target);
    }

    /// <summary>Keeps what failed, where somebody asked for it.</summary>
    internal void AddFailed(object? target)
    {
        if (target is not null)
        {
            FailedRows?.Add(target);
        }
    }

    /// <summary>Takes a task out of the open ones; its price is settled for good.</summary>
    internal void Close(KlingTask task, RequestItem item, bool failed)
    {
        lock (_open)
        {
            _open.Remove(task.TaskId);
        }

        Estimated += budget.Close(task) ? task.EstimatedCost ?? 0m : 0m;
        if (task.BillingState != BillingState.NotCharged)
        {
            _paid.Add(new ClosedTask(task.TaskId, task.Status, task.BillingState));
        }

        if (failed)
        {
            AddFailed(item.Target);
        }

        _deadInARow = failed ? _deadInARow : 0;
        if (!task.IsTerminal && task.BillingState != BillingState.NotCharged)
        {
            LeftOpen++;
        }
        else if (failed)
        {
            _failed++;
        }
        else
        {
            Done++;
        }
    }

    /// <summary>Counts the items in a row whose endpoint could not be reached; true when there were too many.</summary>
    internal bool CountsAsDead(bool dead)
    {
        _deadInARow = dead ? _deadInARow + 1 : 0;
        return _deadInARow >= DeadItemsInARow;
    }

    /// <summary>Counts the saves in a row that failed for the disk; true when there were too many.</summary>
    internal bool CountsAsFull(bool full)
    {
        _fullInARow = full ? _fullInARow + 1 : 0;
        return _fullInARow >= FullDisksInARow;
    }

    /// <summary>What is not closed and may cost money.</summary>
    internal OpenItem[] Open()
    {
        lock (_open)
        {
            return [.. _open.Values.Where(item => item.Task.BillingState != BillingState.NotCharged)];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Dispose();
        _endOfDelivery.Dispose();
    }

    /// <summary>How many tasks are under way.</summary>
    internal int OpenCount
    {
        get
        {
            lock (_open)
            {
                return _open.Count;
            }
        }
    }
}

/// <summary>An item whose task has not ended: the task that the engine works on, and the item it came from.</summary>
internal sealed record OpenItem(KlingTask Task, RequestItem Item);

/// <summary>What is kept of a paid task that has been written: 24 bytes, so that memory hardly grows with the batch.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ClosedTask(Guid Id, string Status, string BillingState);
