using Kling.Paths;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>Options of one New-KlingVideo invocation.</summary>
internal sealed class VideoBatchOptions
{
    internal SpendGuard Guard { get; init; } = new(ceiling: null, asks: true);

    /// <summary>The id of the one item; empty where each draws its own.</summary>
    internal Guid TaskId { get; init; }

    internal bool Waits { get; init; }

    /// <summary>How long to wait for each task; null for no limit.</summary>
    internal TimeSpan? WaitTime { get; init; }

    /// <summary>Where and how to save the videos; null to save nothing.</summary>
    internal SaveOptions? Save { get; init; }

    internal int ThrottleLimit { get; init; }

    internal bool Resume { get; init; }

    internal bool Force { get; init; }

    internal UploadMode Upload { get; init; }

    /// <summary>The images that could not be uploaded.</summary>
    internal FailedUploads FailedUploads { get; } = new();
}
