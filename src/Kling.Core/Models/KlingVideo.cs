namespace Kling.Models;

/// <summary>One finished video of a task.</summary>
public sealed class KlingVideo
{
    /// <summary>The service's id of the video (<c>videoUUID</c>).</summary>
    public string VideoId { get; init; } = "";

    /// <summary>Where the video can be downloaded for a limited time (<c>videoURL</c>).</summary>
    public string? VideoUrl { get; init; }

    /// <summary>The seed the service drew.</summary>
    public long? Seed { get; init; }

    /// <summary>Whether the safety check flagged the video (<c>NSFWContent</c>); null when it was not checked.</summary>
    public bool? Nsfw { get; init; }

    /// <summary>What the service billed for this video, in USD; null when it did not report it.</summary>
    public decimal? VideoCost { get; init; }

    /// <summary>Full path of the saved file; null until it was saved.</summary>
    public string? File { get; set; }

    /// <summary>Size of the saved file in bytes, which tells later whether it is still whole; null until it was saved.</summary>
    public long? FileBytes { get; set; }

    /// <summary>One video of two reports about it: each value as the preferred report has it, else as the other one has it.</summary>
    internal static KlingVideo Merge(KlingVideo preferred, KlingVideo other, string id) => new()
    {
        VideoId = id,
        VideoUrl = preferred.VideoUrl ?? other.VideoUrl,
        Seed = preferred.Seed ?? other.Seed,
        Nsfw = preferred.Nsfw ?? other.Nsfw,
        VideoCost = preferred.VideoCost ?? other.VideoCost,
        File = preferred.File ?? other.File,

        // A size belongs to its file. The size of another file says nothing.
        FileBytes = preferred.File is null || preferred.File == other.File ? preferred.FileBytes ?? other.FileBytes : preferred.FileBytes,
    };

    /// <summary>The video without the cost that was reported.</summary>
    internal KlingVideo WithoutCost() => new()
    {
        VideoId = VideoId,
        VideoUrl = VideoUrl,
        Seed = Seed,
        Nsfw = Nsfw,
        File = File,
        FileBytes = FileBytes,
    };

    /// <inheritdoc/>
    public override string ToString() => File ?? VideoUrl ?? VideoId;
}
