using System.Globalization;
using System.Text;
using Kling.Models;
using Kling.Requests;

namespace Kling.Files;

/// <summary>
/// How saved videos are named: text with fields in braces. Whatever the fields hold, the name stays in its folder and is legal on
/// every platform; the extension is added.
/// </summary>
public sealed class FileNameTemplate
{
    private const int MaxTemplate = 200;
    private readonly FileNamePart[] _parts;

    private FileNameTemplate(string text, FileNamePart[] parts)
    {
        Text = text;
        _parts = parts;
    }

    /// <summary>The image's name and the task's short id.</summary>
    public static FileNameTemplate Default { get; } = Parse("{Source}-{ShortId}");

    /// <summary>For videos whose task is not at hand.</summary>
    public static FileNameTemplate ForVideos { get; } = Parse("{VideoId}");

    /// <summary>The fields' names. Case does not matter; <c>{Date}</c> takes a .NET date format after a colon.</summary>
    public static IReadOnlyList<string> Fields => FileNameFields.All;

    /// <summary>What a field stands for, in a few words.</summary>
    /// <param name="field">One of <see cref="Fields"/>.</param>
    public static string Meaning(string field) => FileNameFields.Meaning(field);

    /// <summary>The template as it was given.</summary>
    public string Text { get; }

    /// <summary>The first field that only a task can fill; null when a video alone is enough.</summary>
    public string? TaskField => _parts.FirstOrDefault(part => part.IsField && !FileNameFields.OfVideo.Contains(part.Text))?.Text;

    /// <summary>Reads a template. A video's extension at its end is dropped, since the right one is added.</summary>
    /// <param name="text">For example <c>{Source}-{Date:yyyyMMdd}-{Index}</c>.</param>
    /// <exception cref="FormatException">It is empty, too long, has an unknown field or characters that no name can hold; the message lists what is allowed.</exception>
    public static FileNameTemplate Parse(string? text)
    {
        string given = FileNames.WithoutExtension((text ?? "").Trim());
        if (given.Length is 0 or > MaxTemplate)
        {
            throw Refused(text, given.Length == 0 ? "it is empty" : $"it is longer than {MaxTemplate} characters");
        }

        if (given.IndexOfAny(['/', '\\']) >= 0)
        {
            throw Refused(text, "a template names a file, not a folder; -OutDirectory is for folders");
        }

        var parts = new List<FileNamePart>();
        int at = 0;
        while (at < given.Length)
        {
            int open = given.IndexOf('{', at);
            string typed = open < 0 ? given[at..] : given[at..open];
            CheckTyped(text, typed);
            if (typed.Length > 0)
            {
                parts.Add(new FileNamePart(typed, false, null));
            }

            if (open < 0)
            {
                break;
            }

            int close = given.IndexOf('}', open);
            if (close < 0)
            {
                throw Refused(text, "a brace is not closed");
            }

            parts.Add(Field(text, given.Substring(open + 1, close - open - 1)));
            at = close + 1;
        }

        return new FileNameTemplate(given, [.. parts]);
    }

    /// <summary>
    /// The name of one video of a task: always the same for the same task, and another one for each of its videos (<c>-2</c> and so
    /// on is added where the fields do not tell them apart).
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="video">The video.</param>
    /// <param name="index">The video's place in the task, from 0.</param>
    public string For(KlingTask task, KlingVideo video, int index) => For(task, video, index, task.Image);

    /// <summary>The name of a video whose task is not known; <see cref="TaskField"/> must be null.</summary>
    /// <param name="video">The video.</param>
    /// <param name="index">Its place among those that are saved, from 0.</param>
    public string For(KlingVideo video, int index) => Build(new KlingTask(), video, index, null, "");

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The same template with one more field at its end, for names that another task has taken.</summary>
    internal FileNameTemplate With(string field) =>
        new($"{Text}-{{{field}}}", [.. _parts, new FileNamePart("-", false, null), new FileNamePart(field, true, null)]);

    internal bool Has(string field) => _parts.Any(part => part.IsField && part.Text == field);

    internal string For(KlingTask task, KlingVideo video, int index, string? source)
    {
        bool several = task.ExpectedResults > 1 || task.Videos.Count > 1;
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = several ? 0 : index; ; i++)
        {
            KlingVideo sibling = i < index && i < task.Videos.Count ? task.Videos[i] : video;
            string name = Build(task, sibling, i, source, "");
            for (int number = i + 1; !taken.Add(name); number++)
            {
                name = Build(task, sibling, i, source, FormattableString.Invariant($"-{number}"));
            }

            if (i == index)
            {
                return name;
            }
        }
    }

    private string Build(KlingTask task, KlingVideo video, int index, string? source, string number)
    {
        string tail = $"{number}.{FileNames.Extension(task, video)}";
        string[] texts = [.. _parts.Select(part => part.IsField ? FileNameFields.Value(part, task, video, index, source) : part.Text)];
        int[] longOnes = [.. Enumerable.Range(0, texts.Length).Where(i => _parts[i].IsLong).OrderBy(i => texts[i].Length)];
        int length = FileNames.StemLength(tail) - texts.Sum(text => text.Length) + longOnes.Sum(i => texts[i].Length);
        int bytes = FileNames.StemBytes(tail) - texts.Sum(Encoding.UTF8.GetByteCount) + longOnes.Sum(i => Encoding.UTF8.GetByteCount(texts[i]));
        for (int done = 0; done < longOnes.Length; done++)
        {
            // Each gets an equal share of what the shorter ones left, so that ids and seeds stay whole.
            int i = longOnes[done];
            texts[i] = FileNames.Cut(texts[i], length / (longOnes.Length - done), bytes / (longOnes.Length - done)).TrimEnd(' ', '.', '-');
            length -= texts[i].Length;
            bytes -= Encoding.UTF8.GetByteCount(texts[i]);
        }

        return FileNames.Join(FileNames.Clean(string.Concat(texts)), tail);
    }

    private static FileNamePart Field(string? text, string field)
    {
        int colon = field.IndexOf(':');
        string wanted = colon < 0 ? field : field[..colon];
        string? format = colon < 0 ? null : field[(colon + 1)..];
        string name = FileNameFields.All.FirstOrDefault(known => string.Equals(known, wanted.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw Refused(text, $"{{{field}}} is no field");
        if (format is null)
        {
            return new FileNamePart(name, true, null);
        }

        if (name != FileNameFields.Date)
        {
            throw Refused(text, $"{{{name}}} takes no format");
        }

        try
        {
            FileNameFields.DateText(DateTimeOffset.MinValue, format);
        }
        catch (FormatException)
        {
            throw Refused(text, $"'{format}' is no date format");
        }

        return new FileNamePart(name, true, format.Length == 0 ? null : format);
    }

    private static void CheckTyped(string? text, string typed)
    {
        foreach (char c in typed.Where(c => c == '}' || !FileNames.IsLegal(c)))
        {
            throw Refused(text, c == '}' ? "a brace is closed that was not opened" : $"no file name can hold '{(char.IsControl(c) ? ' ' : c)}' on every platform");
        }
    }

    private static FormatException Refused(string? text, string why) => new(
        $"FileName: '{text}' was given, but {why}; allowed: a name without a path, with the fields {string.Join(", ", FileNameFields.All.Select(field => $"{{{field}}}"))}, "
        + "and a date format as in {Date:yyyyMMdd}.");
}

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

/// <summary>A piece of a template: text as it was typed, or a field.</summary>
/// <param name="Text">The typed text, or the field's name.</param>
/// <param name="IsField">Whether it is a field.</param>
/// <param name="Format">A date's format; null for the usual one.</param>
internal sealed record FileNamePart(string Text, bool IsField, string? Format)
{
    /// <summary>Whether the field may be any length and is cut first.</summary>
    internal bool IsLong => IsField && Text is FileNameFields.Source or FileNameFields.Prompt;
}
