using Kling.Models;
using Kling.Polling;
using Kling.Submit;
using Kling.Support;

namespace Kling.Batch;

/// <summary>How far an invocation is: what to say, and how long it will still take.</summary>
/// <param name="state">Its items.</param>
/// <param name="budget">What it spends.</param>
/// <param name="clock">The clock.</param>
internal sealed class BatchProgress(BatchState state, SpendBudget budget, IClock clock)
{
    /// <summary>How many items there are in all; null while more may come.</summary>
    internal int? Total { get; set; }

    /// <summary>Done, failed, open; spent, of the ceiling where there is one.</summary>
    internal string Status
    {
        get
        {
            string ceiling = budget.Ceiling is decimal most ? $" of {PriceText.Money(most)}" : "";
            return $"{state.Done} done, {state.Failed} failed, {state.OpenCount + state.LeftOpen} open; {PriceText.Money(budget.Committed)}{ceiling}";
        }
    }

    /// <summary>How many items need nothing more.</summary>
    internal int Ended => state.Items - state.OpenCount;

    /// <summary>Seconds to the end of the batch; -1 where its size or the time of a task is not known.</summary>
    /// <param name="typical">How long a task takes; null where that is not known.</param>
    /// <param name="limit">How many are open at once.</param>
    internal int SecondsRemaining(TimeSpan? typical, int limit)
    {
        if (Total is not int total)
        {
            return -1;
        }

        DateTimeOffset now = clock.UtcNow;
        KlingTask[] open = [.. state.Open().Select(item => item.Task)];
        TimeSpan? left = RemainingTime.Estimate(typical, [.. open.Select(task => now - (task.SubmittedAt ?? now))], Math.Max(0, total - Ended - open.Length), limit);
        return left is TimeSpan time ? (int)Math.Ceiling(time.TotalSeconds) : -1;
    }
}
