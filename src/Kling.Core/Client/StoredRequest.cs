namespace Kling.Client;

/// <summary>A request as the service's archive keeps it; a null property was not in it. Inline images and queries are masked.</summary>
public sealed class StoredRequest
{
    /// <summary>The task's id.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The model's id.</summary>
    public string? Model { get; init; }

    /// <summary>The first frame: a UUID, an address with its query masked, or inline data as length and hash.</summary>
    public string? Image { get; init; }

    /// <summary>The prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>Length in seconds.</summary>
    public decimal? Duration { get; init; }

    /// <summary>Width in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Guidance scale.</summary>
    public decimal? CfgScale { get; init; }

    /// <summary>How many videos; null means one (model page, numberResults).</summary>
    public int? NumberResults { get; init; }

    /// <summary>File format.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Compression quality.</summary>
    public int? OutputQuality { get; init; }

    /// <summary>Whether to check the content.</summary>
    public bool? CheckContent { get; init; }

    /// <summary>How to check the content.</summary>
    public string? SafetyMode { get; init; }

    /// <summary>How long the service keeps the video, in seconds.</summary>
    public int? Ttl { get; init; }

    /// <summary>Whether the reply was to name the cost.</summary>
    public bool? IncludeCost { get; init; }
}
