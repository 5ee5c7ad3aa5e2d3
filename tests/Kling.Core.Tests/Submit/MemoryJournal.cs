using Kling.Journal;
using Kling.Models;

namespace Kling.Core.Tests.Submit;

/// <summary>A journal in memory that keeps each task as it was when it was recorded.</summary>
internal sealed class MemoryJournal : ITaskJournal
{
    private readonly List<(JournalEvent What, KlingTask Task)> _entries = [];

    /// <summary>How many records each writing brought.</summary>
    public List<int> Writings { get; } = [];

    public Func<JournalEvent, bool> Fails { get; set; } = _ => false;

    public IReadOnlyList<(JournalEvent What, KlingTask Task)> Entries
    {
        get
        {
            lock (_entries)
            {
                return [.. _entries];
            }
        }
    }

    public IReadOnlyList<JournalEvent> Events => [.. Entries.Select(entry => entry.What)];

    public void Append(JournalEvent what, KlingTask task)
    {
        if (Fails(what))
        {
            throw new JournalException("disk full");
        }

        lock (_entries)
        {
            _entries.Add((what, task.Snapshot()));
        }
    }

    public void Append(IReadOnlyList<(JournalEvent Event, KlingTask Task)> records)
    {
        Writings.Add(records.Count);
        foreach ((JournalEvent what, KlingTask task) in records)
        {
            Append(what, task);
        }
    }
}
