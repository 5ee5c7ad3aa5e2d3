using System.Text.Json;
using Kling.Requests;
using Kling.Schemas;

namespace Kling.Wire;

/// <summary>
/// Reads the answers to <c>getTaskDetails</c>. Each has the stored <c>request</c> and <c>response</c> of a task. The documentation
/// gives no type for them, so an array, a lone object and JSON inside a text are accepted.
/// </summary>
internal sealed class ArchiveReader(Redactor redactor)
{
    private static readonly Dictionary<string, string[]> s_paths = ModelReader.ParametersOf.ToDictionary(field => field.Value, field => field.Key.Split('.'));

    // What a parameter gives, what is the same for every request, and the older form of the frames.
    private static readonly HashSet<string> s_known = [.. ModelReader.ParametersOf.Keys, "taskType", "outputType", "deliveryMethod", "frameImages"];
    private readonly List<StoredRequest> _requests = [];
    private readonly List<ResultItem> _items = [];
    private readonly List<KlingTaskError> _errors = [];
    private bool _found;

    /// <summary>Reads an item of <c>data</c>; false when it is not an answer of the archive.</summary>
    internal bool TryAdd(JsonElement item)
    {
        bool hasRequest = JsonRead.TryGet(item, "request", out JsonElement request);
        bool hasResponse = JsonRead.TryGet(item, "response", out JsonElement response);
        string? type = JsonRead.Word(item, "taskType");
        bool isArchive = string.Equals(type, "getTaskDetails", StringComparison.OrdinalIgnoreCase);
        if (!isArchive && !(hasRequest && hasResponse))
        {
            return false;
        }

        // A failed question to the archive is an error like any other.
        if (!hasRequest && !hasResponse && (JsonRead.TryGet(item, "error", out _) || JsonRead.TryGet(item, "code", out _)))
        {
            return false;
        }

        _found = true;
        Guid? owner = JsonRead.Id(item, "taskUUID");
        int before = _requests.Count;
        Use(request, AddRequests);
        bool several = _requests.Count - before > 1;
        Use(response, element => AddResponse(element, several ? null : owner));
        return true;
    }

    /// <summary>Everything read so far; null when nothing was.</summary>
    internal StoredReply? ToReply() => !_found ? null : new StoredReply
    {
        Requests = _requests,
        Items = EnvelopeMerger.Items(_items),
        Errors = _errors,
    };

    private static void Use(JsonElement element, Action<JsonElement> action)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            action(element);
            return;
        }

        using JsonDocument? document = EnvelopeReader.TryParse(JsonRead.Text(element) ?? "");
        if (document is not null)
        {
            action(document.RootElement);
        }
    }

    private void AddRequests(JsonElement request)
    {
        foreach (JsonElement task in JsonRead.Many(request))
        {
            // Only a request for a video proves anything. Our own question may be archived under the same id.
            string? type = JsonRead.Text(task, "taskType");
            if (JsonRead.Id(task, "taskUUID") is Guid id && type is (null or "videoInference"))
            {
                _requests.Add(ReadRequest(task, id));
            }
        }
    }

    private void AddResponse(JsonElement response, Guid? owner)
    {
        if (EnvelopeReader.ReadStored(response, redactor, owner) is ApiReply reply)
        {
            _items.AddRange(reply.Items);
            _errors.AddRange(reply.Errors);
        }
    }
    private StoredRequest ReadRequest(JsonElement task, Guid id)
    {
        JsonElement[] frames = Frames(task);
        return new StoredRequest
        {
            TaskId = id,
            Image = frames.Length > 0 ? Image(frames[0]) : null,
            LastImage = frames.Length > 1 ? Image(frames[^1]) : null,
            Settings = VideoSettings.Read(setting => setting.Name == nameof(VideoSettings.Setting) ? Others(task) : Value(task, setting)),
            IncludeCost = JsonRead.Bool(task, "includeCost"),
        };
    }

    /// <summary>The fields that no parameter gives; null where there is none.</summary>
    private string? Others(JsonElement task)
    {
        Dictionary<string, object?> fields = [];
        Collect(task, "", fields);
        return fields.Count == 0 ? null : redactor.Clean(OtherSettings.Write(fields.Select(field => (field.Key, field.Value))));
    }

    private static void Collect(JsonElement owner, string path, Dictionary<string, object?> fields)
    {
        foreach (JsonProperty field in owner.ValueKind == JsonValueKind.Object ? owner.EnumerateObject() : default)
        {
            string name = path + field.Name;
            if (field.Value.ValueKind == JsonValueKind.Object)
            {
                Collect(field.Value, name + ".", fields);
            }
            else if (!s_known.Contains(name))
            {
                fields[name] = SchemaText.Value(field.Value);
            }
        }
    }

    private object? Value(JsonElement task, VideoSetting setting)
    {
        string[] names = s_paths[setting.Name];
        JsonElement parent = names[..^1].Aggregate(task, JsonRead.Get);
        string name = names[^1];
        return setting.Type == typeof(bool) ? JsonRead.Bool(parent, name)
            : setting.Type == typeof(int) ? JsonRead.Small(parent, name)
            : setting.Type == typeof(decimal) ? JsonRead.Decimal(parent, name)
            : JsonRead.Text(parent, name) is not string text ? null
            : setting.IsProse ? redactor.HideKey(text) : redactor.Clean(text);
    }

    // The older form had frameImages at the top and inputImage in its objects (protocol note, inputs.frameImages vs. legacy).
    private static JsonElement[] Frames(JsonElement task)
    {
        JsonElement frames = JsonRead.Get(JsonRead.Get(task, "inputs"), "frameImages");
        return [.. JsonRead.Many(frames.ValueKind == JsonValueKind.Undefined ? JsonRead.Get(task, "frameImages") : frames)];
    }

    private string? Image(JsonElement frame)
    {
        string? image = frame.ValueKind == JsonValueKind.Object ? JsonRead.Text(frame, "image", "inputImage") : JsonRead.Text(frame);
        if (image is null || Guid.TryParse(image, out _))
        {
            return image;
        }

        return image.IndexOf("://", StringComparison.Ordinal) > 0 || image.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            ? redactor.Clean(image)
            : Masking.InlineData(image);
    }
}
