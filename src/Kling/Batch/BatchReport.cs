using Kling.Pipeline;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>Puts into words and numbers how far one invocation of New-KlingVideo is, and what came of it.</summary>
internal sealed class BatchReport(VideoBatchOptions options, BatchState state)
{
    /// <summary>How many items there are in all; null until that is known.</summary>
    internal int? Total { get; set; }

    /// <summary>How many items were bought before.</summary>
    internal int Known { get; set; }

    /// <summary>What all items cost at list price, while not all of them are reserved yet; 0 where that is not known.</summary>
    internal decimal Whole { get; set; }

    /// <summary>Counts what is held and may be sent yet. Safe to call from every thread.</summary>
    internal Func<int> Held { get; set; } = static () => 0;

    /// <summary>How many items were read and not sent.</summary>
    internal int NotSent => Math.Max(0, Total is int total
        ? total - state.Done - state.Failed - state.GoingOn
        : Held() + state.GivenUp + state.OpenCount - state.Open().Length);

    /// <summary>How many items were read.</summary>
    internal int Items => state.Done + state.Failed + state.GoingOn + NotSent;

    private SpendBudget Budget => options.Guard.Budget;

    /// <summary>Done, failed, open; spent of what the whole costs; the time.</summary>
    /// <param name="left">How long it will still take; null where nobody knows.</param>
    internal ProgressState Progress(TimeSpan? left)
    {
        int open = state.OpenCount + (options.Waits ? state.LeftOpen : 0);
        int through = state.Done + (options.Waits ? 0 : state.LeftOpen);
        int held = Held();
        string? sent = options.Waits ? null : " sent";
        string counts = Total is int total ? $"{through} of {total}{sent}"
            : through + open == 0 && held > 0 ? $"{held} checked"
            : through + (sent ?? " done");
        counts += (state.Failed > 0 ? $", {state.Failed} failed" : "") + (open > 0 && options.Waits ? $", {open} open" : "");
        return ProgressState.Of(counts, Spent(), state.Elapsed, left, ProgressState.PercentOf(state.Ended, Total));
    }

    /// <summary><c>298 saved, 2 failed, 55.07 USD in 41m; failed rows: $Error or -ErrorVariable</c>.</summary>
    internal string Line()
    {
        string done = options.Save is not null ? "saved" : "done";
        (int count, string what) = options.Waits ? (state.Done, done) : (state.Done + state.LeftOpen, "sent");
        int open = options.Waits ? state.GoingOn : state.GoingOn - state.LeftOpen;
        string?[] parts =
        [
            $"{count} {what}{(Known > 0 ? $" ({Known} bought before)" : "")}",
            state.Failed > 0 ? $"{state.Failed} failed" : null,
            open > 0 ? $"{open} open" : null,
            NotSent > 0 ? $"{NotSent} not sent" : null,
            Cost(),
        ];
        return string.Join(", ", parts.Where(part => part is not null)) + $" in {NumberText.Duration(state.Elapsed)}" + (state.Failed > 0 ? "; failed rows: $Error or -ErrorVariable" : "");
    }

    /// <summary>Fills in the numbers for a script.</summary>
    internal void Fill(KlingBatchSummary summary)
    {
        summary.Done = state.Done;
        summary.Failed = state.Failed;
        summary.Open = state.GoingOn;
        summary.NotSent = NotSent;
        summary.Billed = Budget.Billed;
        summary.Estimated = state.Estimated + state.Open().Where(open => Budget.Holds(open.Task.TaskId)).Sum(open => open.Task.EstimatedCost ?? 0m);
        summary.Elapsed = state.Elapsed;
        summary.FailedRows = [.. state.FailedRows ?? []];
    }

    /// <summary>What is spent, of what the whole costs or of the ceiling; null where nothing costs anything.</summary>
    private string? Spent()
    {
        decimal spent = Budget.Closed;
        decimal all = Math.Max(Whole, Budget.Committed);
        return Budget.Ceiling is decimal most && (Total is null || all > most) ? $"{Cents(spent)} of at most {PriceText.Cents(most)}"
            : Total is not null && all > 0m ? $"{Cents(spent)} of {PriceText.Cents(all)}"
            : spent > 0m ? PriceText.Cents(spent) : null;

        static string Cents(decimal amount) => FormattableString.Invariant($"{amount:0.00}");
    }

    /// <summary>What was billed, and what is reserved beside it; null where it is nothing.</summary>
    private string? Cost()
    {
        decimal billed = Budget.Billed;
        decimal reserved = Budget.Committed - billed;
        return reserved <= 0m ? billed > 0m ? PriceText.Cents(billed) : null
            : billed == 0m ? $"{PriceText.Cents(reserved)} at list price"
            : $"{PriceText.Cents(billed)} and {PriceText.Cents(reserved)} at list price";
    }
}
