namespace Kling.Requests;

/// <summary>
/// What the model wants of an image. The source is an older provider page (protocol note, images), not the model page,
/// so crossing a limit is a warning and never a refusal.
/// </summary>
public sealed class ImageLimits
{
    /// <summary>The shortest side in pixels.</summary>
    public int MinSide { get; init; }

    /// <summary>The longest side in pixels.</summary>
    public int MaxSide { get; init; }

    /// <summary>The largest file in bytes; the narrower reading of "20 MB", since this only warns.</summary>
    public long MaxBytes { get; init; }

    /// <summary>The formats named for inference inputs.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];
}
