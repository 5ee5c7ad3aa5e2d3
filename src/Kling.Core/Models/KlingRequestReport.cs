namespace Kling.Models;

/// <summary>What a request would be, without sending it.</summary>
public sealed class KlingRequestReport
{
    /// <summary>The number of the input object it is about, from 1. An input object with several images or variants has several reports.</summary>
    public int Row { get; init; }

    /// <summary>Whether the request could be sent.</summary>
    public bool IsValid { get; init; }

    /// <summary>The id that the task would have with the key of <c>-IdempotencyKey</c>; null without one, or when the request cannot be sent.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The image as it was named.</summary>
    public string? ImageName { get; init; }

    /// <summary>What the image's text was taken for: one of <see cref="Models.ImageKind"/>.</summary>
    public string? ImageKind { get; init; }

    /// <summary>The format found in the image's bytes, for example <c>PNG</c>; null where only the service can see them.</summary>
    public string? ImageFormat { get; init; }

    /// <summary>The image's width in pixels as it is shown; null where it is not known.</summary>
    public int? PixelWidth { get; init; }

    /// <summary>The image's height in pixels as it is shown; null where it is not known.</summary>
    public int? PixelHeight { get; init; }

    /// <summary>The image's size in bytes; null where only the service can see them.</summary>
    public long? ImageBytes { get; init; }

    /// <summary>Whether the image's pixels can be transparent, which a video cannot show; null where it is not known.</summary>
    public bool? HasAlpha { get; init; }

    /// <summary>How much of the image the video's size crops, in percent; null where either is not known.</summary>
    public decimal? CropPercent { get; init; }

    /// <summary>Everything that is wrong, each with what was given and what is allowed.</summary>
    public IReadOnlyList<string> Violations { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>What is allowed but worth a look.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = JoinedList<string>.Of(value); } = JoinedList<string>.None;

    /// <summary>List price in USD; null when it is unknown or the request cannot be put together.</summary>
    public decimal? EstimatedCost { get; init; }

    /// <summary>
    /// The request as it would go over the wire; inline data and address queries are shown as lengths. Null where a cell cannot be read or
    /// the image cannot be used.
    /// </summary>
    public string? Json { get; init; }
}
