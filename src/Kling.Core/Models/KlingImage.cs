namespace Kling.Models;

/// <summary>An image the service keeps, so that many requests can name it without sending it again.</summary>
public sealed class KlingImage
{
    /// <summary>
    /// The service's id of the image (<c>mediaUUID</c>, or <c>imageUUID</c> of the older task), under the name that
    /// <c>New-KlingVideo -Image</c> binds from the pipeline.
    /// </summary>
    public Guid MediaUUID { get; init; }

    /// <summary>Where the service shows the image; null when it did not say.</summary>
    public string? MediaUrl { get; init; }

    /// <summary>SHA-256 of the image's bytes in lower-case hex; null where only the service saw them.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Size in bytes; null where only the service saw them.</summary>
    public long? Bytes { get; init; }

    /// <summary>Width in pixels as shown; null where it is not known. The service may keep a smaller copy.</summary>
    public int? PixelWidth { get; init; }

    /// <summary>Height in pixels as shown; null where it is not known. The service may keep a smaller copy.</summary>
    public int? PixelHeight { get; init; }

    /// <summary>What was sent: path or address; inline data as length and hash.</summary>
    public string? Source { get; init; }

    /// <summary>Whether the same bytes had been sent before, so that nothing was sent now.</summary>
    public bool IsReused { get; init; }

    /// <summary>When the bytes were sent.</summary>
    public DateTimeOffset UploadedAt { get; init; }

    /// <summary>The API address that keeps the image.</summary>
    public string? Endpoint { get; init; }

    /// <inheritdoc/>
    public override string ToString() => MediaUUID.ToString("D");
}
