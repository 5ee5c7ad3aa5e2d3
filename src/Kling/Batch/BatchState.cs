using Kling.Models;

namespace Kling.Batch;

/// <summary>What became of the items of one invocation.</summary>
internal sealed class BatchState
{
    private const int DeadItemsInARow = 3;
    private readonly List<KlingTask> _all = [];
    private readonly List<KlingTask> _open = [];
    private int _deadInARow;

    internal int Done { get; private set; }

    internal int Failed { get; private set; }

    /// <summary>Whether the batch is being ended; later failures are consequences.</summary>
    internal bool Ended { get; set; }

    internal void Add(KlingTask task)
    {
        lock (_open)
        {
            _all.Add(task);
            _open.Add(task);
        }
    }

    internal void CountFailure() => Failed++;

    internal void Emitted(KlingTask task, bool ok, bool keep = false)
    {
        lock (_open)
        {
            if (!keep)
            {
                _open.RemoveAll(open => open.TaskId == task.TaskId);
            }
        }

        if (ok)
        {
            Done++;
            _deadInARow = 0;
        }
        else
        {
            Failed++;
        }
    }

    /// <summary>Counts items in a row whose endpoint did not answer; true when it is time to stop.</summary>
    internal bool CountsAsDead(bool dead)
    {
        _deadInARow = dead ? _deadInARow + 1 : 0;
        return _deadInARow >= DeadItemsInARow;
    }

    internal KlingTask[] Open()
    {
        lock (_open)
        {
            return [.. _open];
        }
    }

    internal KlingTask[] Accepted()
    {
        lock (_open)
        {
            return [.. _all.Where(task => task.BillingState != BillingState.NotCharged).Select(task => task.Snapshot())];
        }
    }

    internal string Summary()
    {
        decimal billed = _all.Sum(task => task.Cost ?? 0m);
        return FormattableString.Invariant($"{Done} done, {Failed} failed, {Open().Length} open; {billed:0.0000} USD reported as billed.");
    }
}
