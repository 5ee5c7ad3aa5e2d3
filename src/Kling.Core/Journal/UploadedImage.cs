namespace Kling.Journal;

/// <summary>An image that was uploaded.</summary>
/// <param name="Sha256">SHA-256 of its bytes in lower-case hex.</param>
/// <param name="MediaId">The service's id of it.</param>
/// <param name="MediaUrl">Where the service shows it; null when it did not say, or not without a query.</param>
/// <param name="UploadedAt">When it was sent.</param>
/// <param name="LastUsedAt">When it was last used, to the day.</param>
public sealed record UploadedImage(string Sha256, Guid MediaId, string? MediaUrl, DateTimeOffset UploadedAt, DateTimeOffset LastUsedAt)
{
    /// <summary>Full path of the file it was sent from; null for inline data.</summary>
    public string? Source { get; init; }
}
