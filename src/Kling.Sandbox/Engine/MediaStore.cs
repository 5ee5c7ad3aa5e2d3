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

/// <summary>What an image text is, and whether the service could use it.</summary>
internal sealed class SandboxImage
{
    private static readonly byte[][] s_signatures =
    [
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A],
        [0xFF, 0xD8, 0xFF],
    ];

    private static readonly byte[][] s_uploadSignatures = [[(byte)'G', (byte)'I', (byte)'F', (byte)'8'], [(byte)'B', (byte)'M']];

    private SandboxImage(Guid mediaId, string? shortText, byte[]? bytes = null)
    {
        MediaId = mediaId;
        ShortText = shortText;
        Bytes = bytes;
    }

    /// <summary>The id it has, or would have once stored; the same content always has the same one.</summary>
    internal Guid MediaId { get; }

    /// <summary>The text itself where it is short (a UUID or an address); null for bytes.</summary>
    internal string? ShortText { get; }

    /// <summary>The bytes; null where only a UUID or an address was given.</summary>
    internal byte[]? Bytes { get; }

    /// <summary>The content type of <see cref="Bytes"/>.</summary>
    internal string ContentType => Bytes?[0] switch
    {
        0x89 => "image/png",
        0xFF => "image/jpeg",
        (byte)'R' => "image/webp",
        (byte)'G' => "image/gif",
        _ => "image/bmp",
    };

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

    private static SandboxImage? FromBytes(byte[] bytes, bool isUpload)
    {
        bool isImage = s_signatures.Any(signature => StartsWith(bytes, signature)) || IsWebp(bytes)
            || (isUpload && s_uploadSignatures.Any(signature => StartsWith(bytes, signature)));
        return isImage ? new SandboxImage(SandboxIds.FromBytes(bytes), null, bytes) : null;
    }

    private static bool IsWebp(byte[] bytes) =>
        bytes.Length >= 12 && StartsWith(bytes, "RIFF"u8.ToArray()) && bytes[8] == 'W' && bytes[9] == 'E' && bytes[10] == 'B' && bytes[11] == 'P';

    private static bool StartsWith(byte[] bytes, byte[] signature) =>
        bytes.Length >= signature.Length && bytes.AsSpan(0, signature.Length).SequenceEqual(signature);
}
