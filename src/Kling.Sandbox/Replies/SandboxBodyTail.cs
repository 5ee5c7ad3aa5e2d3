namespace Kling.Sandbox.Replies;

/// <summary>How a reply ends on the wire. When it is not complete, half the body is sent, or nothing at all where the status is 0.</summary>
public enum SandboxBodyTail
{
    /// <summary>All of it is sent.</summary>
    Complete,

    /// <summary>The connection is closed in order.</summary>
    Truncate,

    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>The connection stays open and silent.</summary>
    Stall,
}
