using System.Text.Json;
using Kling.Requests;

namespace Kling.Wire;

/// <summary>
/// Reads the answers to <c>getTaskDetails</c>. Each has the stored <c>request</c> and <c>response</c> of a task. The documentation
/// gives no type for them, so an array, a lone object and JSON inside a text are accepted.
/// </summary>
internal sealed class ArchiveReader(Redactor redactor)
{
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
        ModelSpec spec = ModelSpec.FindOrDefault(JsonRead.Text(task, "model"));
        return new StoredRequest
        {
            TaskId = id,
            Image = Image(task),
            Settings = VideoSettings.Read(setting => Value(task, setting, spec.Row(setting.Name).WireName)),
            IncludeCost = JsonRead.Bool(task, "includeCost"),
        };
    }

    private object? Value(JsonElement task, VideoSetting setting, string path)
    {
        string[] names = path.Split('.');
        JsonElement parent = names[..^1].Aggregate(task, JsonRead.Get);
        string name = names[^1];
        return setting.Type == typeof(bool) ? JsonRead.Bool(parent, name)
            : setting.Type == typeof(int) ? JsonRead.Small(parent, name)
            : setting.Type == typeof(decimal) ? JsonRead.Decimal(parent, name)
            : JsonRead.Text(parent, name) is not string text ? null
            : setting.IsProse ? redactor.HideKey(text) : redactor.Clean(text);
    }

    // The older form had frameImages at the top and inputImage in its objects (protocol note, inputs.frameImages vs. legacy).
    private string? Image(JsonElement task)
    {
        JsonElement frames = JsonRead.Get(JsonRead.Get(task, "inputs"), "frameImages");
        if (frames.ValueKind == JsonValueKind.Undefined)
        {
            frames = JsonRead.Get(task, "frameImages");
        }

        JsonElement first = JsonRead.Many(frames).FirstOrDefault();
        string? image = first.ValueKind == JsonValueKind.Object ? JsonRead.Text(first, "image", "inputImage") : JsonRead.Text(first);
        if (image is null || Guid.TryParse(image, out _))
        {
            // A key may be 32 hexadecimal digits, which read as an id.
            return redactor.Whole(image);
        }

        return image.IndexOf("://", StringComparison.Ordinal) > 0 || image.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            ? redactor.Clean(image)
            : Masking.InlineData(image);
    }
}
