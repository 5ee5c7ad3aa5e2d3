namespace Kling.Support;

/// <summary>
/// What the engine tells whoever wants to follow it: what it decided, and what went over the wire. Listeners are called on
/// whatever thread the work runs on, and get texts that are already without secrets. What they throw is dropped: it must never
/// make the answer about a paid task a lost one.
/// </summary>
public sealed class EngineLog
{
    /// <summary>Nobody listens.</summary>
    public static EngineLog None { get; } = new();

    /// <summary>A decision: why a request is looked for, sent again, or waited with.</summary>
    public event Action<string>? Decided;

    /// <summary>A request or a reply, redacted.</summary>
    public event Action<string>? Wired;

    /// <summary>Whether anybody wants the wire.</summary>
    internal bool HasWireListener => Wired is not null;

    internal void Decide(FormattableString text) => Tell(Decided, () => text.ToString(System.Globalization.CultureInfo.InvariantCulture));

    internal void Wire(Func<string> text) => Tell(Wired, text);

    private static void Tell(Action<string>? listeners, Func<string> text)
    {
        if (listeners is null)
        {
            return;
        }

        try
        {
            listeners(text());
        }
        catch (Exception)
        {
            // The listener's defect, and nobody to tell: the listener is whom it would be told.
        }
    }
}
