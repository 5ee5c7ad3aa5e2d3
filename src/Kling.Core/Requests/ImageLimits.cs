namespace Kling.Requests;

/// <summary>
/// What the model wants of an image. The source is an older provider page (protocol note, images), not the model page,
/// so crossing a limit is a warning. The size of the file is the exception: all sources agree that more than
/// <see cref="MaxBytes"/> is too much.
/// </summary>
public sealed class ImageLimits
{
    /// <summary>The shortest side in pixels.</summary>
    public int MinSide { get; init; }

    /// <summary>The longest side in pixels.</summary>
    public int MaxSide { get; init; }

    /// <summary>The largest file in bytes; a larger one is refused before it is sent (protocol note, images: 20 MB).</summary>
    public long MaxBytes { get; init; }

    /// <summary>The size in bytes above which there is a warning (protocol note, images: Kling's own interface takes 10 MB).</summary>
    public long WarnBytes { get; init; }

    /// <summary>The formats named for inference inputs.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];
}
