using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kling.Requests;

/// <summary>Writes uploads for the wire (protocol note, images: passing and uploading).</summary>
public static class UploadJson
{
    // As for requests: JSON over HTTP, never a part of a page.
    private static readonly JsonWriterOptions s_wire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An upload whose image is an address, a data URI or base64 text.</summary>
    /// <param name="kind">The task type.</param>
    /// <param name="id">An id of its own.</param>
    /// <param name="image">The image; no file (see <see cref="Around"/>) and no UUID.</param>
    /// <exception cref="ArgumentException">The image is a file or already has a UUID.</exception>
    public static byte[] Write(UploadKind kind, Guid id, RequestImage image) => image.Kind switch
    {
        ImageKind.Url or ImageKind.DataUri => Build(kind, id, image.Value, out _),
        ImageKind.Base64 => Build(kind, id, Prefix(image) + image.Value, out _),
        _ => throw new ArgumentException("The image must be an address, a data URI or base64 text.", nameof(image)),
    };

    /// <summary>The bytes of an upload before and after a file's base64 text; the text itself needs no escaping.</summary>
    /// <param name="kind">The task type.</param>
    /// <param name="id">An id of its own.</param>
    /// <param name="image">The file; its format names the media type.</param>
    public static (byte[] Before, byte[] After) Around(UploadKind kind, Guid id, RequestImage image)
    {
        byte[] whole = Build(kind, id, Prefix(image), out int gap);
        return (whole[..gap], whole[gap..]);
    }

    // The samples of both tasks are data URIs; without one the service would have to guess what the bytes are.
    private static string Prefix(RequestImage image) =>
        image.Format is string format ? $"data:image/{format.ToLowerInvariant()};base64," : "";

    private static byte[] Build(UploadKind kind, Guid id, string text, out int gap)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_wire))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("taskType", kind == UploadKind.MediaStorage ? "mediaStorage" : "imageUpload");
            json.WriteString("taskUUID", id.ToString("D"));
            if (kind == UploadKind.MediaStorage)
            {
                json.WriteString("operation", "upload");
            }

            json.WriteString(kind == UploadKind.MediaStorage ? "media" : "image", text);
            gap = (int)(json.BytesCommitted + json.BytesPending) - 1;
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return buffer.ToArray();
    }
}

/// <summary>The service's two ways to take an image (protocol note, images).</summary>
public enum UploadKind
{
    /// <summary><c>mediaStorage</c>, the current one.</summary>
    MediaStorage,

    /// <summary><c>imageUpload</c>, the older one.</summary>
    ImageUpload,
}
