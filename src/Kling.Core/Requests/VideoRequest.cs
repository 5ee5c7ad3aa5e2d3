using Kling.Models;

namespace Kling.Requests;

/// <summary>
/// What is asked of the service. A null property was not given and stays off the wire.
/// Names are the parameters' names; RequestJson knows the wire names. Limits are in <see cref="ModelSpec"/>.
/// </summary>
public sealed record VideoRequest
{
    /// <summary>The task's id; a v4 UUID.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The model's id.</summary>
    public string Model { get; init; } = ModelSpec.DefaultModelId;

    /// <summary>The first frame.</summary>
    public RequestImage? Image { get; init; }

    /// <summary>The prompt; optional (protocol note, positivePrompt).</summary>
    public string? Prompt { get; init; }

    /// <summary>Length in seconds.</summary>
    public decimal? Duration { get; init; }

    /// <summary>Width in pixels; only together with <see cref="Height"/>.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels; only together with <see cref="Width"/>.</summary>
    public int? Height { get; init; }

    /// <summary>Guidance scale.</summary>
    public decimal? CfgScale { get; init; }

    /// <summary>How many videos.</summary>
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

    /// <summary>Address the service posts results to.</summary>
    public string? WebhookUrl { get; init; }

    /// <summary>Address the service puts the video to.</summary>
    public string? UploadEndpoint { get; init; }

    /// <summary>Whether the reply shall name the cost.</summary>
    public bool IncludeCost { get; init; } = true;
}
