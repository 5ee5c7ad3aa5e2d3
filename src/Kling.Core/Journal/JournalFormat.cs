using System.Text.Json;
using Kling.Models;
using Kling.Requests;

namespace Kling.Journal;

/// <summary>
/// The one place of the journal's names, and the writer of its lines: one compact JSON object per event. The names
/// are a contract with every journal ever written; a reader ignores names it does not know, so names may be added,
/// and <see cref="Version"/> changes only when old readers would misunderstand.
/// </summary>
internal static class JournalFormat
{
    internal const int Version = 1;

    /// <summary>A longer line is never written, and skipped when read; a request is a few kilobytes.</summary>
    internal const int LongestLine = 8 * 1024 * 1024;

    /// <summary>What is kept of a text in an error; some services answer with whole pages.</summary>
    internal const int LongestErrorText = 4096;

    // Every line.
    internal const string V = "v";
    internal const string Time = "t";
    internal const string Event = "e";
    internal const string Id = "id";
    internal const string Endpoint = "endpoint";

    // The request, on an Intent only.
    internal const string Fingerprint = "fingerprint";
    internal const string Image = "image";
    internal const string ImageSha256 = "imageSha256";
    internal const string Estimate = "estimate";

    // The state.
    internal const string Status = "status";
    internal const string Billing = "billing";
    internal const string Cost = "cost";
    internal const string Submitted = "submitted";
    internal const string Completed = "completed";
    internal const string Videos = "videos";
    internal const string Errors = "errors";

    // A video.
    internal const string VideoId = "id";
    internal const string VideoUrl = "url";
    internal const string Seed = "seed";
    internal const string Nsfw = "nsfw";
    internal const string VideoCost = "cost";
    internal const string File = "file";
    internal const string FileBytes = "bytes";

    // An error.
    internal const string Code = "code";
    internal const string Message = "message";
    internal const string Category = "category";
    internal const string Parameter = "parameter";
    internal const string Allowed = "allowed";
    internal const string ErrorTask = "task";
    internal const string ErrorVideo = "video";
    internal const string RetryAfter = "retryAfter";

    /// <summary>The settings, each under its own name with a small first letter.</summary>
    internal static IReadOnlyList<(VideoSetting Setting, string Name)> Settings { get; } =
        [.. VideoSettings.All.Select(setting => (setting, JsonNamingPolicy.CamelCase.ConvertName(setting.Name)))];

    /// <summary>One line with its line end.</summary>
    internal static byte[] Write(JournalEvent what, KlingTask task, string endpoint, DateTimeOffset now)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, JournalText.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber(V, Version);
            json.WriteString(Time, now.ToUniversalTime());
            json.WriteString(Event, what.ToString());
            json.WriteString(Id, task.TaskId);
            json.WriteString(Endpoint, endpoint);
            if (what == JournalEvent.Intent)
            {
                WriteRequest(json, task);
            }

            if (what != JournalEvent.Removed && (what != JournalEvent.Intent || HasHistory(task)))
            {
                WriteState(json, task);
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>A task that is sent again brings what is known of it, so that its newest Intent tells everything.</summary>
    private static bool HasHistory(KlingTask task)
        => task.BillingState is BillingState.Accepted or BillingState.Billed
            || task.Videos.Count > 0 || task.Cost is not null || task.SubmittedAt is not null;

    private static void WriteRequest(Utf8JsonWriter json, KlingTask task)
    {
        JournalText.Write(json, Fingerprint, task.Fingerprint);
        JournalText.Write(json, Image, JournalSecrets.CleanImage(task.Image));
        JournalText.Write(json, ImageSha256, task.ImageSha256);
        foreach ((VideoSetting setting, string name) in Settings)
        {
            object? value = setting.Get(task.Settings);
            if (value is string text)
            {
                JournalText.Write(json, name, setting.IsProse ? text : JournalSecrets.Clean(text));
            }
            else if (value is not null)
            {
                RequestJson.WriteValue(json, name, value);
            }
        }

        Write(json, Estimate, task.EstimatedCost);
    }

    private static void WriteState(Utf8JsonWriter json, KlingTask task)
    {
        json.WriteString(Status, task.Status.ToString());
        json.WriteString(Billing, task.BillingState.ToString());
        Write(json, Cost, task.Cost);
        Write(json, Submitted, task.SubmittedAt);
        Write(json, Completed, task.CompletedAt);
        if (task.Videos.Count > 0)
        {
            json.WriteStartArray(Videos);
            foreach (KlingVideo video in task.Videos)
            {
                WriteVideo(json, video);
            }

            json.WriteEndArray();
        }

        if (task.Errors.Count > 0)
        {
            json.WriteStartArray(Errors);
            foreach (KlingTaskError error in task.Errors)
            {
                WriteError(json, error);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteVideo(Utf8JsonWriter json, KlingVideo video)
    {
        json.WriteStartObject();
        JournalText.Write(json, VideoId, video.VideoId);

        // Whole, with its query: it is the paid good itself.
        JournalText.Write(json, VideoUrl, video.VideoUrl);
        if (video.Seed is long seed)
        {
            json.WriteNumber(Seed, seed);
        }

        Write(json, Nsfw, video.Nsfw);
        Write(json, VideoCost, video.VideoCost);
        JournalText.Write(json, File, video.File);
        if (video.FileBytes is long bytes)
        {
            json.WriteNumber(FileBytes, bytes);
        }

        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, KlingTaskError error)
    {
        json.WriteStartObject();
        JournalText.Write(json, Code, Shortened(error.Code));
        JournalText.Write(json, Message, Shortened(error.Message));
        json.WriteString(Category, error.Category.ToString());
        JournalText.Write(json, Parameter, Shortened(error.Parameter));
        JournalText.Write(json, Allowed, Shortened(error.Allowed));
        if (error.TaskId is Guid task)
        {
            json.WriteString(ErrorTask, task);
        }

        JournalText.Write(json, ErrorVideo, Shortened(error.VideoId));
        if (error.RetryAfterSeconds is double seconds && !double.IsNaN(seconds) && !double.IsInfinity(seconds))
        {
            json.WriteNumber(RetryAfter, seconds);
        }

        json.WriteEndObject();
    }

    /// <summary>Cleaned before it is cut, so that the cut cannot leave the start of a secret.</summary>
    private static string? Shortened(string? text)
    {
        string? clean = JournalSecrets.Clean(text);
        return clean is null || clean.Length <= LongestErrorText ? clean : string.Concat(clean.AsSpan(0, LongestErrorText - 1), "…");
    }

    private static void Write(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is decimal given)
        {
            json.WriteNumber(name, given);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is bool given)
        {
            json.WriteBoolean(name, given);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is DateTimeOffset given)
        {
            json.WriteString(name, given.ToUniversalTime());
        }
    }
}
