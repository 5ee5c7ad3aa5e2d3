namespace Kling.Support;

/// <summary>
/// Tells listeners what the engine decided, and what went over the wire. They are called on the thread that the work runs on, and
/// get texts without secrets. What a listener throws is dropped: it must never lose the answer about a paid task.
/// </summary>
public sealed class ModuleLog
{
    /// <summary>Nobody listens.</summary>
    public static ModuleLog None { get; } = new();

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
            // The listener failed, and there is nobody else to tell.
        }
    }
}
