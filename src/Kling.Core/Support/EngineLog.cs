namespace Kling.Support;

/// <summary>
/// What the engine tells whoever wants to follow it: what it decided, and what went over the wire. Listeners are called on
/// whatever thread the work runs on, must not throw, and get texts that are already without secrets.
/// </summary>
public sealed class EngineLog
{
    /// <summary>Nobody listens.</summary>
    public static EngineLog None { get; } = new();

    /// <summary>A decision: why a request is looked for, sent again, or waited with.</summary>
    public event Action<string>? Decided;

    /// <summary>A request or a reply, redacted.</summary>
    public event Action<string>? Wired;

    /// <summary>Whether anybody wants the wire; its texts are made only then.</summary>
    internal bool HasWireListener => Wired is not null;

    internal void Decide(FormattableString text) => Decided?.Invoke(text.ToString(System.Globalization.CultureInfo.InvariantCulture));

    internal void Wire(string text) => Wired?.Invoke(text);
}
