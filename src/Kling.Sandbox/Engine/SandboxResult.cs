namespace Kling.Sandbox.Engine;

/// <summary>One result of an accepted task: a video to come, or a failure.</summary>
internal sealed class SandboxResult
{
    internal Guid VideoId { get; init; }

    internal long Seed { get; init; }

    /// <summary>When it is finished; null is never.</summary>
    internal DateTimeOffset? ReadyAt { get; init; }

    /// <summary>The shape in which it fails; null when it succeeds.</summary>
    internal SandboxFaultKind? Failure { get; init; }

    /// <summary>Whether it was billed and announced.</summary>
    internal bool IsSettled { get; set; }

    internal bool IsReady(DateTimeOffset now) => ReadyAt <= now;
}
