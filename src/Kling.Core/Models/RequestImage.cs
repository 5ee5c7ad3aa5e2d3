namespace Kling.Models;

/// <summary>The image of a request: what kind it is and where its bytes are.</summary>
public sealed class RequestImage
{
    /// <summary>Creates the image.</summary>
    /// <param name="kind">How the image is given.</param>
    /// <param name="value">The UUID, URL, data URI, base64 text, or full file path.</param>
    public RequestImage(ImageKind kind, string value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>How the image is given.</summary>
    public ImageKind Kind { get; }

    /// <summary>The UUID, URL, data URI, base64 text, or full file path.</summary>
    public string Value { get; }

    /// <summary>SHA-256 of the image's bytes in lower-case hex; null where only the service can see them.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Size in bytes; null where only the service can see them.</summary>
    public long? Bytes { get; init; }
}
