namespace Kling.Journal;

/// <summary>What happened to a task.</summary>
public enum JournalEvent
{
    /// <summary>The task is about to be sent for the first time.</summary>
    Intent,

    /// <summary>The service has the task.</summary>
    Accepted,

    /// <summary>The service refused the task, or it provably never reached the service; nothing was charged.</summary>
    NotCharged,

    /// <summary>Whether the service has the task could not be found out.</summary>
    Unknown,

    /// <summary>Some of the task's videos are ready.</summary>
    Progress,

    /// <summary>The task ended, well or badly.</summary>
    Ended,

    /// <summary>A video was saved to a file.</summary>
    Saved,

    /// <summary>The user gave the task up; it is no longer listed.</summary>
    Removed,
}
