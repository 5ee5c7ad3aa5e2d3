namespace Kling.Wire;

/// <summary>One non-error item of an envelope's <c>data</c>.</summary>
public sealed class ResultItem
{
    /// <summary>The task the item belongs to; null when it named none that reads as a UUID.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The item's <c>taskType</c>.</summary>
    public string? TaskType { get; init; }

    /// <summary>The item's <c>status</c>, as sent.</summary>
    public string? Status { get; init; }

    /// <summary>Progress in percent, where the service sends it.</summary>
    public double? Progress { get; init; }

    /// <summary>What the service billed for the item, in USD; null when it did not say.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The finished video; null for acknowledgements and unfinished items.</summary>
    public Models.KlingVideo? Video { get; init; }

    /// <summary>The id of an uploaded image (<c>mediaUUID</c> or <c>imageUUID</c>); null for anything else.</summary>
    public Guid? MediaId { get; init; }

    /// <summary>Where an uploaded image is shown; null for anything else, and when it was not told.</summary>
    public string? MediaUrl { get; init; }
}
