using Kling.Models;

namespace Kling.Journal;

/// <summary>Records nothing; for programs that keep their own record.</summary>
public sealed class NoJournal : ITaskJournal
{
    /// <summary>The one instance.</summary>
    public static NoJournal Instance { get; } = new();

    /// <inheritdoc/>
    public void Append(JournalEvent what, KlingTask task)
    {
    }
}
