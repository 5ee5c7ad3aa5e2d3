namespace Kling.Models;

/// <summary>What the tasks of one day and one model cost, or the total of several days and models.</summary>
public sealed class KlingSpending
{
    /// <summary>The day in the machine's own time zone, as <c>yyyy-MM-dd</c>, or <c>Total</c>.</summary>
    public string Day { get; init; } = "";

    /// <summary>The model; null on a total, and where a task's model is not known.</summary>
    public string? ModelId { get; init; }

    /// <summary>How many tasks were sent on that day.</summary>
    public int TaskCount { get; init; }

    /// <summary>How many videos they have.</summary>
    public int VideoCount { get; init; }

    /// <summary>How many of the tasks failed.</summary>
    public int FailedCount { get; init; }

    /// <summary>List price in USD of the tasks that may cost money and whose price is known.</summary>
    public decimal EstimatedCost { get; init; }

    /// <summary>How many tasks may cost money and have no known price.</summary>
    public int UnpricedCount { get; init; }

    /// <summary>What the service reported as billed in USD; null when it reported nothing.</summary>
    public decimal? BilledCost { get; init; }

    /// <summary>The API address that the tasks were sent to.</summary>
    public string? Endpoint { get; init; }
}
