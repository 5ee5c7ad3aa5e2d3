using System.Buffers;
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

    // Enough for most requests without their image, so that the buffer need not grow.
    private const int UsualBytes = 1024;

    // The body is JSON over HTTP, never a part of a page: prompts in any script stay readable.
    private static readonly JsonWriterOptions s_wire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions s_display = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>The request as a JSON array of one task object, in UTF-8.</summary>
    /// <param name="request">The request; none of its images must be a file.</param>
    /// <exception cref="ArgumentException">The model has no field for a setting, or an image is a file; its bytes are streamed, see <see cref="Around"/>.</exception>
    public static byte[] Write(VideoRequest request) => Build(Whole(request), s_wire, TextOf, address => address, out _);

    /// <summary>The bytes of the request before and after the first image's base64 text; the text itself needs no escaping.</summary>
    /// <param name="request">The request; it must have a first image, whose text is left out.</param>
    /// <exception cref="ArgumentException">The model has no field for a setting, there is no first image, or the last one is a file.</exception>
    public static (byte[] Before, byte[] After) Around(VideoRequest request)
    {
        if (request.Image is null)
        {
            throw new ArgumentException("There is no image to write around.", nameof(request));
        }

        VideoRequest without = Whole(request) with { Image = new RequestImage(ImageKind.Base64, "") };
        byte[] whole = Build(without, s_wire, TextOf, address => address, out int gap);
        return (whole[..gap], whole[gap..]);
    }

    /// <summary>
    /// The request for the eye: inline data and the queries of addresses as length and hash, a file as its name and size.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="indented">Whether it is spread over several lines.</param>
    public static string WriteDisplay(VideoRequest request, bool indented = true)
    {
        VideoRequest shown = request.Setting is null ? request : request with { Setting = Masking.Clean(request.Setting) };
        byte[] json = Build(shown, indented ? s_display : s_wire, ForTheEye, Masking.Address, out _);
        return Encoding.UTF8.GetString(json).Replace("\r\n", "\n");
    }

    // Whoever validated the request does not meet this. Without it, a setting would be paid for and not sent.
    private static VideoRequest Whole(VideoRequest request) =>
        ModelSpec.FindOrDefault(request.Model).Settings.FirstOrDefault(setting => setting.Row is null && setting.Setting!.Name != nameof(VideoSettings.Setting)
            && setting.Setting.Get(request) is not null) is SettingRow lost
            ? throw new ArgumentException($"{request.Model} has no field for {lost.Setting!.Name}.", nameof(request))
            : request;

    private static string TextOf(RequestImage image) => image.Kind is ImageKind.File
        ? throw new ArgumentException("A file's bytes are streamed, not written here.", nameof(image))
        : image.Value;

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

    private static byte[] WriteTasks(string type, IReadOnlyList<Guid> ids, string? operation = null)
    {
        // A look at all open tasks is the most frequent request: its bytes are made in place.
        var buffer = new ArrayBufferWriter<byte>(2 + (ids.Count * BytesPerTask));
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

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Build(VideoRequest request, JsonWriterOptions options, Func<RequestImage, string> image, Func<string, string?> address, out int gap)
    {
        gap = 0;
        string[] open = [];
        var buffer = new ArrayBufferWriter<byte>(UsualBytes);
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("taskType", "videoInference");
            json.WriteString("taskUUID", request.TaskId.ToString("D"));
            foreach ((ParameterSpec row, object value) in request.Given(ModelSpec.FindOrDefault(request.Model), image))
            {
                open = Move(json, open, row.WireParents);
                switch (row.Name)
                {
                    case nameof(VideoRequest.Image):
                        gap = WriteFrames(json, row.WireField, (string[])value);
                        break;
                    case nameof(VideoRequest.WebhookUrl) or nameof(VideoRequest.UploadEndpoint):
                        json.WriteString(row.WireField, address((string)value));
                        break;
                    default:
                        WriteValue(json, row.WireField, value);
                        break;
                }
            }

            Move(json, open, []);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Closes the objects that end here and opens those that begin. Fields of one object stand one after the other.</summary>
    private static string[] Move(Utf8JsonWriter json, string[] open, string[] next)
    {
        int shared = 0;
        while (shared < open.Length && shared < next.Length && open[shared] == next[shared])
        {
            shared++;
        }

        for (int i = shared; i < open.Length; i++)
        {
            json.WriteEndObject();
        }

        for (int i = shared; i < next.Length; i++)
        {
            json.WriteStartObject(next[i]);
        }

        return next;
    }

    /// <summary>Writes the frames and returns the position of the closing quote of the first one's text.</summary>
    private static int WriteFrames(Utf8JsonWriter json, string name, string[] images)
    {
        int closingQuote = 0;
        json.WriteStartArray(name);
        foreach (string image in images)
        {
            json.WriteStartObject();
            json.WriteString("image", image);
            closingQuote = closingQuote > 0 ? closingQuote : (int)(json.BytesCommitted + json.BytesPending) - 1;

            // Two images are the first and the last frame by themselves (model page, frameImages; the published examples).
            if (images.Length == 1)
            {
                json.WriteString("frame", "first");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        return closingQuote;
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
            case string text:
                json.WriteString(name, text);
                break;
            default:
                json.WritePropertyName(name);
                WriteTree(json, value);
                break;
        }
    }

    /// <summary>Writes a value with everything in it.</summary>
    internal static void WriteTree(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case IReadOnlyDictionary<string, object?> fields:
                json.WriteStartObject();
                foreach ((string name, object? inner) in fields)
                {
                    json.WritePropertyName(name);
                    WriteTree(json, inner);
                }

                json.WriteEndObject();
                break;
            case IReadOnlyList<object?> items:
                json.WriteStartArray();
                foreach (object? item in items)
                {
                    WriteTree(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
