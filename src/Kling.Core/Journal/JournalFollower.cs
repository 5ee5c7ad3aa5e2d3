namespace Kling.Journal;

/// <summary>
/// Where the tasks of a journal are, for a decision about buying, kept up to date: each refresh reads only what was appended since the one before.
/// What the side file knows is looked up when it is asked for. Not thread-safe.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="isIgnored">Tasks that nobody will ask for; nothing is kept of them.</param>
internal sealed class JournalFollower(TaskJournal journal, Func<Guid, bool> isIgnored) : IDisposable
{
    private const int SmallestBlock = 4096;

    // What was read here, each with what the side file knew of it before.
    private readonly Dictionary<Guid, TaskPlaces> _byId = [];
    private readonly Dictionary<string, List<Guid>> _byFingerprint = new(StringComparer.Ordinal);

    private SideFile? _side;
    private bool _isSideWrong;
    private long _readTo;

    // How many lines that is.
    private long _lines;

    /// <summary>Told of each record after it was noted, and of what the side file knows of the last 24 hours. Null where nobody listens.</summary>
    internal Action<TaskPlaces>? Noted { get; init; }

    /// <summary>The tasks that were sent with this fingerprint, oldest first, also those that were removed, or sent with another one since.</summary>
    internal IReadOnlyList<Guid> TasksOf(string fingerprint, FileStream? file) => Trusting(file, () => ListOf(fingerprint, file));

    /// <summary>Where the records of a task are; null when the journal does not know it.</summary>
    internal TaskPlaces? Find(Guid id, FileStream? file) => Trusting(file, () => PlacesOf(id, file));

    /// <summary>Reads a task; null when the journal does not know it, or it was removed.</summary>
    internal KlingTask? Read(Guid id, FileStream? file) => file is null ? null : Find(id, file)?.Read(file, journal.Endpoint);

    /// <summary>Reads what was appended since the last time. A line that has no end is read once more the next time.</summary>
    internal void Refresh(FileStream? file) => Trusting(file, () =>
    {
        ReadOn(file);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => _side?.Dispose();

    /// <summary>Does what the side file is needed for. Where it turns out to be wrong, everything is read without it.</summary>
    private T Trusting<T>(FileStream? file, Func<T> look)
    {
        try
        {
            return look();
        }
        catch (SideFileException)
        {
            journal.DropSide();
            _isSideWrong = true;
            Forget();
            ReadOn(file);
            return look();
        }
    }

    private void Forget()
    {
        _byId.Clear();
        _byFingerprint.Clear();
        _side?.Dispose();
        _side = null;
        _readTo = 0;
        _lines = 0;
    }

    private void ReadOn(FileStream? file)
    {
        long length = file?.Length ?? 0;
        if (length < _readTo || (_readTo > 0 && !IsLineEnd(file!, _readTo - 1)))
        {
            // Somebody removed, replaced or shortened the file, so nothing that it said is known any more.
            Forget();
        }

        if (file is null)
        {
            return;
        }

        if (_readTo == 0 && !_isSideWrong)
        {
            Begin(file);
        }

        if (length == _readTo && _side is not { Damaged.Count: > 0 })
        {
            return;
        }

        ForwardLines lines = new(file, _readTo, (int)Math.Clamp(length - _readTo + 1, SmallestBlock, ForwardLines.Block));
        List<long> damaged = [];
        while (journal.Next(lines, out LineHeader header, damaged))
        {
            if (!isIgnored(header.Id))
            {
                Note(header, lines.Place, file);
            }
        }

        // What a damaged line recorded would be bought again, or not count for a limit.
        long[] all = [.. _side?.Damaged ?? [], .. damaged.Select(line => _lines + line)];
        if (all.Length > 0)
        {
            throw JournalException.Damaged("journal", journal.FullPath, all);
        }

        _readTo = lines.WholeTo;
        _lines += lines.WholeLines;
    }

    /// <summary>Takes what the side file knows, so that only the rest is read.</summary>
    private void Begin(FileStream file)
    {
        _side?.Dispose();
        _side = journal.OpenSide(file);
        if (_side is null)
        {
            return;
        }

        _readTo = _side.Header.End;
        _lines = _side.Header.Lines;
        foreach (Guid id in Noted is null ? [] : _side.Records(file, [SideKeys.Since(journal.Clock.UtcNow - DayLedger.Day)]).Select(record => record.Header.Id).Distinct())
        {
            if (PlacesOf(id, file) is TaskPlaces places)
            {
                // Kept, so that who was told of it sees what is recorded later.
                _byId.TryAdd(id, places);
                Noted!(places);
            }
        }
    }

    private void Note(LineHeader header, LinePlace place, FileStream file)
    {
        if (!_byId.TryGetValue(header.Id, out TaskPlaces? places))
        {
            _byId.Add(header.Id, places = PlacesOf(header.Id, file) ?? new TaskPlaces(header.Id));
        }

        (bool isFirst, string? before) = (places.IntentTime is null, places.Fingerprint);
        places.AddNewer(header, place);
        if (header is { Event: JournalEvent.Intent, Fingerprint: string fingerprint } && fingerprint != before)
        {
            List<Guid> ids = ListOf(fingerprint, file);
            _byFingerprint[fingerprint] = ids;
            if (isFirst || !ids.Contains(header.Id))
            {
                ids.Add(header.Id);
            }
        }

        Noted?.Invoke(places);
    }

    private TaskPlaces? PlacesOf(Guid id, FileStream? file)
    {
        TaskPlaces? places = _byId.GetValueOrDefault(id);
        if (places is null && _side is not null && file is not null && !isIgnored(id))
        {
            ulong key = SideKeys.Of(id);
            foreach ((LineHeader header, LinePlace place) in _side.Records(file, [(key, key)]).Where(record => record.Header.Id == id))
            {
                (places ??= new TaskPlaces(id)).AddNewer(header, place);
            }
        }

        return places;
    }

    private List<Guid> ListOf(string fingerprint, FileStream? file)
    {
        if (_byFingerprint.TryGetValue(fingerprint, out List<Guid>? ids) || _side is null || file is null)
        {
            return ids ?? [];
        }

        ulong key = SideKeys.Of(fingerprint);
        ids = [.. _side.Records(file, [(key, key)]).Where(record => record.Header.Fingerprint == fingerprint).Select(record => record.Header.Id).Distinct().Where(id => !isIgnored(id))];
        if (ids.Count > 0)
        {
            // Many equal items would else read it again and again.
            _byFingerprint.Add(fingerprint, ids);
        }

        return ids;
    }

    private static bool IsLineEnd(FileStream file, long offset)
    {
        file.Position = offset;
        return file.ReadByte() == '\n';
    }
}
