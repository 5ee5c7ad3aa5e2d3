using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kling.Requests;

/// <summary>
/// Writes what goes over the wire. A setting that was not given is left out, so that the service's own default applies. The inputs
/// come last, as in the model page's examples, so that only a few bytes follow a streamed image.
/// </summary>
public static class RequestJson
{
    // Enough for getResponse, the most frequent of the small ones; the buffer grows for the others.
    private const int BytesPerTask = 86;

    // The body is JSON over HTTP, never a part of a page: prompts in any script stay readable.
    private static readonly JsonWriterOptions s_wire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions s_display = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>The request as a JSON array of one task object, in UTF-8.</summary>
    /// <param name="request">The request; its image must not be a file.</param>
    /// <exception cref="ArgumentException">The image is a file; its bytes are streamed, see <see cref="Around"/>.</exception>
    public static byte[] Write(VideoRequest request)
    {
        if (request.Image is { Kind: ImageKind.File })
        {
            throw new ArgumentException("A file's bytes are streamed, not written here.", nameof(request));
        }

        return Build(request, s_wire, request.Image?.Value, AsIs, out _);
    }

    /// <summary>The bytes of the request before and after the image's base64 text; the text itself needs no escaping.</summary>
    /// <param name="request">The request; it must have an image, which is ignored.</param>
    /// <exception cref="ArgumentException">There is no image.</exception>
    public static (byte[] Before, byte[] After) Around(VideoRequest request)
    {
        if (request.Image is null)
        {
            throw new ArgumentException("There is no image to write around.", nameof(request));
        }

        byte[] whole = Build(request, s_wire, "", AsIs, out int gap);
        return (whole[..gap], whole[gap..]);
    }

    /// <summary>
    /// The request for the eye: inline data and the queries of addresses as length and hash, a file as its name and size.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="indented">Whether it is spread over several lines.</param>
    public static string WriteDisplay(VideoRequest request, bool indented = true)
    {
        byte[] json = Build(request, indented ? s_display : s_wire, request.Image is null ? null : ForTheEye(request.Image), Masking.Address, out _);
        return Encoding.UTF8.GetString(json).Replace("\r\n", "\n");
    }

    private static string ForTheEye(RequestImage image) => image.Kind is ImageKind.File
        ? FormattableString.Invariant($"[file: {Path.GetFileName(image.Value)}, {image.Bytes ?? 0} bytes]")
        : image.Shown;

    /// <summary>A look at tasks: one <c>getResponse</c> object for each (protocol note, polling).</summary>
    /// <param name="ids">The tasks' ids.</param>
    public static byte[] WriteGetResponse(IReadOnlyList<Guid> ids) => WriteTasks("getResponse", ids);

    /// <summary>A question for the archived request and response of a task (protocol note, recovery).</summary>
    /// <param name="id">The task's id.</param>
    public static byte[] WriteGetTaskDetails(Guid id) => WriteTasks("getTaskDetails", [id]);

    /// <summary>A call that costs nothing and tells whether the key is good (protocol note, ping).</summary>
    /// <param name="id">An id of its own.</param>
    public static byte[] WritePing(Guid id) => WriteTasks("ping", [id]);

    /// <summary>A question for the account's balance and usage (protocol note, account).</summary>
    /// <param name="id">An id of its own.</param>
    public static byte[] WriteAccountDetails(Guid id) => WriteTasks("accountManagement", [id], "getDetails");

    private static string AsIs(string? address) => address ?? "";

    private static byte[] WriteTasks(string type, IReadOnlyList<Guid> ids, string? operation = null)
    {
        // A look at all open tasks is the most frequent request: its bytes are made in place.
        using var buffer = new MemoryStream(2 + (ids.Count * BytesPerTask));
        using (var json = new Utf8JsonWriter(buffer, s_wire))
        {
            json.WriteStartArray();
            foreach (Guid id in ids)
            {
                json.WriteStartObject();
                json.WriteString("taskType", type);
                json.WriteString("taskUUID", id);
                WriteText(json, "operation", operation);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static byte[] Build(VideoRequest request, JsonWriterOptions options, string? image, Func<string?, string> address, out int gap)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("taskType", "videoInference");
            json.WriteString("taskUUID", request.TaskId.ToString("D"));
            WriteSettings(json, request);
            WriteDelivery(json, request, address);
            gap = WriteImage(json, image);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    /// <summary>What was given, at its path in the table: settings of one object (safety) stand one after the other.</summary>
    private static void WriteSettings(Utf8JsonWriter json, VideoRequest request)
    {
        ModelSpec spec = ModelSpec.FindOrDefault(request.Model);
        string open = "";
        foreach (SettingRow setting in spec.Settings)
        {
            if (request.Normalized(setting) is not object value)
            {
                continue;
            }

            if (setting.Row.WireParent != open)
            {
                Close(json, open);
                open = setting.Row.WireParent;
                if (open.Length > 0)
                {
                    json.WriteStartObject(open);
                }
            }

            WriteValue(json, setting.Row.WireField, value);
        }

        Close(json, open);

        static void Close(Utf8JsonWriter json, string open)
        {
            if (open.Length > 0)
            {
                json.WriteEndObject();
            }
        }
    }

    /// <summary>Writes a value: a setting's, or one of a record.</summary>
    internal static void WriteValue(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case decimal number:
                json.WriteNumber(name, number);
                break;
            case DateTimeOffset time:
                json.WriteString(name, time.ToUniversalTime());
                break;
            default:
                json.WriteString(name, (string)value);
                break;
        }
    }

    private static void WriteDelivery(Utf8JsonWriter json, VideoRequest request, Func<string?, string> address)
    {
        WriteText(json, "webhookURL", request.WebhookUrl is null ? null : address(request.WebhookUrl));
        WriteText(json, "uploadEndpoint", request.UploadEndpoint is null ? null : address(request.UploadEndpoint));
        if (request.IncludeCost)
        {
            json.WriteBoolean("includeCost", true);
        }
    }

    /// <summary>Writes the inputs and returns the position of the image text's closing quote.</summary>
    private static int WriteImage(Utf8JsonWriter json, string? image)
    {
        if (image is null)
        {
            return 0;
        }

        json.WriteStartObject("inputs");
        json.WriteStartArray("frameImages");
        json.WriteStartObject();
        json.WriteString("image", image);
        int closingQuote = (int)(json.BytesCommitted + json.BytesPending) - 1;
        json.WriteString("frame", "first");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        return closingQuote;
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
