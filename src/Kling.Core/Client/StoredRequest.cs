namespace Kling.Client;

/// <summary>Placeholder; replaced by the client room. The request as the service stored it.</summary>
public sealed class StoredRequest
{
    /// <summary>How many videos.</summary>
    public int? NumberResults { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>Seconds.</summary>
    public decimal? Duration { get; init; }

    /// <summary>Pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Guidance scale.</summary>
    public decimal? CfgScale { get; init; }

    /// <summary>Format.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Quality.</summary>
    public int? OutputQuality { get; init; }

    /// <summary>Safety mode.</summary>
    public string? SafetyMode { get; init; }

    /// <summary>Whether to check.</summary>
    public bool? CheckContent { get; init; }

    /// <summary>Seconds.</summary>
    public int? Ttl { get; init; }
}
