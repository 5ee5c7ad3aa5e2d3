using System.Text;
using System.Text.Json;

namespace Kling.Wire;

/// <summary>
/// Reads a reply's body in every shape that the protocol note lists. It never throws: a body that is no envelope is null, and
/// what cannot be read inside an envelope is left out.
/// </summary>
internal static class EnvelopeReader
{
    // Unknown members may be deep. The parser does not recurse, so the limit only stops nonsense.
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 1000 };

    // The largest request asks about 50 tasks of a few videos each.
    private const int MostItems = 2000;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly string[] s_errorMembers = ["errors", "error"];

    /// <summary>Reads a body, with or without a byte order mark; null for HTML, nothing, broken JSON or JSON of another kind.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="status">HTTP status; null for a body that did not come over HTTP (a webhook's).</param>
    /// <param name="redactor">Cleans every text of the service that is shown later; left out where there is no key to hide.</param>
    internal static ApiReply? Read(byte[] body, int? status, Redactor? redactor = null)
    {
        using JsonDocument? document = TryParseObject(body) ?? TryParse(Decode(body));
        return document is null ? null : Read(document.RootElement, status, redactor ?? Redactor.WithoutKey, null, archive: true);
    }

    /// <summary>Reads a stored envelope, or a part of one; what names no task belongs to <paramref name="defaultTask"/>.</summary>
    internal static ApiReply? ReadStored(JsonElement root, Redactor redactor, Guid? defaultTask) =>
        Read(root, null, redactor, defaultTask, archive: false);

    /// <summary>Parses a text that may hold JSON; null when it does not.</summary>
    internal static JsonDocument? TryParse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, s_options);
        }
        catch (Exception other) when (other is JsonException or ArgumentException)
        {
            // The second is thrown for half a surrogate pair in the text.
            return null;
        }
    }

    /// <summary>Parses what nearly every body is, an object in proper UTF-8, without making a text of it; null for all others.</summary>
    private static JsonDocument? TryParseObject(byte[] body)
    {
        try
        {
            return body.Length > 1 && body[0] == '{' && s_strict.GetCharCount(body) > 0 ? JsonDocument.Parse(body, s_options) : null;
        }
        catch (Exception other) when (other is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    // Bytes that are no UTF-8 become replacement characters here, not exceptions later.
    private static string Decode(byte[] body) => Encoding.UTF8.GetString(body).Trim('\uFEFF', ' ', '\t', '\r', '\n', '\0');

    private static ApiReply? Read(JsonElement root, int? status, Redactor redactor, Guid? defaultTask, bool archive)
    {
        var errors = new List<KlingTaskError>();
        IEnumerable<JsonElement> data;
        if (root.ValueKind == JsonValueKind.Array)
        {
            data = root.EnumerateArray().Where(IsItemOrError).Take(MostItems).ToList();
            if (!data.Any())
            {
                return null;
            }
        }
        else if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        else if (!TryReadMembers(root, status, redactor, defaultTask, errors, out data))
        {
            if (!ItemReader.IsItem(root))
            {
                return ReadBareError(root, status, redactor, defaultTask);
            }

            data = [root];
        }

        var items = new List<ResultItem>();
        var failures = new List<KlingTaskError>();
        var stored = archive ? new ArchiveReader(redactor) : null;
        KlingAccount? account = null;
        foreach (JsonElement element in data.Take(MostItems))
        {
            if (element.ValueKind != JsonValueKind.Object || !JsonRead.HasMembers(element) || (stored?.TryAdd(element) ?? false))
            {
                continue;
            }

            account ??= AccountReader.Read(element, redactor);
            (ResultItem? item, KlingTaskError? failure) = ItemReader.Read(element, status, redactor, defaultTask);
            if (item is not null)
            {
                items.Add(item);
            }
            else
            {
                failures.Add(failure!);
            }
        }

        return new ApiReply
        {
            HttpStatus = status,
            Items = EnvelopeMerger.Items(items),
            Errors = EnvelopeMerger.Errors(failures, errors),
            Stored = stored?.ToReply(),
            Account = account,
        };
    }

    private static bool TryReadMembers(
        JsonElement root, int? status, Redactor redactor, Guid? defaultTask, List<KlingTaskError> errors, out IEnumerable<JsonElement> data)
    {
        JsonElement dataMember = JsonRead.Get(root, "data");
        bool hasData = dataMember.ValueKind is JsonValueKind.Array or JsonValueKind.Object;
        data = hasData ? JsonRead.Many(dataMember) : [];

        foreach (string name in s_errorMembers)
        {
            // A lone item's own error is not the envelope's.
            if (name == "error" && !hasData && JsonRead.TryGet(root, "status", out _) && ItemReader.IsItem(root))
            {
                continue;
            }

            foreach (JsonElement error in JsonRead.Many(JsonRead.Get(root, name)).Take(MostItems))
            {
                bool told = error.ValueKind == JsonValueKind.String
                    ? JsonRead.Text(error) is not null
                    : error.ValueKind == JsonValueKind.Object && JsonRead.HasMembers(error);
                if (told)
                {
                    errors.Add(ErrorReader.Read(error, root, status, redactor, defaultTask));
                }
            }
        }

        return hasData || errors.Count > 0;
    }

    private static ApiReply? ReadBareError(JsonElement root, int? status, Redactor redactor, Guid? defaultTask)
    {
        string? code = status is int refused and >= 400 ? HttpErrors.Code(refused) : null;
        bool isError = JsonRead.Text(root, "code") is not null || (code is not null && JsonRead.Text(root, "message") is not null);
        return !isError ? null : new ApiReply
        {
            HttpStatus = status,
            Errors = [ErrorReader.Read(root, default, status, redactor, defaultTask, code)],
        };
    }

    private static bool IsItemOrError(JsonElement element) =>
        ItemReader.IsItem(element) || JsonRead.Text(element, "code") is not null
        || JsonRead.TryGet(element, "error", out _) || JsonRead.TryGet(element, "taskType", out _);
}

/// <summary>Removes what one reply reports twice.</summary>
internal static class EnvelopeMerger
{
    /// <summary>Each video of a task once, with everything that its items tell; other items as they are.</summary>
    internal static IReadOnlyList<ResultItem> Items(List<ResultItem> items)
    {
        var merged = new List<ResultItem>(items.Count);
        var places = new Dictionary<(Guid?, string), int>();
        foreach (ResultItem item in items)
        {
            if (item.Video is null)
            {
                merged.Add(item);
                continue;
            }

            (Guid?, string) key = (item.TaskId, item.Video.VideoId.ToUpperInvariant());
            if (places.TryGetValue(key, out int place))
            {
                merged[place] = Merge(merged[place], item);
            }
            else
            {
                places.Add(key, merged.Count);
                merged.Add(item);
            }
        }

        return merged;
    }

    /// <summary>
    /// The failures of <c>data</c>, and those of <c>errors</c> that do not repeat one of them. An item may fail without a reason while
    /// <c>errors</c> has it. Two equal failures in the same place count as two: of several results, each can fail for the same reason.
    /// </summary>
    internal static IReadOnlyList<KlingTaskError> Errors(List<KlingTaskError> fromData, List<KlingTaskError> fromErrors) =>
        fromData.Count + fromErrors.Count == 0 ? [] : [.. fromData.Concat(fromErrors).Select(error => error.TaskId).Distinct().SelectMany(task =>
            KlingTaskError.Merge(WithoutRepeatedVideos(fromData, task), WithoutRepeatedVideos(fromErrors, task)))];

    private static List<KlingTaskError> WithoutRepeatedVideos(List<KlingTaskError> errors, Guid? task)
    {
        var kept = new List<KlingTaskError>(errors.Count);
        foreach (KlingTaskError error in errors.Where(error => error.TaskId == task))
        {
            if (error.VideoId is null || !kept.Exists(other => string.Equals(other.VideoId, error.VideoId, StringComparison.OrdinalIgnoreCase)))
            {
                kept.Add(error);
            }
        }

        return kept;
    }

    private static ResultItem Merge(ResultItem first, ResultItem second) => new()
    {
        TaskId = first.TaskId,
        TaskType = first.TaskType ?? second.TaskType,
        Status = first.Status ?? second.Status,
        Progress = second.Progress ?? first.Progress,
        Cost = first.Cost ?? second.Cost,
        OddCost = first.OddCost ?? second.OddCost,
        InlineNumber = first.InlineNumber ?? second.InlineNumber,
        Video = KlingVideo.Merge(first.Video!, second.Video!, first.Video!.VideoId),
    };
}
