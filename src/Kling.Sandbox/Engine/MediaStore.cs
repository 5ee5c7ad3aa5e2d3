namespace Kling.Sandbox.Engine;

/// <summary>The images the service knows by id. Bytes are kept of small ones only, so that a long run stays small. Not thread-safe.</summary>
internal sealed class MediaStore
{
    /// <summary>The largest image whose bytes are kept, and how many bytes are kept in all.</summary>
    internal const int LargestKept = 1024 * 1024;
    internal const int MostKept = 64 * 1024 * 1024;

    private readonly Dictionary<Guid, SandboxImage?> _media = [];
    private readonly HashSet<Guid> _deleted = [];
    private int _kept;

    /// <summary>Stores an upload. The same content always has the same id.</summary>
    internal void Add(SandboxImage image)
    {
        Remember(image.MediaId);
        if (_media[image.MediaId] is null && image.Bytes is { } bytes && bytes.Length <= LargestKept && bytes.Length <= MostKept - _kept)
        {
            _media[image.MediaId] = image;
            _kept += bytes.Length;
        }
    }

    /// <summary>Makes an id known without its bytes, as that of an image which came inside a request.</summary>
    internal void Remember(Guid mediaId)
    {
        _deleted.Remove(mediaId);
        if (!_media.ContainsKey(mediaId))
        {
            _media.Add(mediaId, null);
        }
    }

    /// <summary>Deletes an image; false when there is none of this id.</summary>
    internal bool Delete(Guid mediaId)
    {
        if (!_media.TryGetValue(mediaId, out SandboxImage? image))
        {
            return false;
        }

        _kept -= image?.Bytes?.Length ?? 0;
        _media.Remove(mediaId);
        _deleted.Add(mediaId);
        return true;
    }

    /// <summary>Deletes every image.</summary>
    internal void Clear()
    {
        foreach (Guid mediaId in _media.Keys.ToArray())
        {
            Delete(mediaId);
        }
    }

    /// <summary>Whether a task may use the id.</summary>
    /// <param name="mediaId">The id.</param>
    /// <param name="isStrict">Whether ids that were never seen here are refused; deleted ones always are.</param>
    internal bool IsUsable(Guid mediaId, bool isStrict) => !_deleted.Contains(mediaId) && (!isStrict || _media.ContainsKey(mediaId));

    /// <summary>An image whose bytes are kept; null when they are not.</summary>
    internal SandboxImage? Find(Guid mediaId) => _media.TryGetValue(mediaId, out SandboxImage? image) ? image : null;
}
