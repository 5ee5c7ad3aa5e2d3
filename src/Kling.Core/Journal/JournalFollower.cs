namespace Kling.Journal;

/// <summary>Where every task of a journal is, kept up to date: each refresh reads only what was appended since the one before. Not thread-safe.</summary>
/// <param name="journal">The journal.</param>
/// <param name="isIgnored">Tasks that nobody will ask for; nothing is kept of them.</param>
internal sealed class JournalFollower(TaskJournal journal, Func<Guid, bool> isIgnored)
{
    private const int SmallestBlock = 4096;

    private readonly Dictionary<Guid, TaskPlaces> _byId = [];
    private readonly Dictionary<string, List<Guid>> _byFingerprint = new(StringComparer.Ordinal);
    private long _readTo;

    // How many lines that is.
    private long _lines;

    /// <summary>Told of each record after it was noted.</summary>
    internal Action<TaskPlaces> Noted { get; init; } = static _ => { };

    /// <summary>The tasks with this fingerprint, oldest first, also those that were removed.</summary>
    internal IReadOnlyList<Guid> TasksOf(string fingerprint) => _byFingerprint.TryGetValue(fingerprint, out List<Guid>? ids) ? ids : [];

    /// <summary>Where the records of a task are; null when the journal does not know it.</summary>
    internal TaskPlaces? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>Reads a task; null when the journal does not know it, or it was removed.</summary>
    internal KlingTask? Read(Guid id, FileStream? file) => file is null ? null : Find(id)?.Read(file, journal.Endpoint);

    /// <summary>Reads what was appended since the last time. A line that is still being written is left for the next.</summary>
    internal void Refresh(FileStream? file)
    {
        long length = file?.Length ?? 0;
        if (length < _readTo || (_readTo > 0 && !IsLineEnd(file!, _readTo - 1)))
        {
            // Somebody removed, replaced or shortened the file, so nothing that it said is known any more.
            _byId.Clear();
            _byFingerprint.Clear();
            _readTo = 0;
            _lines = 0;
        }

        if (file is null || length == _readTo)
        {
            return;
        }

        ForwardLines lines = new(file, _readTo, (int)Math.Clamp(length - _readTo + 1, SmallestBlock, ForwardLines.Block));
        List<long> damaged = [];
        while (journal.Next(lines, out LineHeader header, damaged) && !lines.IsTorn)
        {
            if (!isIgnored(header.Id))
            {
                Note(header, lines.Place);
            }
        }

        // What a damaged line recorded would be bought again, or not count for a limit.
        if (damaged.Count > 0)
        {
            throw JournalException.Damaged("journal", journal.FullPath, [.. damaged.Select(line => _lines + line)]);
        }

        _readTo = lines.WholeTo;
        _lines += lines.Number - (lines.IsTorn ? 1 : 0);
    }

    private void Note(LineHeader header, LinePlace place)
    {
        if (!_byId.TryGetValue(header.Id, out TaskPlaces? places))
        {
            _byId.Add(header.Id, places = new TaskPlaces(header.Id));
        }

        bool isNew = places.Fingerprint is null;
        places.AddNewer(header, place);
        if (isNew && places.Fingerprint is string fingerprint)
        {
            if (!_byFingerprint.TryGetValue(fingerprint, out List<Guid>? ids))
            {
                _byFingerprint.Add(fingerprint, ids = []);
            }

            ids.Add(header.Id);
        }

        Noted(places);
    }

    private static bool IsLineEnd(FileStream file, long offset)
    {
        file.Position = offset;
        return file.ReadByte() == '\n';
    }
}
