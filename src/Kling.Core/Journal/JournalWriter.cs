using System.Text.Json;
using Kling.Requests;

namespace Kling.Journal;

/// <summary>
/// Writes the lines of a journal. It is also the last guard before the disk: images and errors come here masked already, and any
/// secret that was missed is masked here.
/// </summary>
internal static class JournalWriter
{
    /// <summary>What is kept of a text in an error; some services answer with whole pages.</summary>
    internal const int LongestErrorText = 4096;

    /// <summary>Shorter runs of base64 characters may be the path of an image in deep folders.</summary>
    private const int ShortestData = 256;

    // The base64 of the first bytes of JPEG, PNG, WebP, GIF and BMP.
    private static readonly string[] s_imageStarts = ["/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD", "Qk0"];

    /// <summary>One line with its line end. An Intent names the command that sends the task, where that is known.</summary>
    internal static byte[] Write(JournalEvent journalEvent, KlingTask task, string endpoint, DateTimeOffset now, string? command = null) => JournalFormat.Line(json =>
    {
        json.WriteNumber(JournalFormat.V, JournalFormat.Version);
        json.WriteString(JournalFormat.Time, now.ToUniversalTime());
        json.WriteString(JournalFormat.Event, journalEvent.ToString());
        json.WriteString(JournalFormat.Id, task.TaskId);
        json.WriteString(JournalFormat.Endpoint, endpoint);
        if (journalEvent == JournalEvent.Intent)
        {
            WriteRequest(json, task);
            JournalFormat.WriteText(json, JournalFormat.Command, command);
        }

        if (journalEvent != JournalEvent.Removed && (journalEvent != JournalEvent.Intent || HasHistory(task)))
        {
            WriteState(json, task);
        }
    });

    /// <summary>Whether something is known of a task that is sent again. Its newest Intent then tells everything.</summary>
    private static bool HasHistory(KlingTask task)
        => task.BillingState is BillingState.Accepted or BillingState.Billed
            || task.Videos.Count > 0 || task.Cost is not null || task.SubmittedAt is not null;

    private static void WriteRequest(Utf8JsonWriter json, KlingTask task)
    {
        JournalFormat.WriteText(json, JournalFormat.Fingerprint, task.Fingerprint);
        JournalFormat.WriteText(json, JournalFormat.Image, WithoutSecrets(task.Image, isImage: true));
        JournalFormat.WriteText(json, JournalFormat.ImageSha256, task.ImageSha256);
        JournalFormat.WriteText(json, JournalFormat.LastImage, WithoutSecrets(task.LastImage, isImage: true));
        JournalFormat.WriteText(json, JournalFormat.LastImageSha256, task.LastImageSha256);
        foreach ((VideoSetting setting, string name) in JournalFormat.Settings)
        {
            object? value = setting.Get(task.Settings);
            if (value is string text)
            {
                JournalFormat.WriteText(json, name, setting.IsProse ? text : WithoutSecrets(text));
            }
            else
            {
                Write(json, name, value);
            }
        }

        Write(json, JournalFormat.Estimate, task.EstimatedCost);
    }

    private static void WriteState(Utf8JsonWriter json, KlingTask task)
    {
        json.WriteString(JournalFormat.Status, task.Status.ToString());
        json.WriteString(JournalFormat.Billing, task.BillingState.ToString());
        Write(json, JournalFormat.Cost, task.Cost);
        Write(json, JournalFormat.Submitted, task.SubmittedAt);
        Write(json, JournalFormat.Completed, task.CompletedAt);
        WriteList(json, JournalFormat.Videos, task.Videos, WriteVideo);
        WriteList(json, JournalFormat.Errors, task.Errors, WriteError);
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVideo(Utf8JsonWriter json, KlingVideo video)
    {
        JournalFormat.WriteText(json, JournalFormat.VideoId, video.VideoId);

        // Whole, with its query: it is what was paid for.
        JournalFormat.WriteText(json, JournalFormat.VideoUrl, video.VideoUrl);
        Write(json, JournalFormat.Seed, video.Seed);
        Write(json, JournalFormat.Nsfw, video.Nsfw);
        Write(json, JournalFormat.VideoCost, video.VideoCost);
        JournalFormat.WriteText(json, JournalFormat.File, video.File);
        Write(json, JournalFormat.FileBytes, video.FileBytes);
    }

    private static void WriteError(Utf8JsonWriter json, KlingTaskError error)
    {
        JournalFormat.WriteText(json, JournalFormat.Code, Shortened(error.Code));
        JournalFormat.WriteText(json, JournalFormat.Message, Shortened(error.Message));
        json.WriteString(JournalFormat.Category, error.Category.ToString());
        JournalFormat.WriteText(json, JournalFormat.Parameter, Shortened(error.Parameter));
        JournalFormat.WriteText(json, JournalFormat.Allowed, Shortened(error.Allowed));
        if (error.TaskId is Guid task)
        {
            json.WriteString(JournalFormat.ErrorTask, task);
        }

        JournalFormat.WriteText(json, JournalFormat.ErrorVideo, Shortened(error.VideoId));
        if (error.RetryAfterSeconds is double seconds && double.IsFinite(seconds))
        {
            json.WriteNumber(JournalFormat.RetryAfter, seconds);
        }
    }

    /// <summary>Masked before it is cut, so that the cut cannot leave the start of a secret.</summary>
    private static string? Shortened(string? text)
    {
        string? clean = WithoutSecrets(text);
        return clean is null || clean.Length <= LongestErrorText ? clean : string.Concat(clean.AsSpan(0, LongestErrorText - 1), "…");
    }

    /// <summary>
    /// A text without what must not be stored; unchanged when its secrets are masked already. Where the whole text names an image,
    /// short inline data is recognised too.
    /// </summary>
    internal static string? WithoutSecrets(string? text, bool isImage = false) => text is null ? null
        : isImage && (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || IsImageData(text)) ? Masking.InlineData(text)
        : Masking.Clean(text, ShortestData);

    private static bool IsImageData(string text) => s_imageStarts.Any(start => text.StartsWith(start, StringComparison.Ordinal))
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=' or '\r' or '\n');

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        if (value is not null)
        {
            RequestJson.WriteValue(json, name, value);
        }
    }
}
