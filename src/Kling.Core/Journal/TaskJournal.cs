using System.Globalization;

namespace Kling.Journal;

/// <summary>
/// The append-only record of every task of one endpoint, shared by all processes of the user. Writers take turns;
/// readers see whole records at any time. Safe to use from several threads.
/// </summary>
public sealed class TaskJournal : ITaskJournal
{
    private static readonly TimeSpan s_lockWait = TimeSpan.FromSeconds(5);

    private readonly JournalFile _file;
    private readonly string _endpoint;
    private readonly IClock _clock;
    private readonly TimeSpan _lockWait;
    private readonly SideFiles _sides;
    private long _skippedLines;

    /// <summary>
    /// Creates the journal of an endpoint; nothing is created on the disk before the first record. One file may hold the records of several
    /// endpoints. The lock is waited for in real time even when <paramref name="clock"/> is virtual, because the other process is real.
    /// Tests of a failing disk give <paramref name="open"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The endpoint has a user name or a query, which must not get into a file.</exception>
    internal TaskJournal(string path, Uri endpoint, IClock clock, TimeSpan? lockWait = null, IClock? waiting = null, Func<string, FileStream>? open = null)
    {
        if (endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
        {
            throw new ArgumentException("An endpoint with a user name, a query or a fragment cannot be recorded.", nameof(endpoint));
        }

        FullPath = Path.GetFullPath(path);
        _endpoint = endpoint.AbsoluteUri;
        _clock = clock;
        _lockWait = lockWait ?? s_lockWait;
        _sides = new SideFiles(this);
        _file = new JournalFile(FullPath, "journal", waiting ?? SystemClock.Instance, _lockWait, open);
    }

    /// <summary>The file's absolute path.</summary>
    public string FullPath { get; }

    /// <summary>The address whose tasks it holds.</summary>
    internal string Endpoint => _endpoint;

    internal IClock Clock => _clock;

    /// <summary>So many bytes are read by every reader before they are worth a longer side file.</summary>
    internal long LongestTail { get; init; } = 16 * 1024 * 1024;

    /// <summary>So many entries are held at once while a side file is made.</summary>
    internal int MostEntries { get; init; } = 2 * 1024 * 1024;

    /// <summary>
    /// How many lines the last reading could not use, because they are damaged or foreign. Only a whole reading counts all. A line that its
    /// writer did not finish is not counted: nothing was sent for it.
    /// </summary>
    public long SkippedLines => Interlocked.Read(ref _skippedLines);

    /// <inheritdoc/>
    /// <remarks>
    /// A task that is sent again is recorded with another <see cref="JournalEvent.Intent"/>; pass it as the journal
    /// knows it (<see cref="Find"/>), so that the new record carries on what is known.
    /// </remarks>
    public void Append(JournalEvent journalEvent, KlingTask task) => Append(journalEvent, task, null, static _ => true);

    /// <summary>
    /// Records an event, unless what stands in the journal forbids it. That is decided while no other process can write, so what
    /// <paramref name="isRight"/> reads is still so when the record is written. It must not write to the journal itself.
    /// </summary>
    /// <param name="journalEvent">The event.</param>
    /// <param name="task">The task as it is now.</param>
    /// <param name="command">The command that sends the task; only an Intent names it.</param>
    /// <param name="isRight">Whether to record it.</param>
    /// <exception cref="JournalException">It could not be written; before a submit, nothing may be sent then.</exception>
    internal void Append(JournalEvent journalEvent, KlingTask task, string? command, Func<FileStream, bool> isRight)
    {
        string consequence = Consequence(journalEvent, task);
        byte[] line = LineOf(journalEvent, task, command, consequence);
        string advice = journalEvent == JournalEvent.Intent
            ? $" Make space on the disk, make the folder writable, or set {JournalFolder.HomeVariable} to a folder that can be written." : "";
        Write(file => isRight(file) ? line : null, consequence, advice);
    }

    /// <inheritdoc/>
    public void Append(IReadOnlyList<(JournalEvent Event, KlingTask Task)> records)
    {
        using MemoryStream lines = new();
        JournalException? refused = null;
        foreach ((JournalEvent journalEvent, KlingTask task) in records)
        {
            try
            {
                lines.Write(LineOf(journalEvent, task, command: null, Consequence(journalEvent, task)));
            }
            catch (JournalException failure)
            {
                // The others are recorded all the same.
                refused ??= failure;
            }
        }

        string consequence = records.Count == 1 ? Consequence(records[0].Event, records[0].Task)
            : FormattableString.Invariant($" The records of {records.Count} tasks stay as they were.");
        if (lines.Length > 0)
        {
            Write(_ => lines.ToArray(), consequence, advice: "");
        }

        if (refused is not null)
        {
            throw refused;
        }
    }

    private byte[] LineOf(JournalEvent journalEvent, KlingTask task, string? command, string consequence)
    {
        if (task.Endpoint is string other && !string.Equals(other, _endpoint, StringComparison.Ordinal))
        {
            throw new JournalException($"Task {task.TaskId:D} belongs to another endpoint than this journal's {_endpoint}.{consequence}");
        }

        byte[] line = JournalWriter.Write(journalEvent, task, _endpoint, _clock.UtcNow, command);
        if (line.Length > JournalFormat.LongestLine)
        {
            string bytes = line.Length.ToString(CultureInfo.InvariantCulture);
            throw new JournalException($"The record of task {task.TaskId:D} would have {bytes} bytes, more than any reader takes.{consequence}");
        }

        return line;
    }

    private void Write(Func<FileStream, byte[]?> decide, string consequence, string advice)
    {
        try
        {
            _file.AppendInTurn(decide);
        }
        catch (IOException busy) when (JournalFile.IsBusy(busy))
        {
            string seconds = _lockWait.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            throw new JournalException($"The journal '{FullPath}' cannot be written: another process kept it locked for {seconds} s.{consequence}", busy);
        }
        catch (Exception failed) when (JournalFile.IsFileFault(failed))
        {
            throw new JournalException($"The journal '{FullPath}' cannot be written: {failed.Message.TrimEnd('.')}.{consequence}{advice}", failed);
        }
    }

    /// <summary>The newest tasks, read from the end of the file. Those sent last are at the end; one of another machine counts from its first record.</summary>
    /// <param name="count">At most how many.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public IReadOnlyList<KlingTask> Last(int count) => [.. Read(file => ReadBackwards(file, count, null, static _ => true)).Select(found => found.Task)];

    /// <summary>
    /// The tasks that match: at most the newest <paramref name="last"/>, and only those whose newest Intent was recorded at or after
    /// <paramref name="since"/>. A task without an Intent counts from its first record. The order is that of <see cref="Last"/>,
    /// or of <see cref="All"/> where neither limit is given.
    /// </summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public IEnumerable<KlingTask> Select(int? last, DateTimeOffset? since, Func<KlingTask, bool> filter) => last is null && since is null
        ? All().Where(filter)
        : Read(file => ReadBackwards(file, last ?? int.MaxValue, since, filter)).Select(found => found.Task);

    /// <summary>The tasks whose newest Intent was recorded at or after a time, each with the time of that Intent, oldest first.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal IReadOnlyList<(DateTimeOffset SentAt, KlingTask Task)> SentSince(DateTimeOffset since) =>
        Read(file => ReadBackwards(file, int.MaxValue, since, static _ => true));

    /// <summary>The tasks with these ids, in that order; ids the journal does not know, or that were removed, are left out.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public IReadOnlyList<KlingTask> Find(IReadOnlyCollection<Guid> taskIds)
        => taskIds.Count == 0 ? [] : [.. Index(taskIds).Read(taskIds.Distinct())];

    /// <summary>Every task, oldest first, each read when it is taken.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public IEnumerable<KlingTask> All()
    {
        JournalIndex index = Index();
        return index.Read(index.Ids);
    }

    /// <summary>Where every task is.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public JournalIndex Index() => Read(file => Scan(file, null, static _ => true, []));

    /// <summary>Where the tasks with these ids are.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal JournalIndex Index(IEnumerable<Guid> taskIds)
    {
        HashSet<Guid> ids = [.. taskIds];
        return Index(ids.Contains, ids.Select(SideKeys.Of).Select(key => (key, key)));
    }

    /// <summary>Where the tasks are whose ids have their first eight digits in common with one of these texts; no text is shorter.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal JournalIndex IndexOfStarts(IEnumerable<string> digits)
    {
        HashSet<uint> starts = [.. digits.Select(text => uint.Parse(text.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
        return Index(id => starts.Contains((uint)(SideKeys.Of(id) >> 32)), starts.Select(start => ((ulong)start << 32, ((ulong)start << 32) | uint.MaxValue)));
    }

    /// <summary>Opens what is known of the journal's beginning; null where nothing is. The damaged lines there count as skipped.</summary>
    /// <exception cref="JournalException">A later version of the module wrote to the journal.</exception>
    internal SideFile? OpenSide(FileStream file)
    {
        SideFile? side = _sides.Open(file);
        Interlocked.Exchange(ref _skippedLines, side?.Damaged.Count ?? 0);
        return side;
    }

    /// <summary>Forgets what was known of the journal's beginning, because it is not so.</summary>
    internal void DropSide()
    {
        _sides.Drop();
        Interlocked.Exchange(ref _skippedLines, 0);
    }

    /// <summary>Reads the file, also while another process writes; it is null when there is none yet.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    internal T Read<T>(Func<FileStream?, T> reading)
    {
        Interlocked.Exchange(ref _skippedLines, 0);
        return _file.Read(reading);
    }

    private static string Consequence(JournalEvent journalEvent, KlingTask task) => journalEvent switch
    {
        JournalEvent.Intent => " Nothing was sent and nothing was charged.",
        JournalEvent.Accepted or JournalEvent.Progress => $" The task itself goes on at the service: note its id {task.TaskId:D}.",
        _ => $" The record of task {task.TaskId:D} stays as it was.",
    };

    private JournalIndex Index(Func<Guid, bool> wants, IEnumerable<(ulong From, ulong To)> keys) => Read(file =>
    {
        using SideFile? side = file is null ? null : OpenSide(file);
        try
        {
            return Scan(file, side, wants, keys);
        }
        catch (SideFileException)
        {
            DropSide();
            return Scan(file, null, wants, keys);
        }
    });

    /// <summary>Goes through what the side file knows under these keys, and through all that it does not know.</summary>
    private JournalIndex Scan(FileStream? file, SideFile? side, Func<Guid, bool> wants, IEnumerable<(ulong From, ulong To)> keys)
    {
        Dictionary<Guid, TaskPlaces> byId = [];
        List<TaskPlaces> order = [];
        foreach ((LineHeader header, LinePlace place) in side?.Records(file!, keys) ?? [])
        {
            Note(header, place);
        }

        JournalLines? lines = file is null ? null : new ForwardLines(file, side?.Header.End ?? 0);
        while (lines is not null && Next(lines, out LineHeader header))
        {
            Note(header, lines.Place);
        }

        return new JournalIndex(_file, _endpoint, [.. order.Where(places => !places.IsRemoved)]);

        void Note(LineHeader header, LinePlace place)
        {
            if (!wants(header.Id))
            {
                return;
            }

            if (!byId.TryGetValue(header.Id, out TaskPlaces? places))
            {
                byId.Add(header.Id, places = new TaskPlaces(header.Id));
                order.Add(places);
            }

            places.AddNewer(header, place);
        }
    }

    /// <summary>Reads until it has enough tasks. A task is complete at its newest Intent, which carries on what was known before.</summary>
    private List<(DateTimeOffset SentAt, KlingTask Task)> ReadBackwards(FileStream? file, int count, DateTimeOffset? since, Func<KlingTask, bool> filter)
    {
        if (file is null)
        {
            return [];
        }

        // A task whose Intent was not reached yet has its places here. Of a task that was taken, only the id is held.
        Dictionary<Guid, TaskPlaces> incomplete = [];
        HashSet<Guid> taken = [];
        List<(long Offset, DateTimeOffset SentAt, KlingTask Task)> found = [];
        BackwardLines lines = new(file);
        while (found.Count < count && Next(lines, out LineHeader header))
        {
            if (taken.Contains(header.Id))
            {
                continue;
            }

            if (!incomplete.TryGetValue(header.Id, out TaskPlaces? places))
            {
                incomplete.Add(header.Id, places = new TaskPlaces(header.Id));
            }

            places.AddOlder(header, lines.Place);
            if (header.Event == JournalEvent.Intent)
            {
                incomplete.Remove(header.Id);
                taken.Add(header.Id);
                Take(places);
            }
        }

        // At the start of the file, the tasks that are left have no Intent, because another machine sent them.
        foreach (TaskPlaces places in incomplete.Values.OrderByDescending(places => places.FirstOffset))
        {
            if (found.Count >= count)
            {
                break;
            }

            Take(places);
        }

        return [.. found.OrderBy(item => item.Offset).Select(item => (item.SentAt, item.Task))];

        void Take(TaskPlaces places)
        {
            if ((since is null || places.FirstTime >= since) && places.Read(file, _endpoint) is KlingTask task && filter(task))
            {
                found.Add((places.FirstOffset, places.FirstTime, task));
            }
        }
    }

    /// <summary>Goes to the next record of this endpoint and counts the lines in between that cannot be used.</summary>
    internal bool Next(JournalLines lines, out LineHeader header, List<long>? damaged = null)
    {
        while (lines.MoveNext())
        {
            header = lines.IsTooLong ? new LineHeader(JournalLineKind.Unreadable) : JournalReader.ReadHeader(lines.Line, _endpoint);
            if (header.Kind == JournalLineKind.Record)
            {
                return true;
            }

            if (header.Kind == JournalLineKind.LaterVersion)
            {
                throw JournalException.Later("journal", FullPath);
            }

            if (header.Kind == JournalLineKind.Unreadable && !(lines.IsOpen && JournalReader.IsBegun(lines.Line)))
            {
                Interlocked.Increment(ref _skippedLines);
                damaged?.Add(lines.Number);
            }
        }

        header = default;
        return false;
    }
}

/// <summary>Where the engine records what is paid for.</summary>
public interface ITaskJournal
{
    /// <summary>Records an event with the task as it is now, and returns only once that is on the disk.</summary>
    /// <exception cref="JournalException">It could not be written; before a submit, nothing may be sent then.</exception>
    void Append(JournalEvent journalEvent, KlingTask task);

    /// <summary>Records several events at once, and returns only once they are on the disk.</summary>
    /// <exception cref="JournalException">Some could not be written.</exception>
    void Append(IReadOnlyList<(JournalEvent Event, KlingTask Task)> records);
}
