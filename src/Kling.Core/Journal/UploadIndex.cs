using System.Text.Json;

namespace Kling.Journal;

/// <summary>
/// Which image bytes the service already keeps, for each endpoint, shared by all processes of the user. It only saves sending
/// the same bytes again, so an upload goes on when it cannot be read or written. Safe to use from several threads.
/// </summary>
public sealed class UploadIndex
{
    /// <summary>How long the service keeps an image after its last use (protocol note, images).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    // One line a day and image is enough to know how long it lives.
    private static readonly TimeSpan s_useGrain = TimeSpan.FromDays(1);

    private readonly JournalFile _file;
    private readonly string _endpoint;
    private readonly IClock _clock;
    private readonly Dictionary<string, UploadedImage> _byHash = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, (string Hash, string? Source)> _known = [];
    private readonly List<long> _damaged = [];
    private long _readTo;
    private long _linesRead;

    /// <summary>
    /// Creates the index of an endpoint; nothing is created on the disk before the first upload. One file may hold the uploads to several
    /// endpoints. Tests of a failing disk give <paramref name="open"/>.
    /// </summary>
    internal UploadIndex(string path, Uri endpoint, IClock clock, TimeSpan? lockWait = null, Func<string, FileStream>? open = null)
    {
        FullPath = Path.GetFullPath(path);
        _endpoint = endpoint.AbsoluteUri;
        _clock = clock;
        _file = new JournalFile(FullPath, "index of uploads", SystemClock.Instance, lockWait ?? TimeSpan.FromSeconds(5), open);
    }

    /// <summary>The file's absolute path.</summary>
    public string FullPath { get; }

    /// <summary>The upload of these bytes, while the service still keeps it; null when there is none.</summary>
    /// <param name="sha256">SHA-256 of the bytes in lower-case hex.</param>
    /// <exception cref="JournalException">The index cannot be read.</exception>
    public UploadedImage? Find(string sha256)
    {
        lock (_known)
        {
            Refresh();
            return _byHash.TryGetValue(sha256, out UploadedImage? image) && _clock.UtcNow - image.LastUsedAt < Lifetime ? image : null;
        }
    }

    /// <summary>The SHA-256 of the bytes behind a media id, also of an image the service may have forgotten; null when it was not uploaded from here.</summary>
    /// <exception cref="JournalException">The index cannot be read.</exception>
    public string? HashOf(Guid mediaId) => Known(mediaId)?.Hash;

    /// <summary>Full path of the file that was uploaded as this media id; null when it did not come from a file here. The file may have changed.</summary>
    /// <exception cref="JournalException">The index cannot be read.</exception>
    public string? SourceOf(Guid mediaId) => Known(mediaId)?.Source;

    /// <summary>Records an upload. It counts for this process even where it cannot be written.</summary>
    /// <param name="sha256">SHA-256 of the bytes in lower-case hex.</param>
    /// <param name="mediaId">The service's id of the image.</param>
    /// <param name="mediaUrl">Where the service shows it; not kept when it has a query.</param>
    /// <param name="source">Full path of the file; null for inline data.</param>
    /// <exception cref="JournalException">It could not be written; the upload itself is done.</exception>
    public UploadedImage Add(string sha256, Guid mediaId, string? mediaUrl, string? source = null)
    {
        DateTimeOffset now = _clock.UtcNow;
        var image = new UploadedImage(sha256, mediaId, mediaUrl?.IndexOfAny(['?', '#']) >= 0 ? null : mediaUrl, now, now) { Source = source };
        Record(UploadEvent.Uploaded, image, now);
        return image;
    }

    /// <summary>Records that an image was used now, at most once a day.</summary>
    /// <exception cref="JournalException">It could not be written.</exception>
    public void Touch(UploadedImage image)
    {
        DateTimeOffset now = _clock.UtcNow;
        if (now - image.LastUsedAt >= s_useGrain)
        {
            Record(UploadEvent.Used, image, now);
        }
    }

    /// <summary>Records that the service does not know an image any more, so that its bytes are sent again; false when it was not uploaded from here.</summary>
    /// <exception cref="JournalException">It could not be written.</exception>
    public bool Forget(Guid mediaId)
    {
        lock (_known)
        {
            Refresh();
            if (!_known.TryGetValue(mediaId, out (string Hash, string? Source) image))
            {
                return false;
            }

            DateTimeOffset now = _clock.UtcNow;
            Record(UploadEvent.Forgotten, new UploadedImage(image.Hash, mediaId, null, now, now), now);
            return true;
        }
    }

    /// <summary>Makes sure that every line can be read: what a damaged line says of an image may be what tells that its video was bought.</summary>
    /// <exception cref="JournalException">The index cannot be read, or lines of it are damaged.</exception>
    public void RequireWhole()
    {
        lock (_known)
        {
            Refresh();
            if (_damaged.Count > 0)
            {
                throw JournalException.Damaged("index of uploads", FullPath, [.. _damaged]);
            }
        }
    }

    private (string Hash, string? Source)? Known(Guid mediaId)
    {
        lock (_known)
        {
            Refresh();
            return _known.TryGetValue(mediaId, out (string Hash, string? Source) image) ? image : null;
        }
    }

    private void Record(UploadEvent uploadEvent, UploadedImage image, DateTimeOffset now)
    {
        lock (_known)
        {
            // What others wrote meanwhile comes first, as in the file.
            TryRefresh();
            Apply(uploadEvent, image, now);
            try
            {
                _file.AppendInTurn(UploadFormat.Write(uploadEvent, image, _endpoint, now));
            }
            catch (Exception failed) when (JournalFile.IsFileFault(failed))
            {
                throw new JournalException($"The index of uploads '{FullPath}' cannot be written: {failed.Message}", failed);
            }
        }
    }

    private void Apply(UploadEvent uploadEvent, UploadedImage image, DateTimeOffset time)
    {
        switch (uploadEvent)
        {
            case UploadEvent.Uploaded:
                _byHash[image.Sha256] = image;
                _known[image.MediaId] = (image.Sha256, image.Source);
                break;
            case UploadEvent.Used when _byHash.TryGetValue(image.Sha256, out UploadedImage? used) && used.MediaId == image.MediaId && used.LastUsedAt < time:
                _byHash[image.Sha256] = used with { LastUsedAt = time };
                break;
            case UploadEvent.Forgotten when _byHash.TryGetValue(image.Sha256, out UploadedImage? gone) && gone.MediaId == image.MediaId:
                _byHash.Remove(image.Sha256);
                break;
        }
    }

    private void TryRefresh()
    {
        try
        {
            Refresh();
        }
        catch (JournalException)
        {
            // Writing tells the caller; what is known here still counts.
        }
    }

    /// <summary>Reads what was added since the last time.</summary>
    private void Refresh() => _file.Read(file =>
    {
        long length = file?.Length ?? 0;
        if (length < _readTo)
        {
            // Somebody removed or replaced the file, so nothing that it said is known any more.
            _byHash.Clear();
            _known.Clear();
            _damaged.Clear();
            _readTo = _linesRead = 0;
        }

        if (file is not null && length > _readTo)
        {
            ReadFrom(file, length);
        }

        return length;
    });

    private void ReadFrom(FileStream file, long length)
    {
        ForwardLines lines = new(file, _readTo);
        while (lines.MoveNext())
        {
            long end = lines.Place.Offset + lines.Place.Length;
            if (end >= length)
            {
                // Torn, or still being written: the next reading looks at it again.
                return;
            }

            _readTo = end + 1;
            _linesRead++;
            JournalLineKind kind = UploadFormat.Read(lines.Line, _endpoint, out UploadEvent uploadEvent, out UploadedImage? image);
            switch (lines.IsTooLong ? JournalLineKind.Unreadable : kind)
            {
                case JournalLineKind.Record:
                    Apply(uploadEvent, image!, image!.UploadedAt);
                    break;
                case JournalLineKind.LaterVersion:
                    throw JournalException.Later("index of uploads", FullPath);
                case JournalLineKind.Unreadable:
                    _damaged.Add(_linesRead);
                    break;
            }
        }
    }
}

/// <summary>
/// Reads and writes the lines of the upload index. As in the journal, names may be added, and
/// <see cref="Version"/> changes only when old readers would misunderstand.
/// </summary>
internal static class UploadFormat
{
    internal const int Version = 1;

    private const string Sha256 = "sha256";
    private const string Media = "media";
    private const string Url = "url";
    private const string Source = "source";

    /// <summary>One line with its line end.</summary>
    internal static byte[] Write(UploadEvent uploadEvent, UploadedImage image, string endpoint, DateTimeOffset now) => JournalFormat.Line(json =>
    {
        json.WriteNumber(JournalFormat.V, Version);
        json.WriteString(JournalFormat.Time, now.ToUniversalTime());
        json.WriteString(JournalFormat.Event, uploadEvent.ToString());
        json.WriteString(JournalFormat.Endpoint, endpoint);
        json.WriteString(Sha256, image.Sha256);
        json.WriteString(Media, image.MediaId);
        if (uploadEvent == UploadEvent.Uploaded)
        {
            JournalFormat.WriteText(json, Url, image.MediaUrl);
            JournalFormat.WriteText(json, Source, image.Source);
        }
    });

    /// <summary>Reads a line. Event and image are there where it is a record.</summary>
    internal static JournalLineKind Read(ReadOnlySpan<byte> raw, string endpoint, out UploadEvent uploadEvent, out UploadedImage? image)
    {
        uploadEvent = default;
        image = null;
        ReadOnlySpan<byte> line = JournalReader.Trim(raw);
        if (line.IsEmpty || line.EndsWith(JournalFormat.TornMark))
        {
            return line.IsEmpty ? JournalLineKind.Blank : JournalLineKind.Torn;
        }

        if (!JournalFormat.IsIntact(line))
        {
            return JournalLineKind.Unreadable;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToArray());
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || JournalReader.Int(root, JournalFormat.V) is not int version)
            {
                return JournalLineKind.Unreadable;
            }

            if (version > Version)
            {
                return JournalLineKind.LaterVersion;
            }

            if (JournalFormat.ReadText(root, JournalFormat.Endpoint) is not string where || JournalFormat.ReadText(root, JournalFormat.Event) is not string
                || JournalReader.Instant(root, JournalFormat.Time) is not DateTimeOffset time
                || JournalFormat.ReadText(root, Sha256) is not { Length: 64 } hash
                || !Guid.TryParseExact(JournalFormat.ReadText(root, Media), "D", out Guid media))
            {
                return JournalLineKind.Unreadable;
            }

            if (where != endpoint || JournalReader.Name<UploadEvent>(root, JournalFormat.Event) is not UploadEvent known)
            {
                return JournalLineKind.NotForUs;
            }

            uploadEvent = known;
            image = new UploadedImage(hash, media, JournalFormat.ReadText(root, Url), time, time) { Source = JournalFormat.ReadText(root, Source) };
            return JournalLineKind.Record;
        }
        catch (JsonException)
        {
            return JournalLineKind.Unreadable;
        }
    }
}

/// <summary>What happened to an uploaded image.</summary>
internal enum UploadEvent
{
    /// <summary>Its bytes were sent.</summary>
    Uploaded,

    /// <summary>A request named it, which prolongs its life at the service.</summary>
    Used,

    /// <summary>The service does not know it any more.</summary>
    Forgotten,
}

/// <summary>An image that was uploaded.</summary>
/// <param name="Sha256">SHA-256 of its bytes in lower-case hex.</param>
/// <param name="MediaId">The service's id of it.</param>
/// <param name="MediaUrl">Where the service shows it; null when it did not say, or not without a query.</param>
/// <param name="UploadedAt">When it was sent.</param>
/// <param name="LastUsedAt">When it was last used, to the day.</param>
public sealed record UploadedImage(string Sha256, Guid MediaId, string? MediaUrl, DateTimeOffset UploadedAt, DateTimeOffset LastUsedAt)
{
    /// <summary>Full path of the file it was sent from; null for inline data.</summary>
    public string? Source { get; init; }
}
