namespace Kling.Journal;

/// <summary>The journal cannot be written or read; nothing may be spent until it can.</summary>
public sealed class JournalException : Exception
{
    /// <summary>Creates the exception.</summary>
    public JournalException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
