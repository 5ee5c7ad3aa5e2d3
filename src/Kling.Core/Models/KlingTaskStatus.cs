namespace Kling.Models;

/// <summary>Where a task stands.</summary>
public enum KlingTaskStatus
{
    /// <summary>The request is on its way; the service has not answered yet.</summary>
    Submitting,

    /// <summary>The service accepted the task and has not finished all of its videos.</summary>
    Processing,

    /// <summary>Every requested video is ready.</summary>
    Succeeded,

    /// <summary>The task ended with some videos ready and some failed.</summary>
    PartiallySucceeded,

    /// <summary>The task ended without a video, or was refused.</summary>
    Failed,

    /// <summary>Whether the service accepted the task could not be found out.</summary>
    Unknown,
}
