namespace Kling.Sandbox;

/// <summary>One line of the ledger: a delivered video.</summary>
public sealed class SandboxCharge
{
    /// <summary>The task's id.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The video's id.</summary>
    public Guid VideoId { get; init; }

    /// <summary>What it cost in USD.</summary>
    public decimal Amount { get; init; }

    /// <summary>When the video was finished, UTC.</summary>
    public DateTimeOffset At { get; init; }
}
