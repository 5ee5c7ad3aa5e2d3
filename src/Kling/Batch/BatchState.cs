using Kling.Models;

namespace Kling.Batch;

/// <summary>What became of the items of one invocation. Safe to read from the thread that stops the cmdlet.</summary>
internal sealed class BatchState : IDisposable
{
    private const int DeadItemsInARow = 3;
    private readonly List<KlingTask> _all = [];
    private readonly HashSet<Guid> _open = [];
    private readonly CancellationTokenSource _end = new();
    private int _deadInARow;

    internal int Done { get; private set; }

    internal int Failed { get; private set; }

    /// <summary>Cancelled when the batch ends early: waiting and saving stop, a submit on its way is let finish.</summary>
    internal CancellationToken EndToken => _end.Token;

    internal bool IsEnded => _end.IsCancellationRequested;

    internal void End() => _end.Cancel();

    internal void Add(KlingTask task)
    {
        lock (_all)
        {
            _all.Add(task);
            _open.Add(task.TaskId);
        }
    }

    /// <summary>Counts an item that never became a task.</summary>
    internal void CountFailure() => Failed++;

    /// <summary>Takes a task out of the open ones.</summary>
    internal void Close(KlingTask task, bool succeeded)
    {
        lock (_all)
        {
            _open.Remove(task.TaskId);
        }

        if (succeeded)
        {
            Done++;
            _deadInARow = 0;
        }
        else
        {
            Failed++;
        }
    }

    /// <summary>Counts items in a row whose endpoint could not be reached; true when it is time to stop.</summary>
    internal bool CountsAsDead(bool dead)
    {
        _deadInARow = dead ? _deadInARow + 1 : 0;
        return _deadInARow >= DeadItemsInARow;
    }

    /// <summary>The tasks that are not closed and may cost money.</summary>
    internal KlingTask[] OpenTasks()
    {
        lock (_all)
        {
            return [.. _all.Where(task => _open.Contains(task.TaskId) && task.BillingState != BillingState.NotCharged)];
        }
    }

    /// <summary>Every task of this invocation that may cost money.</summary>
    internal KlingTask[] PaidTasks()
    {
        lock (_all)
        {
            return [.. _all.Where(task => task.BillingState != BillingState.NotCharged).Select(task => task.Snapshot())];
        }
    }

    internal string Summary(decimal spent)
    {
        int open;
        lock (_all)
        {
            open = _open.Count;
        }

        return $"{Done} done, {Failed} failed, {open} open; {PriceText.Money(spent)} spent or reserved.";
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();
}
