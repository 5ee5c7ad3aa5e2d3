using System.Text.Json;

namespace Kling.Wire;

/// <summary>Reads one object of <c>data</c>: an acknowledgement, a state, a finished video or a failure (protocol note, polling).</summary>
internal static class ItemReader
{
    private static readonly HashSet<string> s_failed = new(StringComparer.OrdinalIgnoreCase)
    {
        "error", "failed", "failure", "rejected", "cancelled", "canceled", "expired",
    };

    private static readonly HashSet<string> s_unfinished = new(StringComparer.OrdinalIgnoreCase)
    {
        "processing", "pending", "queued", "scheduled", "waiting", "running", "started",
    };

    /// <summary>Reads the item; exactly one of the two results is not null.</summary>
    internal static (ResultItem? Item, KlingTaskError? Error) Read(JsonElement data, int? status, Redactor redactor, Guid? defaultTask)
    {
        string? state = JsonRead.Word(data, "status")?.Trim();
        KlingVideo? video = Video(data, state);
        if (IsFailure(data, state, video is not null))
        {
            JsonElement nested = JsonRead.Get(data, "error");
            bool hasNested = nested.ValueKind is JsonValueKind.Object or JsonValueKind.String;
            return (null, ErrorReader.Read(hasNested ? nested : data, data, status, redactor, defaultTask, FailureCode(state)));
        }

        bool isUpload = IsUpload(data);
        return (new ResultItem
        {
            TaskId = JsonRead.Id(data, "taskUUID") ?? defaultTask,
            TaskType = Clean(JsonRead.Word(data, "taskType"), redactor),
            Status = Clean(state, redactor),
            Progress = JsonRead.Number(data, "progress") is double progress ? Math.Min(100, Math.Max(0, progress)) : null,
            Cost = Money(data),
            Video = video,
            MediaId = isUpload ? JsonRead.Id(data, "mediaUUID") ?? JsonRead.Id(data, "imageUUID") : null,
            MediaUrl = isUpload ? JsonRead.Text(data, "mediaURL", "imageURL") : null,
        }, null);
    }

    /// <summary>Whether a status word says that the task goes on.</summary>
    internal static bool IsUnfinished(string? state) => state is not null && s_unfinished.Contains(state);

    /// <summary>Whether an object looks like an item of <c>data</c>, so that it may stand alone, as in a webhook.</summary>
    internal static bool IsItem(JsonElement element) =>
        JsonRead.Id(element, "taskUUID") is not null
        && (JsonRead.TryGet(element, "taskType", out _) || JsonRead.TryGet(element, "videoUUID", out _) || JsonRead.TryGet(element, "status", out _));

    private static bool IsUpload(JsonElement data) => JsonRead.Word(data, "taskType") is "mediaStorage" or "imageUpload";

    private static bool IsFailed(string? state) => state is not null && s_failed.Contains(state);

    private static bool IsFailure(JsonElement data, string? state, bool hasVideo)
    {
        if (IsFailed(state))
        {
            return true;
        }

        // A finished video is what was paid for. A stray error member beside it does not take it away.
        if (hasVideo)
        {
            return false;
        }

        if (JsonRead.TryGet(data, "error", out JsonElement error))
        {
            if (error.ValueKind == JsonValueKind.String)
            {
                return JsonRead.Text(error) is not null;
            }

            if (JsonRead.Text(error, "code", "message") is not null)
            {
                return true;
            }
        }

        return !IsUnfinished(state) && JsonRead.Text(data, "code") is not null;
    }

    private static KlingVideo? Video(JsonElement data, string? state)
    {
        // The answer to an upload has the same members, but they name an image.
        if (IsUpload(data) || IsUnfinished(state) || IsFailed(state))
        {
            return null;
        }

        string? id = JsonRead.Text(data, "videoUUID", "mediaUUID");
        string? url = JsonRead.Text(data, "videoURL", "mediaURL");
        bool success = string.Equals(state, "success", StringComparison.OrdinalIgnoreCase);

        // Without a status, an id alone may be an announcement. A member that only results have makes it a result.
        bool finished = url is not null || (id is not null && (success
            || JsonRead.TryGet(data, "cost", out _) || JsonRead.TryGet(data, "seed", out _)
            || JsonRead.TryGet(data, "videoBase64Data", out _) || JsonRead.TryGet(data, "videoDataURI", out _)));
        return !finished ? null : new KlingVideo
        {
            VideoId = id ?? IdFromUrl(url!),
            VideoUrl = url,
            Seed = JsonRead.Whole(data, "seed"),
            Nsfw = JsonRead.Bool(data, "NSFWContent"),
            VideoCost = Money(data),
        };
    }

    /// <summary>What an object says was billed for it.</summary>
    internal static decimal? Money(JsonElement data) => JsonRead.Decimal(data, "cost") is decimal cost and >= 0 ? cost : null;

    // Two videos without an id must stay two, and one video that is reported twice must stay one.
    private static string IdFromUrl(string url)
    {
        string path = url.Split('?', '#')[0];
        string name = Path.GetFileNameWithoutExtension(path[(path.LastIndexOf('/') + 1)..]);
        return Guid.TryParse(name, out Guid id) ? id.ToString("D") : "url-" + Sha256Text.Of(url)[..16];
    }

    private static string FailureCode(string? state) => state?.ToUpperInvariant() switch
    {
        "CANCELLED" or "CANCELED" => "taskCancelled",
        "EXPIRED" => "taskExpired",
        _ => "unknownError",
    };

    private static string? Clean(string? text, Redactor redactor) => text is null ? null : redactor.CleanWord(text);
}
