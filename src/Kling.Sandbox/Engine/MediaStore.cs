using System.Text.Json;
using Kling.Sandbox.Replies;

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

    /// <summary>Makes an id known without bytes, as for an image that came inside a request.</summary>
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

    /// <summary>Whether a task may use the id. A deleted one is always refused, and strictly one that was never seen here.</summary>
    internal bool IsUsable(Guid mediaId, bool isStrict) => !_deleted.Contains(mediaId) && (!isStrict || _media.ContainsKey(mediaId));

    /// <summary>An image whose bytes are kept; null when they are not.</summary>
    internal SandboxImage? Find(Guid mediaId) => _media.TryGetValue(mediaId, out SandboxImage? image) ? image : null;
}

/// <summary>What an image text is, and whether the service could use it.</summary>
internal sealed class SandboxImage
{
    private SandboxImage(Guid mediaId, string? shortText, byte[]? bytes = null, string contentType = "")
    {
        MediaId = mediaId;
        ShortText = shortText;
        Bytes = bytes;
        ContentType = contentType;
    }

    /// <summary>The id it has, or would have once stored; the same content always has the same one.</summary>
    internal Guid MediaId { get; }

    /// <summary>The text itself where it is short (a UUID or an address); null for bytes.</summary>
    internal string? ShortText { get; }

    /// <summary>The bytes; null where only a UUID or an address was given.</summary>
    internal byte[]? Bytes { get; }

    /// <summary>The content type of <see cref="Bytes"/>.</summary>
    internal string ContentType { get; }

    /// <summary>Reads an image value; null when it is none of the allowed forms or its bytes are no image (protocol note, images).</summary>
    /// <param name="value">The JSON value.</param>
    /// <param name="isUpload">Uploads also take GIF and BMP, and no UUID.</param>
    internal static SandboxImage? Read(JsonElement value, bool isUpload = false)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        // Bytes without a prefix are the common and the big case: they are decoded without a copy as text.
        if (value.TryGetBytesFromBase64(out byte[]? bytes))
        {
            return FromBytes(bytes, isUpload);
        }

        string text = value.GetString()!;
        if (SandboxIds.TryParse(text, out Guid id))
        {
            return isUpload ? null : new SandboxImage(id, text);
        }

        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return FromDataUri(text, isUpload);
        }

        return IsWebAddress(text) ? new SandboxImage(SandboxIds.FromText(text), text) : null;
    }

    internal static bool IsWebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    private static SandboxImage? FromDataUri(string text, bool isUpload)
    {
        int comma = text.IndexOf(',');
        if (comma < 0 || !text[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            return FromBytes(Convert.FromBase64String(text[(comma + 1)..]), isUpload);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static SandboxImage? FromBytes(byte[] bytes, bool isUpload) =>
        TypeOf(bytes, isUpload) is { } type ? new SandboxImage(SandboxIds.FromBytes(bytes), null, bytes, type) : null;

    /// <summary>The content type that the first bytes tell; null for no image that is taken here.</summary>
    private static string? TypeOf(ReadOnlySpan<byte> bytes, bool isUpload) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8) ? "image/webp"
        : isUpload && bytes.StartsWith("GIF8"u8) ? "image/gif"
        : isUpload && bytes.StartsWith("BM"u8) ? "image/bmp"
        : null;
}
