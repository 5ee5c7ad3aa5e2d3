using Kling.Models;

namespace Kling.Journal;

/// <summary>Where the engine records what is paid for.</summary>
public interface ITaskJournal
{
    /// <summary>Records an event with the task as it is now, and returns only once that is on the disk.</summary>
    /// <exception cref="JournalException">It could not be written; before a submit, nothing may be sent then.</exception>
    void Append(JournalEvent what, KlingTask task);
}
