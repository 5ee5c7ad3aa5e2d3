using System.Text.Json;

namespace Kling.Wire;

/// <summary>Reads one object of <c>data</c>: an acknowledgement, a state, a finished video or a failure (protocol note, polling).</summary>
internal static class ItemReader
{
    private const int LongestCost = 40;
    private const int LongestId = 200;

    // What System.Uri takes; nobody could fetch a video from a longer one.
    private const int LongestAddress = 65_519;
    private const string FromAddress = "url-";

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
        KlingVideo? video = Video(data, state, redactor);
        if (IsFailure(data, state, video is not null))
        {
            JsonElement nested = JsonRead.Get(data, "error");
            bool hasNested = nested.ValueKind is JsonValueKind.Object or JsonValueKind.String;
            return (null, ErrorReader.Read(hasNested ? nested : data, data, status, redactor, defaultTask, FailureCode(state)));
        }

        bool isUpload = IsUpload(data);
        decimal? cost = Money(data);
        return (new ResultItem
        {
            TaskId = JsonRead.Id(data, "taskUUID") ?? defaultTask,
            TaskType = Clean(JsonRead.Word(data, "taskType"), redactor),
            Status = Clean(state, redactor),
            Progress = JsonRead.Number(data, "progress") is double progress ? Math.Min(100, Math.Max(0, progress)) : null,
            Cost = cost,
            OddCost = cost is null && JsonRead.Text(data, "cost") is string odd ? ErrorReader.Shorten(ConsoleText.Of(redactor.Clean(odd)), LongestCost) : null,
            InlineNumber = video is null ? null : InlineNumber(data),
            Video = video,
            MediaId = isUpload ? MediaId(data, "mediaUUID", redactor) ?? MediaId(data, "imageUUID", redactor) : null,
            MediaUrl = isUpload ? redactor.Whole(JsonRead.Text(data, "mediaURL", "imageURL")) : null,
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

    private static KlingVideo? Video(JsonElement data, string? state, Redactor redactor)
    {
        // The answer to an upload has the same members, but they name an image.
        if (IsUpload(data) || IsUnfinished(state) || IsFailed(state))
        {
            return null;
        }

        // They are kept whole, as what was paid for; only a key that the service repeats in them is not.
        string? id = redactor.Whole(VideoId(data));
        string? url = redactor.Whole(JsonRead.Text(data, "videoURL", "mediaURL") is string address && address.Length <= LongestAddress ? address : null);
        int? inline = InlineNumber(data);
        bool success = string.Equals(state, "success", StringComparison.OrdinalIgnoreCase);

        // Without a status, an id alone may be an announcement. A member that only results have makes it a result.
        bool finished = url is not null || inline is not null || (id is not null && (success
            || JsonRead.TryGet(data, "cost", out _) || JsonRead.TryGet(data, "seed", out _)
            || JsonRead.TryGet(data, "videoBase64Data", out _) || JsonRead.TryGet(data, "videoDataURI", out _)));
        return !finished ? null : new KlingVideo
        {
            VideoId = id ?? (url is null ? FormattableString.Invariant($"inline-{inline}") : IdFromUrl(url)),
            VideoUrl = url,
            Seed = JsonRead.Whole(data, "seed"),
            Nsfw = JsonRead.Bool(data, "NSFWContent"),
            VideoCost = Money(data),
        };
    }

    /// <summary>The id of a video; a hash of one that is no id by its length, so that the journal stays small.</summary>
    internal static string? VideoId(JsonElement data) =>
        JsonRead.Text(data, "videoUUID", "mediaUUID") is string id ? id.Length <= LongestId ? id : "long-" + Sha256Text.Of(id)[..16] : null;

    private static int? InlineNumber(JsonElement data) =>
        InlineVideoFilter.NumberOf(JsonRead.Text(data, "videoBase64Data")) ?? InlineVideoFilter.NumberOf(JsonRead.Text(data, "videoDataURI"));

    // A key may be 32 hexadecimal digits, which read as an id.
    private static Guid? MediaId(JsonElement data, string name, Redactor redactor) =>
        JsonRead.Text(data, name) is string text && redactor.HideKey(text) == text ? JsonRead.Id(data, name) : null;

    /// <summary>What an object says was billed for it.</summary>
    internal static decimal? Money(JsonElement data) => JsonRead.Decimal(data, "cost") is decimal cost and >= 0 ? cost : null;

    /// <summary>Whether an id was made from the video's address, because the service named none. A new address then makes a new id.</summary>
    internal static bool IsFromAddress(string videoId) => videoId.StartsWith(FromAddress, StringComparison.Ordinal);

    // Two videos without an id must stay two, and one video that is reported twice must stay one. Its signature changes.
    private static string IdFromUrl(string url)
    {
        string path = url.Split('?', '#')[0];
        string name = Path.GetFileNameWithoutExtension(path[(path.LastIndexOf('/') + 1)..]);
        return Guid.TryParse(name, out Guid id) ? id.ToString("D") : FromAddress + Sha256Text.Of(path)[..16];
    }

    private static string FailureCode(string? state) => state?.ToUpperInvariant() switch
    {
        "CANCELLED" or "CANCELED" => "taskCancelled",
        "EXPIRED" => "taskExpired",
        _ => "unknownError",
    };

    private static string? Clean(string? text, Redactor redactor) => text is null ? null : ConsoleText.Of(redactor.CleanWord(text));
}
