namespace Kling.Models;

/// <summary>What one request is expected to cost, what a task was billed, or the total of several.</summary>
public sealed class KlingCost
{
    /// <summary>The image priced, or that of the task; the id of a task without one; <c>Total</c> on a total.</summary>
    public string Item { get; init; } = "";

    /// <summary>The task priced; null for a request and on a total.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The model; null on a total.</summary>
    public string? ModelId { get; init; }

    /// <summary>Seconds of one video; null on a total.</summary>
    public decimal? Seconds { get; init; }

    /// <summary>How many videos.</summary>
    public int VideoCount { get; init; }

    /// <summary>List price in USD; null when it is unknown. That of a total is the sum of what is known.</summary>
    public decimal? EstimatedCost { get; init; }

    /// <summary>How many of the priced items have no known price.</summary>
    public int UnpricedCount { get; init; }

    /// <summary>What the service reported as billed in USD; null when nothing was reported.</summary>
    public decimal? BilledCost { get; init; }

    /// <summary>What to know about these numbers.</summary>
    public string? Note { get; init; }
}
