namespace Kling.Images;

/// <summary>
/// Reads each local image once for all the rows and variants that use it, as long as its size and time of writing stay the same.
/// Not safe to use from several threads.
/// </summary>
/// <remarks>
/// A file that was written a moment ago is read again: it may change once more within the precision of its time. A change that
/// is missed here is found when the bytes are sent, by their hash.
/// </remarks>
public sealed class ImageFileCache
{
    // About 2 MB. Beyond it only the last image is remembered, which serves rows that are sorted by image.
    private const int Most = 4096;
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(2);
    private readonly IClock _clock;
    private readonly Func<string, RequestImage> _load;
    private readonly Dictionary<string, Entry> _known = new(StringComparer.Ordinal);
    private Entry? _last;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="clock">The clock that tells how old a file is.</param>
    public ImageFileCache(IClock clock)
        : this(clock, ImageFile.Load)
    {
    }

    internal ImageFileCache(IClock clock, Func<string, RequestImage> load)
    {
        _clock = clock;
        _load = load;
    }

    /// <summary>How many images are remembered.</summary>
    internal int Count => _known.Count;

    /// <summary>The image; the file is read unless it was read before and looks unchanged.</summary>
    /// <param name="fullPath">The file's full path.</param>
    /// <exception cref="ImageException">It is missing, a folder, unreadable, empty or no image.</exception>
    public RequestImage Load(string fullPath)
    {
        var file = new FileInfo(fullPath);
        if (Known(fullPath) is Entry known && file.Exists && file.Length == known.Image.Bytes && file.LastWriteTimeUtc == known.WrittenAt)
        {
            return known.Image;
        }

        // The time from before the reading: a change during the reading must be noticed.
        DateTime? writtenAt = file.Exists ? file.LastWriteTimeUtc : null;
        RequestImage image = _load(fullPath);
        if (writtenAt is DateTime time && _clock.UtcNow.UtcDateTime - time >= s_settled)
        {
            Remember(fullPath, new Entry(image, time));
        }

        return image;
    }

    private Entry? Known(string path) => _last?.Image.Value == path ? _last : _known.TryGetValue(path, out Entry? entry) ? entry : null;

    private void Remember(string path, Entry entry)
    {
        _last = entry;
        if (_known.Count < Most || _known.ContainsKey(path))
        {
            _known[path] = entry;
        }
    }

    private sealed record Entry(RequestImage Image, DateTime WrittenAt);
}
