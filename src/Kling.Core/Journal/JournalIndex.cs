namespace Kling.Journal;

/// <summary>
/// Tasks of a journal as they were when the index was made, in the order of their first records. It holds only ids and places, and reads a task
/// when it is asked for.
/// </summary>
public sealed class JournalIndex
{
    private readonly JournalFile _file;
    private readonly string _endpoint;
    private readonly Dictionary<Guid, TaskPlaces> _places;

    internal JournalIndex(JournalFile file, string endpoint, IReadOnlyList<TaskPlaces> tasks)
    {
        _file = file;
        _endpoint = endpoint;
        _places = tasks.ToDictionary(task => task.Id);
        Ids = [.. tasks.Select(task => task.Id)];
    }

    /// <summary>The tasks' ids, oldest first.</summary>
    public IReadOnlyList<Guid> Ids { get; }

    /// <summary>Reads one task as it was when the index was made; null when the index does not know it.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public KlingTask? Read(Guid taskId) => Read([taskId]).FirstOrDefault();

    /// <summary>Reads tasks one by one as they are taken, in the order given; ids the index does not know are left out.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public IEnumerable<KlingTask> Read(IEnumerable<Guid> taskIds)
    {
        using FileStream? file = _file.Guard(_file.OpenRead);
        foreach (Guid id in taskIds)
        {
            if (file is not null && _places.TryGetValue(id, out TaskPlaces? places)
                && _file.Guard(() => places.Read(file, _endpoint)) is KlingTask task)
            {
                yield return task;
            }
        }
    }
}

/// <summary>Where the records of one task are.</summary>
internal sealed class TaskPlaces(Guid id)
{
    private readonly List<LinePlace> _places = [];

    internal Guid Id => id;

    /// <summary>The fingerprint of its newest Intent.</summary>
    internal string? Fingerprint { get; private set; }

    /// <summary>The time of the oldest record that was noted.</summary>
    internal DateTimeOffset FirstTime { get; private set; }

    internal bool IsRemoved { get; private set; }

    /// <summary>When its newest Intent was recorded; null where another machine sent it.</summary>
    internal DateTimeOffset? IntentTime { get; private set; }

    /// <summary>Its newest Intent, while nothing was recorded after it.</summary>
    internal LinePlace? OpenIntent { get; private set; }

    /// <summary>Where its newest record is.</summary>
    internal long LastOffset => _places[^1].Offset;

    /// <summary>Where that record is.</summary>
    internal long FirstOffset => _places.Min(place => place.Offset);

    /// <summary>Takes note of a later record.</summary>
    internal void AddNewer(LineHeader header, LinePlace place)
    {
        FirstTime = _places.Count == 0 ? header.Time : FirstTime;
        if (header.Event == JournalEvent.Intent)
        {
            Fingerprint = header.Fingerprint;
            IntentTime = header.Time;
            IsRemoved = false;
        }
        else if (header.Event == JournalEvent.Removed)
        {
            IsRemoved = true;
        }

        OpenIntent = header.Event == JournalEvent.Intent ? place : null;
        _places.Add(place);
    }

    /// <summary>Takes note of an earlier record.</summary>
    internal void AddOlder(LineHeader header, LinePlace place)
    {
        FirstTime = header.Time;
        _places.Insert(0, place);
    }

    /// <summary>Reads its records; null when it was removed or its records cannot be read any more.</summary>
    internal KlingTask? Read(Stream file, string endpoint) => Fold(file, endpoint, static _ => true);

    /// <summary>As <see cref="Read"/>, also where the task was removed: its money may be gone all the same.</summary>
    internal KlingTask? ReadRemoved(Stream file, string endpoint) => Fold(file, endpoint, static record => record.Event != JournalEvent.Removed);

    private KlingTask? Fold(Stream file, string endpoint, Func<JournalRecord, bool> counts)
        => TaskFold.Fold(id, endpoint, _places.Select(place => ReadRecord(file, place)).OfType<JournalRecord>().Where(counts));

    internal static JournalRecord? ReadRecord(Stream file, LinePlace place)
    {
        byte[] line = new byte[place.Length];
        file.Position = place.Offset;
        return file.ReadAtLeast(line, line.Length, throwOnEndOfStream: false) < line.Length ? null : JournalReader.ReadRecord(line);
    }
}
