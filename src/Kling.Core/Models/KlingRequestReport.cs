namespace Kling.Models;

/// <summary>What a request would be, without sending it.</summary>
public sealed class KlingRequestReport
{
    /// <summary>Whether the request could be sent.</summary>
    public bool IsValid { get; init; }

    /// <summary>The image as it was named.</summary>
    public string? ImageName { get; init; }

    /// <summary>What the image's text was taken for.</summary>
    public ImageKind? ImageKind { get; init; }

    /// <summary>Everything that is wrong, each with what was given and what is allowed.</summary>
    public IReadOnlyList<string> Violations { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>What is allowed but worth a look.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>List price in USD; null when it is unknown.</summary>
    public decimal? EstimatedCost { get; init; }

    /// <summary>The request as it would go over the wire; inline data and address queries are shown as lengths.</summary>
    public string? Json { get; init; }
}
