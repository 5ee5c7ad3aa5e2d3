using Kling.Models;

namespace Kling.Wire;

/// <summary>A request as the service's archive keeps it. Inline images and queries are masked.</summary>
public sealed class StoredRequest
{
    /// <summary>The task's id.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The first frame: a UUID, an address with its query masked, or inline data as length and hash.</summary>
    public string? Image { get; init; }

    /// <summary>What was asked beside the image.</summary>
    public VideoSettings Settings { get; init; } = new();

    /// <summary>Whether the reply was to name the cost.</summary>
    public bool? IncludeCost { get; init; }
}
