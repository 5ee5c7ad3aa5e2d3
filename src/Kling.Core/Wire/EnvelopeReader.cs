using System.Text;
using System.Text.Json;
using Kling.Models;
using Kling.Support;

namespace Kling.Wire;

/// <summary>
/// Reads a reply's body in every shape the protocol note lists. It never throws: what is no envelope is
/// <see cref="ParsedEnvelope.Unreadable"/>, and what cannot be read inside one is left out.
/// </summary>
internal static class EnvelopeReader
{
    // Unknown members may be deep; the parser does not recurse, so the limit only bounds nonsense.
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 1000 };

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly string[] s_errorMembers = ["errors", "error"];

    /// <summary>Reads a body.</summary>
    /// <param name="body">The bytes, with or without a byte order mark.</param>
    /// <param name="status">HTTP status; null for what did not come over HTTP (a webhook's body).</param>
    internal static ParsedEnvelope Read(byte[] body, int? status) => Read(body, status, Redactor.WithoutKey);

    /// <summary>Reads a body.</summary>
    /// <param name="body">The bytes, with or without a byte order mark.</param>
    /// <param name="status">HTTP status; null for what did not come over HTTP.</param>
    /// <param name="redactor">Cleans every text of the service that is shown later.</param>
    internal static ParsedEnvelope Read(byte[] body, int? status, Redactor redactor)
    {
        if (TryParse(body) is JsonDocument plain)
        {
            using (plain)
            {
                return Read(plain.RootElement, status, redactor, null, archive: true);
            }
        }

        // Decoded first: bytes that are no UTF-8 become replacement characters, not exceptions further down.
        string text = Encoding.UTF8.GetString(body).Trim('\uFEFF', ' ', '\t', '\r', '\n', '\0');
        return text.Length == 0 ? ParsedEnvelope.Unreadable : Read(text, status, redactor);
    }

    /// <summary>Reads a stored envelope, or a part of one; tasks it does not name are <paramref name="defaultTask"/>'s.</summary>
    internal static ParsedEnvelope ReadStored(JsonElement root, Redactor redactor, Guid? defaultTask) =>
        Read(root, null, redactor, defaultTask, archive: false);

    /// <summary>Parses a text that may hold JSON; null when it does not.</summary>
    internal static JsonDocument? TryParse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, s_options);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair in the text cannot be encoded for the parser.
            return null;
        }
    }

    /// <summary>Parses what nearly every body is, an object in proper UTF-8, without making a text of it; null for all others.</summary>
    private static JsonDocument? TryParse(byte[] body)
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

    private static ParsedEnvelope Read(string text, int? status, Redactor redactor)
    {
        using JsonDocument? document = TryParse(text);
        return document is null ? ParsedEnvelope.Unreadable : Read(document.RootElement, status, redactor, null, archive: true);
    }

    private static ParsedEnvelope Read(JsonElement root, int? status, Redactor redactor, Guid? defaultTask, bool archive)
    {
        var errors = new List<KlingTaskError>();
        IEnumerable<JsonElement> data;
        if (root.ValueKind == JsonValueKind.Array)
        {
            data = root.EnumerateArray().Where(IsItemOrError).ToList();
            if (!data.Any())
            {
                return ParsedEnvelope.Unreadable;
            }
        }
        else if (root.ValueKind != JsonValueKind.Object)
        {
            return ParsedEnvelope.Unreadable;
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
        foreach (JsonElement element in data)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.EnumerateObject().Any() || (stored?.TryAdd(element) ?? false))
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

        return new ParsedEnvelope
        {
            IsEnvelope = true,
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

            foreach (JsonElement error in JsonRead.Many(JsonRead.Get(root, name)))
            {
                bool told = error.ValueKind == JsonValueKind.String
                    ? JsonRead.Text(error) is not null
                    : error.ValueKind == JsonValueKind.Object && error.EnumerateObject().Any();
                if (told)
                {
                    errors.Add(ErrorReader.Read(error, root, status, redactor, defaultTask));
                }
            }
        }

        return hasData || errors.Count > 0;
    }

    private static ParsedEnvelope ReadBareError(JsonElement root, int? status, Redactor redactor, Guid? defaultTask)
    {
        bool failedCall = status >= 400;
        bool told = JsonRead.Text(root, "code") is not null || (failedCall && JsonRead.Text(root, "message") is not null);
        return !told ? ParsedEnvelope.Unreadable : new ParsedEnvelope
        {
            IsEnvelope = true,
            Errors = [ErrorReader.Read(root, default, status, redactor, defaultTask, failedCall ? HttpErrors.Code(status!.Value) : null)],
        };
    }

    private static bool IsItemOrError(JsonElement element) =>
        ItemReader.IsItem(element) || JsonRead.Text(element, "code") is not null
        || JsonRead.TryGet(element, "error", out _) || JsonRead.TryGet(element, "taskType", out _);
}

/// <summary>What a reply's body says.</summary>
internal sealed class ParsedEnvelope
{
    /// <summary>A body that is no envelope: HTML, nothing, broken or foreign JSON.</summary>
    internal static ParsedEnvelope Unreadable { get; } = new();

    /// <summary>Whether the body is an envelope at all.</summary>
    internal bool IsEnvelope { get; init; }

    /// <summary>The items that are not failures; videos once each.</summary>
    internal IReadOnlyList<ResultItem> Items { get; init; } = [];

    /// <summary>All errors, whichever shape carried them; one failure told in two places is one.</summary>
    internal IReadOnlyList<KlingTaskError> Errors { get; init; } = [];

    /// <summary>What the archive holds, where the reply answers <c>getTaskDetails</c>.</summary>
    internal StoredReply? Stored { get; init; }

    /// <summary>The account, where the reply answers <c>accountManagement</c>.</summary>
    internal KlingAccount? Account { get; init; }
}

/// <summary>Makes one of what a reply says twice.</summary>
internal static class EnvelopeMerger
{
    /// <summary>Each video of a task once, with everything any of its items told; other items as they are.</summary>
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
    /// The failures of <c>data</c> and those of <c>errors</c> that are not the same told again. Two failures alike within
    /// one place are two: with several results each can fail for the same reason.
    /// </summary>
    internal static IReadOnlyList<KlingTaskError> Errors(List<KlingTaskError> fromData, List<KlingTaskError> fromErrors)
    {
        List<KlingTaskError> merged = WithoutRepeatedVideos(fromData);
        var unmatched = new List<KlingTaskError>(merged);
        foreach (KlingTaskError error in WithoutRepeatedVideos(fromErrors))
        {
            int twin = unmatched.FindIndex(other => other.TaskId == error.TaskId && other.Code == error.Code
                && (other.VideoId is null || error.VideoId is null || SameVideo(other, error)));
            if (twin < 0)
            {
                merged.Add(error);
                continue;
            }

            if (unmatched[twin].Message.Length < error.Message.Length)
            {
                merged[merged.IndexOf(unmatched[twin])] = WithVideo(error, unmatched[twin].VideoId ?? error.VideoId);
            }

            unmatched.RemoveAt(twin);
        }

        return merged;
    }

    private static List<KlingTaskError> WithoutRepeatedVideos(List<KlingTaskError> errors)
    {
        var kept = new List<KlingTaskError>(errors.Count);
        foreach (KlingTaskError error in errors)
        {
            if (error.VideoId is null || !kept.Exists(other => other.TaskId == error.TaskId && SameVideo(other, error)))
            {
                kept.Add(error);
            }
        }

        return kept;
    }

    private static bool SameVideo(KlingTaskError one, KlingTaskError other) =>
        string.Equals(one.VideoId, other.VideoId, StringComparison.OrdinalIgnoreCase);

    private static KlingTaskError WithVideo(KlingTaskError error, string? videoId) => new()
    {
        Code = error.Code,
        Message = error.Message,
        Category = error.Category,
        Parameter = error.Parameter,
        Allowed = error.Allowed,
        TaskId = error.TaskId,
        VideoId = videoId,
        RetryAfterSeconds = error.RetryAfterSeconds,
    };

    private static ResultItem Merge(ResultItem first, ResultItem second) => new()
    {
        TaskId = first.TaskId,
        TaskType = first.TaskType ?? second.TaskType,
        Status = first.Status ?? second.Status,
        Progress = second.Progress ?? first.Progress,
        Cost = first.Cost ?? second.Cost,
        Video = new KlingVideo
        {
            VideoId = first.Video!.VideoId,
            VideoUrl = first.Video.VideoUrl ?? second.Video!.VideoUrl,
            Seed = first.Video.Seed ?? second.Video!.Seed,
            Nsfw = first.Video.Nsfw ?? second.Video!.Nsfw,
            VideoCost = first.Video.VideoCost ?? second.Video!.VideoCost,
        },
    };
}
