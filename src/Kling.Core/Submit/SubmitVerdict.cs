namespace Kling.Submit;

/// <summary>What one attempt to submit a task means for the task and its money.</summary>
public enum SubmitVerdict
{
    /// <summary>The service has the task.</summary>
    Acknowledged,

    /// <summary>The service refused the task; nothing is charged.</summary>
    Refused,

    /// <summary>The service did not take the task now; the same id may be sent again later.</summary>
    RetryLater,

    /// <summary>The request never left; the same id may be sent again.</summary>
    Unsent,

    /// <summary>The service may or may not have the task: look before anything is sent again.</summary>
    Ambiguous,

    /// <summary>The service has this id from an earlier attempt of ours: proof that that one was accepted.</summary>
    Conflict,
}
