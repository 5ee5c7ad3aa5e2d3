using System.Text.Json;

namespace Kling.Journal;

/// <summary>Reads the lines of a journal. Nothing in a file makes it throw: a line that cannot be read is skipped.</summary>
internal static class JournalReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The line without line ends, white space, the NULs that a crash left and the byte order marks of joined files.</summary>
    internal static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line)
    {
        while (true)
        {
            if (line.StartsWith(ByteOrderMark))
            {
                line = line[3..];
            }
            else if (line.Length > 0 && IsPadding(line[0]))
            {
                line = line[1..];
            }
            else if (line.Length > 0 && IsPadding(line[^1]))
            {
                line = line[..^1];
            }
            else
            {
                return line;
            }
        }
    }

    /// <summary>Checks a whole line, as it is in the file, and reads what identifies it. Records of other endpoints are not for us.</summary>
    internal static LineHeader ReadHeader(ReadOnlySpan<byte> raw, string endpoint)
    {
        ReadOnlySpan<byte> line = Trim(raw);
        if (line.IsEmpty)
        {
            return new LineHeader(raw.IndexOf((byte)0) >= 0 ? JournalLineKind.Unreadable : JournalLineKind.Blank);
        }

        if (line.EndsWith(JournalFormat.TornMark))
        {
            return new LineHeader(JournalLineKind.Torn);
        }

        if (!JournalFormat.IsIntact(line))
        {
            return new LineHeader(JournalLineKind.Unreadable);
        }

        try
        {
            return ReadObject(line, endpoint);
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or FormatException)
        {
            return new LineHeader(JournalLineKind.Unreadable);
        }
    }

    /// <summary>Whether a line is the beginning of a record whose writer was interrupted, so that it stands for nothing.</summary>
    internal static bool IsBegun(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> line = Trim(raw);
        if (line.IsEmpty)
        {
            return true;
        }

        try
        {
            Utf8JsonReader json = new(line, isFinalBlock: false, state: default);
            while (json.Read())
            {
            }

            return line[0] == '{' && !(json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads a line whose header was a record.</summary>
    internal static JournalRecord? ReadRecord(ReadOnlySpan<byte> raw)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Trim(raw).ToArray());
            JsonElement line = document.RootElement;
            if (Name<JournalEvent>(line, JournalFormat.Event) is not JournalEvent journalEvent
                || !Guid.TryParseExact(JournalFormat.ReadText(line, JournalFormat.Id), "D", out Guid id))
            {
                return null;
            }

            KlingTask task = new() { TaskId = id, Endpoint = JournalFormat.ReadText(line, JournalFormat.Endpoint) };
            ReadRequest(line, task);
            ReadState(line, task);
            return new JournalRecord(journalEvent, task, Known(line, JournalFormat.Status, KlingTaskStatus.All), Known(line, JournalFormat.Billing, BillingState.All))
            {
                Time = Instant(line, JournalFormat.Time) ?? DateTimeOffset.MinValue,
                Command = JournalFormat.ReadText(line, JournalFormat.Command),
            };
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsPadding(byte value) => value is 0 or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static LineHeader ReadObject(ReadOnlySpan<byte> line, string endpoint)
    {
        Utf8JsonReader json = new(line);
        int? version = null;
        string? journalEvent = null;
        string? fingerprint = null;
        DateTimeOffset? time = null;
        Guid? id = null;
        bool ours = false;
        bool located = false;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return new LineHeader(JournalLineKind.Unreadable);
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (located && version is not null && time is not null && id is not null
                && (fingerprint is not null || (journalEvent is not null && journalEvent != nameof(JournalEvent.Intent))))
            {
                // All is known; the rest is only checked to be whole. This is most of every line.
            }
            else if (json.ValueTextEquals(JournalFormat.V))
            {
                json.Read();
                version = json.TokenType == JsonTokenType.Number && json.TryGetInt32(out int number) ? number : null;
            }
            else if (json.ValueTextEquals(JournalFormat.Time))
            {
                json.Read();
                time = json.TryGetDateTimeOffset(out DateTimeOffset value) ? value : null;
            }
            else if (json.ValueTextEquals(JournalFormat.Event))
            {
                json.Read();
                journalEvent = json.GetString();
            }
            else if (json.ValueTextEquals(JournalFormat.Id))
            {
                json.Read();
                id = json.TryGetGuid(out Guid value) ? value : null;
            }
            else if (json.ValueTextEquals(JournalFormat.Endpoint))
            {
                json.Read();
                located = json.TokenType == JsonTokenType.String;
                ours = located && json.ValueTextEquals(endpoint);
            }
            else if (json.ValueTextEquals(JournalFormat.Fingerprint))
            {
                json.Read();
                fingerprint = json.TokenType == JsonTokenType.String ? json.GetString() : null;
            }

            // From the name, or from the start of a value that is not a simple one, to the value's end.
            json.Skip();
        }

        // A second read past the end throws when something follows the object.
        json.Read();
        if (version > JournalFormat.Version)
        {
            return new LineHeader(JournalLineKind.LaterVersion);
        }

        if (version != JournalFormat.Version || time is null || journalEvent is null || id is null || !located)
        {
            return new LineHeader(JournalLineKind.Unreadable);
        }

        return ours && TryName(journalEvent, out JournalEvent known)
            ? new LineHeader(JournalLineKind.Record, known, time.Value, id.Value, fingerprint)
            : new LineHeader(JournalLineKind.NotForUs);
    }

    private static void ReadRequest(JsonElement line, KlingTask task)
    {
        task.Fingerprint = JournalFormat.ReadText(line, JournalFormat.Fingerprint);
        task.Image = JournalFormat.ReadText(line, JournalFormat.Image);
        task.ImageSha256 = JournalFormat.ReadText(line, JournalFormat.ImageSha256);
        task.LastImage = JournalFormat.ReadText(line, JournalFormat.LastImage);
        task.LastImageSha256 = JournalFormat.ReadText(line, JournalFormat.LastImageSha256);
        foreach ((VideoSetting setting, string name) in JournalFormat.Settings)
        {
            if (Setting(line, setting.Type, name) is object given)
            {
                task.Settings = setting.With(task.Settings, given);
            }
        }

        task.EstimatedCost = Decimal(line, JournalFormat.Estimate);
    }

    private static object? Setting(JsonElement line, Type type, string name) =>
        type == typeof(bool) ? Bool(line, name)
        : type == typeof(int) ? Int(line, name)
        : type == typeof(decimal) ? Decimal(line, name)
        : JournalFormat.ReadText(line, name);

    private static void ReadState(JsonElement line, KlingTask task)
    {
        task.Cost = Decimal(line, JournalFormat.Cost);
        task.SubmittedAt = Instant(line, JournalFormat.Submitted);
        task.CompletedAt = Instant(line, JournalFormat.Completed);
        task.Videos = [.. Items(line, JournalFormat.Videos).Select(ReadVideo)];
        task.Errors = [.. Items(line, JournalFormat.Errors).Select(ReadError)];
    }

    private static KlingVideo ReadVideo(JsonElement video) => new()
    {
        VideoId = JournalFormat.ReadText(video, JournalFormat.VideoId) ?? "",
        VideoUrl = JournalFormat.ReadText(video, JournalFormat.VideoUrl),
        Seed = Long(video, JournalFormat.Seed),
        Nsfw = Bool(video, JournalFormat.Nsfw),
        VideoCost = Decimal(video, JournalFormat.VideoCost),
        File = JournalFormat.ReadText(video, JournalFormat.File),
        FileBytes = Long(video, JournalFormat.FileBytes),
    };

    private static KlingTaskError ReadError(JsonElement error) => new()
    {
        Code = JournalFormat.ReadText(error, JournalFormat.Code) ?? "unknownError",
        Message = JournalFormat.ReadText(error, JournalFormat.Message) ?? "",
        Category = Known(error, JournalFormat.Category, KlingErrorCategory.All) ?? KlingErrorCategory.Unknown,
        Parameter = JournalFormat.ReadText(error, JournalFormat.Parameter),
        Allowed = JournalFormat.ReadText(error, JournalFormat.Allowed),
        TaskId = Guid.TryParseExact(JournalFormat.ReadText(error, JournalFormat.ErrorTask), "D", out Guid task) ? task : null,
        VideoId = JournalFormat.ReadText(error, JournalFormat.ErrorVideo),
        RetryAfterSeconds = Number(error, JournalFormat.RetryAfter) is JsonElement wait && wait.TryGetDouble(out double seconds) ? seconds : null,
    };

    private static IEnumerable<JsonElement> Items(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    private static JsonElement? Number(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value : null;

    private static decimal? Decimal(JsonElement line, string name)
        => Number(line, name) is JsonElement number && number.TryGetDecimal(out decimal value) ? value : null;

    internal static int? Int(JsonElement line, string name)
        => Number(line, name) is JsonElement number && number.TryGetInt32(out int value) ? value : null;

    private static long? Long(JsonElement line, string name)
        => Number(line, name) is JsonElement number && number.TryGetInt64(out long value) ? value : null;

    private static bool? Bool(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    internal static DateTimeOffset? Instant(JsonElement line, string name)
        => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && value.TryGetDateTimeOffset(out DateTimeOffset time) ? time.ToUniversalTime() : null;

    internal static T? Name<T>(JsonElement line, string name)
        where T : struct, Enum
        => JournalFormat.ReadText(line, name) is string text && TryName(text, out T value) ? value : null;

    /// <summary>One of the known texts, as the same object for all lines; null for any other.</summary>
    private static string? Known(JsonElement line, string name, IReadOnlyList<string> known)
    {
        string? text = JournalFormat.ReadText(line, name);
        return known.FirstOrDefault(one => one == text);
    }

    /// <summary>A member's name only: a number would also be taken by the enum's own parser.</summary>
    private static bool TryName<T>(string text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text.Length > 0 && char.IsLetter(text[0]) && Enum.TryParse(text, out value) && Enum.IsDefined(value);
    }
}

/// <summary>What is needed of a line to decide whether to read the rest.</summary>
internal readonly record struct LineHeader(
    JournalLineKind Kind, JournalEvent Event = default, DateTimeOffset Time = default, Guid Id = default, string? Fingerprint = null);

/// <summary>What a line turned out to be.</summary>
internal enum JournalLineKind
{
    /// <summary>Nothing but white space.</summary>
    Blank,

    /// <summary>A record of this endpoint.</summary>
    Record,

    /// <summary>A whole record of another endpoint, or an event of a later version.</summary>
    NotForUs,

    /// <summary>Unfinished by its writer, and marked so by the next one: it stands for nothing.</summary>
    Torn,

    /// <summary>Written by a later version of the module; this one would misunderstand it.</summary>
    LaterVersion,

    /// <summary>Damaged or foreign: nobody knows what it recorded.</summary>
    Unreadable,
}

/// <summary>One line, read.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Task">The request and state the line holds; what it does not hold is null.</param>
/// <param name="Status">The status the line holds; null when none, or one of a later version.</param>
/// <param name="Billing">The billing state the line holds; null when none, or one of a later version.</param>
internal sealed record JournalRecord(JournalEvent Event, KlingTask Task, string? Status, string? Billing)
{
    /// <summary>When it was written.</summary>
    internal DateTimeOffset Time { get; init; }

    /// <summary>Which command wrote this Intent (<see cref="RunningCommand"/>); null when the line does not say.</summary>
    internal string? Command { get; init; }
}
