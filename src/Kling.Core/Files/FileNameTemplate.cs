using System.Globalization;
using System.Text;
using Kling.Requests;

namespace Kling.Files;

/// <summary>
/// How saved videos are named: text with fields in braces. Whatever the fields hold, the name stays in its folder and is legal on
/// every platform; the extension is added.
/// </summary>
public sealed class FileNameTemplate
{
    internal const string TaskId = "TaskId";
    internal const string ShortId = "ShortId";
    internal const string VideoId = "VideoId";

    private const int MaxTemplate = 200;
    private const string Source = "Source";
    private const string Prompt = "Prompt";
    private const string Date = "Date";

    private static readonly Field[] s_fields =
    [
        new(Source, "the image's name, without its ending", named => FileNames.Stem(named.Source)),
        new(TaskId, "the task's id", named => named.Task.TaskId.ToString("D")),
        new(ShortId, "the first 8 characters of the task's id", named => named.Task.TaskId.ToString("N")[..8]),
        new(VideoId, "the service's id of the video", named => named.Video.VideoId, IsOfVideo: true),
        new("Index", "1, 2 and so on for the videos of a task", named => Number(named.Index + 1), IsOfVideo: true),
        new(Prompt, "the start of the prompt, as words joined by hyphens", named => FileNames.Slug(named.Task.Prompt)),
        new("Seed", "the seed of the video", named => Number(named.Video.Seed), IsOfVideo: true),
        new(Date, "the day the task was sent, in UTC; {Date:yyyyMMdd-HHmm} takes a .NET format", named => DateText(named.Task, null)),
        new("Duration", "the length in seconds", named => Number(named.Task.Duration ?? ModelSpec.Find(named.Task.Model)?.DefaultDuration)),
        new("Model", "the model's id", named => named.Task.Model),
        new("Format", "the format: mp4, webm or mov", named => FileNames.Extension(named.Task, named.Video), IsOfVideo: true),
    ];

    private readonly Part[] _parts;

    private FileNameTemplate(string text, Part[] parts)
    {
        Text = text;
        _parts = parts;
    }

    /// <summary>The image's name and the task's short id.</summary>
    public static FileNameTemplate Default { get; } = Parse("{Source}-{ShortId}");

    /// <summary>For videos whose task is not at hand.</summary>
    public static FileNameTemplate ForVideos { get; } = Parse("{VideoId}");

    /// <summary>The fields' names. Case does not matter; <c>{Date}</c> takes a .NET date format after a colon.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. s_fields.Select(field => field.Name)];

    /// <summary>What a field stands for, in a few words.</summary>
    /// <param name="field">One of <see cref="Fields"/>.</param>
    public static string Meaning(string field) => Named(field)!.Meaning;

    /// <summary>The template as it was given.</summary>
    public string Text { get; }

    /// <summary>The first field that only a task can fill; null when a video alone is enough.</summary>
    public string? TaskField => _parts.FirstOrDefault(part => part.Field?.IsOfVideo == false)?.Text;

    /// <summary>Reads a template. A video's extension at its end is dropped, since the right one is added.</summary>
    /// <param name="text">For example <c>{Source}-{Date:yyyyMMdd}-{Index}</c>.</param>
    /// <exception cref="FormatException">
    /// It is empty, too long, has an unknown field or characters that no name can hold; the message lists what is allowed.
    /// </exception>
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

        var parts = new List<Part>();
        int at = 0;
        while (at < given.Length)
        {
            int open = given.IndexOf('{', at);
            string typed = open < 0 ? given[at..] : given[at..open];
            CheckTyped(text, typed);
            if (typed.Length > 0)
            {
                parts.Add(new Part(typed));
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

            parts.Add(ReadField(text, given.Substring(open + 1, close - open - 1)));
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
        new($"{Text}-{{{field}}}", [.. _parts, new Part("-"), new Part(field, Named(field))]);

    internal bool Has(string field) => _parts.Any(part => part.Field is not null && part.Text == field);

    /// <summary>The same, for an image under another name than the task's: a path or an address, or null where it has no name.</summary>
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
        var named = new NamedVideo(task, video, index, source);
        string[] texts = [.. _parts.Select(part => part.For(named))];
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

    private static Part ReadField(string? text, string typed)
    {
        int colon = typed.IndexOf(':');
        string? format = colon < 0 ? null : typed[(colon + 1)..];
        Field field = Named((colon < 0 ? typed : typed[..colon]).Trim()) ?? throw Refused(text, $"{{{typed}}} is no field");
        if (format is null)
        {
            return new Part(field.Name, field);
        }

        if (field.Name != Date)
        {
            throw Refused(text, $"{{{field.Name}}} takes no format");
        }

        try
        {
            DateText(new KlingTask { SubmittedAt = DateTimeOffset.MinValue }, format);
        }
        catch (FormatException)
        {
            throw Refused(text, $"'{format}' is no date format");
        }

        return new Part(Date, format.Length == 0 ? field : field with { Text = named => DateText(named.Task, format) });
    }

    private static Field? Named(string name) => Array.Find(s_fields, field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));

    private static string? DateText(KlingTask task, string? format) =>
        (task.SubmittedAt ?? task.CompletedAt)?.UtcDateTime.ToString(format ?? "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Number(decimal? number) => number?.ToString("0.##", CultureInfo.InvariantCulture);

    private static void CheckTyped(string? text, string typed)
    {
        foreach (char c in typed.Where(c => c == '}' || !FileNames.IsLegal(c)))
        {
            throw Refused(text, c == '}'
                ? "a brace is closed that was not opened"
                : $"no file name can hold '{(char.IsControl(c) ? ' ' : c)}' on every platform");
        }
    }

    private static FormatException Refused(string? text, string why) => new(
        $"FileName: '{text}' was given, but {why}; allowed: a name without a path, with the fields {string.Join(", ", Fields.Select(field => $"{{{field}}}"))}, "
        + "and a date format as in {Date:yyyyMMdd}.");

    /// <summary>What a name is made of.</summary>
    private sealed record NamedVideo(KlingTask Task, KlingVideo Video, int Index, string? Source);

    /// <summary>A field: its name, what it stands for, its text, and whether a video alone, without its task, can fill it.</summary>
    private sealed record Field(string Name, string Meaning, Func<NamedVideo, string?> Text, bool IsOfVideo = false);

    /// <summary>A piece of a template: text as it was typed, or a field under its name.</summary>
    private sealed record Part(string Text, Field? Field = null)
    {
        /// <summary>Whether the field may be any length and is cut first.</summary>
        internal bool IsLong => Field?.Name is Source or Prompt;

        /// <summary>The part of a name. A field without a value says so: a gap would hide which field is missing.</summary>
        internal string For(NamedVideo named)
        {
            if (Field is null)
            {
                return Text;
            }

            string clean = FileNames.Trim(FileNames.Clean(Field.Text(named) ?? ""));
            return clean.Length > 0 ? clean : Text == Source ? FileNames.Nameless : "no-" + Text.ToLowerInvariant();
        }
    }
}
