namespace Kling.Models;

/// <summary>What one request is expected to cost, what a task was billed, or the total of several.</summary>
public sealed class KlingCost
{
    /// <summary>The image or task priced, or <c>Total</c>.</summary>
    public string Item { get; init; } = "";

    /// <summary>The model; null on a total.</summary>
    public string? ModelId { get; init; }

    /// <summary>Seconds of one video; null on a total.</summary>
    public decimal? Seconds { get; init; }

    /// <summary>How many videos.</summary>
    public int VideoCount { get; init; }

    /// <summary>List price in USD; null when it is unknown.</summary>
    public decimal? EstimatedCost { get; init; }

    /// <summary>What the service reported as billed in USD; null when nothing was reported.</summary>
    public decimal? BilledCost { get; init; }

    /// <summary>What to know about these numbers.</summary>
    public string? Note { get; init; }
}
