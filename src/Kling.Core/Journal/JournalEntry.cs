using Kling.Models;

namespace Kling.Journal;

/// <summary>Where the records of one task are.</summary>
internal sealed class JournalEntry(Guid id)
{
    private readonly List<LinePlace> _places = [];

    internal Guid Id => id;

    /// <summary>The fingerprint of its newest Intent.</summary>
    internal string? Fingerprint { get; private set; }

    /// <summary>When it was first recorded.</summary>
    internal DateTimeOffset FirstTime { get; private set; }

    internal bool IsRemoved { get; private set; }

    /// <summary>Where its oldest record is.</summary>
    internal long FirstOffset => _places.Min(place => place.Offset);

    /// <summary>Takes note of a later record.</summary>
    internal void AddNewer(JournalHeader header, LinePlace place)
    {
        FirstTime = _places.Count == 0 ? header.Time : FirstTime;
        if (header.Event == JournalEvent.Intent)
        {
            Fingerprint = header.Fingerprint;
            IsRemoved = false;
        }
        else if (header.Event == JournalEvent.Removed)
        {
            IsRemoved = true;
        }

        _places.Add(place);
    }

    /// <summary>Takes note of an earlier record.</summary>
    internal void AddOlder(JournalHeader header, LinePlace place)
    {
        FirstTime = header.Time;
        _places.Insert(0, place);
    }

    /// <summary>Reads its records; null when it was removed or its records cannot be read any more.</summary>
    internal KlingTask? Fold(Stream file, string endpoint)
        => TaskFold.Fold(id, endpoint, _places.Select(place => place.Read(file)).OfType<JournalRecord>());
}
