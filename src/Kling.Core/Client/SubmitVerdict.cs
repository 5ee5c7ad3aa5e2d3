namespace Kling.Client;

/// <summary>What one attempt to submit tells about the task.</summary>
public enum SubmitVerdict
{
    /// <summary>The service has the task.</summary>
    Acknowledged,

    /// <summary>The service refused it.</summary>
    Refused,

    /// <summary>The service refused it for now.</summary>
    RetryLater,

    /// <summary>It provably never left.</summary>
    Unsent,

    /// <summary>It may have arrived.</summary>
    Ambiguous,

    /// <summary>The service already has the task, from an earlier attempt of ours.</summary>
    Conflict,
}
