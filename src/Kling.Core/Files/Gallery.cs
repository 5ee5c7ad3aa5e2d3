using System.Globalization;
using System.Text;
using Kling.Requests;

namespace Kling.Files;

/// <summary>
/// One HTML page of tasks and their videos: no script, no address outside the page but relative links to the video and image files, and
/// every text escaped.
/// </summary>
public static class Gallery
{
    // A longer prompt scrolls in itself, or it would push the cards around it apart. Focusable, so that keys can scroll it.
    private const int LongPrompt = 400;
    private const string LongPromptAttributes = " class=\"prompt long\" dir=\"auto\" tabindex=\"0\" role=\"group\" aria-label=\"Prompt\"";

    // A browser refuses to play more videos of a page than about this, once each of them was begun to be read.
    private const int MostBegun = 50;

    // No script, no form, nothing from elsewhere: only the page's own styles, and pictures and videos of its folder or this machine. A page
    // that was opened from a disk has no origin that 'self' could mean in every browser, so the scheme is named too.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:; media-src 'self' file:; base-uri 'none'; form-action 'none'";

    // The classes are also in gallery.css.
    private static readonly (string Class, string Label)[] s_groups = [("done", "Finished"), ("failed", "With failures"), ("open", "In progress"), ("unknown", "Outcome unknown")];

    private static readonly Lazy<string> s_css = new(() =>
    {
        using var css = new StreamReader(typeof(Gallery).Assembly.GetManifestResourceStream("gallery.css")!);
        return css.ReadToEnd().Replace("\r\n", "\n");
    });

    /// <summary>Writes the whole page or nothing.</summary>
    /// <param name="path">The page's full path; its folder must exist. Links are relative to it.</param>
    /// <param name="tasks">The tasks, in the order to show; of one that comes several times, its last state is shown at its first place.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="force">Whether a file of that name may be replaced.</param>
    /// <exception cref="OutputFileException">It could not be written, or is there and <paramref name="force"/> is not given.</exception>
    public static void Save(string path, IReadOnlyList<KlingTask> tasks, string title, bool force)
    {
        string page = Render(tasks, title, Path.GetDirectoryName(Path.GetFullPath(path))!, File.Exists);

        // Lone surrogates were replaced already, so nothing is lost here.
        OutputFile.Write(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(page), force);
    }

    internal static string Render(IEnumerable<KlingTask> given, string title, string folder, Func<string, bool> exists)
    {
        KlingTask[] tasks = [.. given.GroupBy(task => task.TaskId).Select(same => same.Last())];
        var html = new HtmlWriter();
        html.Markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"").Text(Policy).Markup("\">\n")
            .Markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n").Element("title", "", title)
            .Markup("\n<style>\n").Markup(s_css.Value).Markup("</style>\n</head>\n<body>\n");
        WriteHeader(html, tasks, title);
        WriteFilter(html, tasks);

        bool begins = tasks.Sum(task => task.Videos.Count) <= MostBegun;

        // Cards of one shape stand in rows. Others would leave holes there, so they stand in columns.
        bool isEven = tasks.Select(Shape).Distinct().Count() == 1 && tasks.All(IsSized);
        html.Markup(isEven ? "<main>\n<ol class=\"tasks even\">\n" : "<main>\n<ol class=\"tasks\">\n");
        foreach (KlingTask task in tasks)
        {
            WriteTask(html, task, folder, begins, exists);
        }

        return html.Markup("</ol>\n</main>\n</body>\n</html>\n").ToString();
    }

    private static void WriteHeader(HtmlWriter html, KlingTask[] tasks, string title)
    {
        // Tasks that may cost money. Those that were not charged count in no sum.
        KlingTask[] charged = [.. tasks.Where(task => task.BillingState != BillingState.NotCharged)];
        int failed = tasks.Count(task => task.Status is KlingTaskStatus.Failed or KlingTaskStatus.PartiallySucceeded);
        string failures = failed == 0 ? "" : $" · {Number(failed)} with failures";
        html.Markup("<header>\n").Element("h1", " dir=\"auto\"", title).Markup("\n")
            .Element("p", " class=\"soft\"", $"{Counted(tasks.Length, "task")} · {Counted(tasks.Sum(task => task.Videos.Count), "video")}{failures}")
            .Markup("\n<dl class=\"totals\">\n");
        WriteTotal(html, "Billed", Money(charged.Sum(task => ReportedCost.Of(task) ?? 0m)));
        WriteTotal(html, "Estimate (list price)", Money(charged.Sum(task => ReportedCost.EstimateOf(task) ?? 0m)));
        WriteTotal(html, "Cost not reported", CountedOrNothing(charged.Count(task => ReportedCost.Of(task) is null)));
        WriteTotal(html, "Price unknown", CountedOrNothing(charged.Count(task => ReportedCost.EstimateOf(task) is null)));
        html.Markup("</dl>\n</header>\n");
    }

    private static void WriteTotal(HtmlWriter html, string term, string? text)
    {
        if (text is not null)
        {
            html.Markup("<div>").Row(term, text).Markup("</div>\n");
        }
    }

    /// <summary>Buttons that show the tasks of one state: radio buttons that the page's styles act on. None where all tasks have the same.</summary>
    private static void WriteFilter(HtmlWriter html, KlingTask[] tasks)
    {
        (string Class, string Label, int Count)[] groups =
            [.. s_groups.Select(group => (group.Class, group.Label, tasks.Count(task => Group(task) == group.Class))).Where(group => group.Item3 > 0)];
        if (groups.Length < 2)
        {
            return;
        }

        html.Markup("<fieldset class=\"filter\">\n<legend>Show</legend>\n");
        WriteChoice(html, "all", "All", tasks.Length, " checked=\"\"");
        foreach ((string name, string label, int count) in groups)
        {
            WriteChoice(html, name, label, count, "");
        }

        html.Markup("</fieldset>\n");
    }

    private static void WriteChoice(HtmlWriter html, string name, string label, int count, string attribute) => html
        .Markup($"<label><input type=\"radio\" name=\"show\" id=\"only-{name}\"{attribute}>").Element("span", "", label).Markup(" ")
        .Element("span", " class=\"count\"", Number(count)).Markup("</label>\n");

    private static void WriteTask(HtmlWriter html, KlingTask task, string folder, bool begins, Func<string, bool> exists)
    {
        string? still = ImageReference.FileOf(task.Image) is string image && exists(image) ? LinkTo(folder, image) : null;
        html.Markup($"<li class=\"{Group(task)}\"><article>\n");
        if (task.Videos.Count == 0)
        {
            WriteStill(html, task, still, "");
        }

        for (int index = 0; index < task.Videos.Count; index++)
        {
            WriteVideo(html, task, index, folder, still, begins, exists);
        }

        string? state = State(task);
        bool isNamed = string.IsNullOrWhiteSpace(task.Prompt);
        html.Markup("<div class=\"text\">\n").Element("p", IsBad(task) ? " class=\"state bad\"" : " class=\"state\"", state)
            .Element("h2", task.Prompt?.Length > LongPrompt ? LongPromptAttributes : " class=\"prompt\" dir=\"auto\"", isNamed ? Title(task) : task.Prompt)
            .Element("p", " class=\"soft\" dir=\"auto\"", Joined(isNamed ? null : Title(task), Settings(task)))
            .Element("p", " class=\"cost soft\"", Cost(task));
        if (task.Errors.Count > 0)
        {
            html.Markup("<ul class=\"errors\" aria-label=\"Failures\">");
            foreach (KlingTaskError error in task.Errors)
            {
                html.Element("li", " dir=\"auto\"", error.ToString());
            }

            html.Markup("</ul>");
        }

        WriteDetails(html, task, folder);
        html.Markup("</div>\n</article></li>\n");
    }

    private static void WriteVideo(HtmlWriter html, KlingTask task, int index, string folder, string? still, bool begins, Func<string, bool> exists)
    {
        KlingVideo video = task.Videos[index];
        string number = task.Videos.Count > 1 ? $"Video {Number(index + 1)} of {Number(task.Videos.Count)}" : "Video";
        html.Markup("<figure>");
        if (video.File is string file && exists(file))
        {
            html.Markup(begins ? "<video controls preload=\"metadata\" playsinline src=\"" : "<video controls preload=\"none\" playsinline src=\"").Text(LinkTo(folder, file));

            // The image is the first frame, which a browser draws only once it has read the video.
            if (still is not null)
            {
                html.Markup("\" poster=\"").Text(still);
            }

            html.Markup("\" style=\"").Text(AspectRatio(task)).Markup("\" aria-label=\"").Text($"{number}: {Title(task)}").Markup("\"></video>");
        }
        else
        {
            WriteStill(html, task, still, video.File is null ? "Not saved yet: " : $"{Path.GetFileName(video.File)} is no longer there.", video.File is null ? $"Save-KlingVideo -TaskId {task.TaskId:D}" : null);
        }

        string? several = task.Videos.Count > 1 ? $"{Number(index + 1)} of {Number(task.Videos.Count)}" : null;
        if (several is not null || video.Nsfw == true)
        {
            html.Markup("<figcaption>").Element("span", "", several)
                .Element("span", "", several is not null && video.Seed is long seed ? $"Seed {Number(seed)}" : null)
                .Element("span", "", several is not null && video.VideoCost is decimal cost ? Money(cost) : null)
                .Element("span", " class=\"bad\"", video.Nsfw == true ? "Flagged by the safety check" : null).Markup("</figcaption>");
        }

        html.Markup("</figure>\n");
    }

    /// <summary>What stands where no video can: the image, if it is there, and why.</summary>
    private static void WriteStill(HtmlWriter html, KlingTask task, string? still, string why, string? command = null)
    {
        html.Markup("<div class=\"still\" style=\"").Text(AspectRatio(task)).Markup("\">");
        if (still is not null)
        {
            html.Markup("<img loading=\"lazy\" alt=\"\" src=\"").Text(still).Markup("\">");
        }

        if (why.Length > 0)
        {
            html.Markup("<p class=\"gone\">").Text(why).Element("code", "", command).Markup("</p>");
        }

        html.Markup("</div>");
    }

    private static void WriteDetails(HtmlWriter html, KlingTask task, string folder) => html
        .Markup("<details><summary>Details").Markup("</summary>\n<dl class=\"all\">")
        .Row("Image", ImageReference.From(folder, task.Image))
        .Row("Last image", ImageReference.From(folder, task.LastImage))
        .Row("Seed", task.Videos.Count != 1 ? null : task.Videos[0].Seed is long seed ? Number(seed) : "not reported")
        .Row("Model", task.Model)
        .Row("Files", string.Join(", ", task.Videos.Where(video => video.File is not null).Select(video => Path.GetFileName(video.File))))
        .Row("Submitted", Time(task.SubmittedAt))
        .Row("Completed", Time(task.CompletedAt))
        .Row("Took", task.Elapsed is TimeSpan elapsed ? $"{Number((decimal)Math.Round(elapsed.TotalSeconds))} s" : null)
        .Row("Task", task.TaskId.ToString("D"))
        .Row("Videos", string.Join(", ", task.Videos.Select(video => video.VideoId)))
        .Markup("</dl></details>\n");

    private static string LinkTo(string folder, string file)
    {
        string path = RelativePath.From(folder, file);
        return Path.IsPathRooted(path)
            ? new Uri(path).AbsoluteUri
            : string.Join("/", path.Split('/').Select(Uri.EscapeDataString));
    }

    private static string Title(KlingTask task)
    {
        string stem = FileNames.Stem(task.Image);
        return stem.Length == 0 ? $"Task {task.TaskId.ToString("N")[..8]}" : stem;
    }

    private static bool IsSized(KlingTask task) => task is { Width: > 0, Height: > 0 };

    // Where the size was left to the service, only the video tells it.
    private static string AspectRatio(KlingTask task) =>
        IsSized(task) ? $"aspect-ratio: {Number(task.Width!.Value)} / {Number(task.Height!.Value)}" : "aspect-ratio: auto 16 / 9";

    /// <summary>What a card's height depends on.</summary>
    private static (decimal Ratio, int Pictures) Shape(KlingTask task) =>
        (IsSized(task) ? Math.Round((decimal)task.Width!.Value / task.Height!.Value, 2) : 0, Math.Max(1, task.Videos.Count));

    private static string Group(KlingTask task) => task.Status switch
    {
        KlingTaskStatus.Succeeded => "done",
        KlingTaskStatus.Failed or KlingTaskStatus.PartiallySucceeded => "failed",
        KlingTaskStatus.Unknown => "unknown",
        _ => "open",
    };

    /// <summary>The state where it is worth a word: a finished task shows its videos.</summary>
    private static string? State(KlingTask task) => task.Status switch
    {
        KlingTaskStatus.Succeeded => null,
        KlingTaskStatus.PartiallySucceeded => "Partly failed",
        KlingTaskStatus.Failed => "Failed",
        KlingTaskStatus.Unknown => "Outcome unknown",
        _ => "In progress",
    };

    private static bool IsBad(KlingTask task) => task.Status is KlingTaskStatus.PartiallySucceeded or KlingTaskStatus.Failed or KlingTaskStatus.Unknown;

    private static string Cost(KlingTask task)
    {
        string estimate = task.EstimatedCost is decimal price ? $"estimate {Money(price)}" : "estimate unknown";
        return task.BillingState switch
        {
            BillingState.NotCharged => "Not charged",
            _ when task.Cost is decimal cost => $"Billed {Money(cost)} · {estimate}",
            BillingState.Unknown => $"May be charged · {estimate}",
            _ => $"Billed: not reported · {estimate}",
        };
    }

    /// <summary>The settings that were given, in one line; null when all was left to the service.</summary>
    private static string? Settings(KlingTask task)
    {
        string[] given =
        [
            task.Duration is decimal seconds ? $"{Number(seconds)} s" : "",
            task is { Width: int width, Height: int height } ? $"{Number(width)} × {Number(height)}" : "",
            task.CfgScale is decimal scale ? $"CFG {Number(scale)}" : "",
            task.NumberResults is int count and > 1 ? $"{Number(count)} results" : "",
            task.OutputFormat ?? "",
            task.OutputQuality is int quality ? $"quality {Number(quality)}" : "",
            task.SafetyMode is string mode ? $"safety {mode}" : task.CheckContent is bool check ? $"safety check {(check ? "on" : "off")}" : "",
        ];
        return Joined(given);
    }

    private static string? Joined(params string?[] parts)
    {
        string line = string.Join(" · ", parts.Where(text => !string.IsNullOrEmpty(text)));
        return line.Length == 0 ? null : line;
    }

    private static string Money(decimal amount) => amount.ToString("0.0000", CultureInfo.InvariantCulture) + " USD";

    private static string Number(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string? CountedOrNothing(int tasks) => tasks == 0 ? null : Counted(tasks, "task");

    private static string Counted(int number, string one) => Number(number) + " " + one + (number == 1 ? "" : "s");
}
