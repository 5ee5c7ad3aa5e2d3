using System.Globalization;
using Kling.Models;
using Kling.Requests;

namespace Kling.Files;

/// <summary>The fields of a template and what they stand for.</summary>
internal static class FileNameFields
{
    internal const string Source = "Source";
    internal const string TaskId = "TaskId";
    internal const string ShortId = "ShortId";
    internal const string VideoId = "VideoId";
    internal const string Index = "Index";
    internal const string Prompt = "Prompt";
    internal const string Seed = "Seed";
    internal const string Date = "Date";
    internal const string Duration = "Duration";
    internal const string Model = "Model";
    internal const string Format = "Format";

    private const string UsualDate = "yyyy-MM-dd";

    internal static readonly string[] All = [Source, TaskId, ShortId, VideoId, Index, Prompt, Seed, Date, Duration, Model, Format];

    /// <summary>Fields that a video knows without its task.</summary>
    internal static readonly string[] OfVideo = [VideoId, Index, Seed, Format];

    /// <summary>What a field stands for, in a few words.</summary>
    internal static string Meaning(string field) => field switch
    {
        Source => "the image's name, without its ending",
        TaskId => "the task's id",
        ShortId => "the first 8 characters of the task's id",
        VideoId => "the service's id of the video",
        Index => "1, 2 and so on for the videos of a task",
        Prompt => "the start of the prompt, as words joined by hyphens",
        Seed => "the seed of the video",
        Date => "the day the task was sent, in UTC; {Date:yyyyMMdd-HHmm} takes a .NET format",
        Duration => "the length in seconds",
        Model => "the model's id",
        _ => "the format: mp4, webm or mov",
    };

    /// <summary>The field's text, cleaned; a field that has none says so, since a gap would hide which one is meant.</summary>
    internal static string Value(FileNamePart part, KlingTask task, KlingVideo video, int index, string? source)
    {
        string? text = part.Text switch
        {
            Source => FileNames.Stem(source),
            TaskId => task.TaskId.ToString("D"),
            ShortId => task.TaskId.ToString("N")[..8],
            VideoId => video.VideoId,
            Index => Text(index + 1),
            Prompt => Slug.Of(task.Prompt),
            Seed => Text(video.Seed),
            Date => DateText(task.SubmittedAt ?? task.CompletedAt, part.Format),
            Duration => Text(task.Duration ?? ModelSpec.Find(task.Model)?.DefaultDuration),
            Model => task.Model,
            _ => FileNames.Extension(task, video),
        };

        string clean = FileNames.Trim(FileNames.Clean(text ?? ""));
        return clean.Length > 0 ? clean : part.Text == Source ? FileNames.Nameless : "no-" + part.Text.ToLowerInvariant();
    }

    /// <summary>A time in UTC; throws a FormatException where the format is none.</summary>
    internal static string? DateText(DateTimeOffset? time, string? format) =>
        time?.UtcDateTime.ToString(format ?? UsualDate, CultureInfo.InvariantCulture);

    private static string? Text(decimal? number) => number?.ToString("0.##", CultureInfo.InvariantCulture);
}
