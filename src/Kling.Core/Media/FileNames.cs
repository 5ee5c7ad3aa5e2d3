using System.Globalization;
using System.Text;
using Kling.Models;

namespace Kling.Media;

/// <summary>Names for saved videos: always the same for a task, and legal on every platform.</summary>
public static class FileNames
{
    /// <summary>The longest name in characters.</summary>
    public const int MaxLength = 120;

    // File systems count 255 bytes or UTF-16 units; this leaves room for what is added while downloading and beside the file.
    private const int MaxBytes = 200;
    private const string Illegal = "<>:\"/\\|?*";
    private static readonly string[] s_extensions = ["mp4", "webm", "mov"];
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$",
    };

    /// <summary>
    /// The image's base name, the first eight digits of the task's id, <c>-2</c> and so on for further videos of a task
    /// that asked for several, and the format's extension.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="video">The video.</param>
    /// <param name="index">The video's place in the task, from 0.</param>
    /// <param name="source">The image as it was named: a path or an address; null or inline data where it has no name.</param>
    public static string For(KlingTask task, KlingVideo video, int index, string? source)
    {
        string number = task.ExpectedResults > 1 && index > 0 ? "-" + (index + 1).ToString(CultureInfo.InvariantCulture) : "";
        string tail = $"{task.TaskId.ToString("N").Substring(0, 8)}{number}.{Extension(task, video)}";
        string stem = Legal(Stem(source), MaxLength - tail.Length - 1, MaxBytes - tail.Length - 1);
        return $"{(stem.Length == 0 ? "kling" : stem)}-{tail}";
    }

    /// <summary>The address says what the file is, the request only what was asked for.</summary>
    private static string Extension(KlingTask task, KlingVideo video)
    {
        string path = Path(video.VideoUrl ?? "");
        int dot = path.LastIndexOf('.');
        return Known(dot < 0 ? null : path.Substring(dot + 1)) ?? Known(task.OutputFormat) ?? s_extensions[0];
    }

    private static string? Known(string? extension) =>
        s_extensions.FirstOrDefault(known => string.Equals(known, extension?.Trim(), StringComparison.OrdinalIgnoreCase));

    private static string Stem(string? source)
    {
        string text = (source ?? "").Trim();
        bool address = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        bool nameless = text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || Requests.AddressText.IsMasked(text) && !address
            || Guid.TryParseExact(text, "D", out _);
        if (nameless)
        {
            return "";
        }

        string path = address ? Uri.UnescapeDataString(Path(text)) : text;
        string name = path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);
        int dot = name.LastIndexOf('.');
        return dot > 0 ? name.Substring(0, dot) : name;
    }

    /// <summary>An address's path: no query, fragment, scheme or host.</summary>
    private static string Path(string url)
    {
        int end = url.IndexOfAny(['?', '#']);
        string text = end < 0 ? url : url.Substring(0, end);
        int authority = text.IndexOf("://", StringComparison.Ordinal);
        int start = authority < 0 ? 0 : text.IndexOf('/', authority + 3);
        return start < 0 ? "" : text.Substring(start);
    }

    private static string Legal(string stem, int maxLength, int maxBytes)
    {
        var text = new StringBuilder();
        int bytes = 0;
        foreach (string element in Elements(Clean(stem)))
        {
            bytes += Encoding.UTF8.GetByteCount(element);
            if (text.Length + element.Length > maxLength || bytes > maxBytes)
            {
                break;
            }

            text.Append(element);
        }

        // A leading dash reads as an option, a leading dot hides the file, trailing dots and spaces get lost on Windows.
        string name = text.ToString().TrimStart(' ', '.', '-').TrimEnd(' ', '.', '-');
        return IsReserved(name) ? (name.Length < maxLength ? "_" + name : "_" + name.Substring(1)) : name;
    }

    private static string Clean(string stem)
    {
        var text = new StringBuilder(stem.Length);
        for (int i = 0; i < stem.Length; i++)
        {
            char c = stem[i];
            if (char.IsHighSurrogate(c) && i + 1 < stem.Length && char.IsLowSurrogate(stem[i + 1]))
            {
                text.Append(c).Append(stem[++i]);
            }
            else
            {
                UnicodeCategory kind = char.GetUnicodeCategory(c);
                bool bad = Illegal.IndexOf(c) >= 0 || kind is UnicodeCategory.Control or UnicodeCategory.Surrogate
                    or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

                // Invisible marks, among them those that turn the reading direction, can make a name look like another.
                text.Append(bad ? "_" : kind is UnicodeCategory.Format ? "" : c.ToString());
            }
        }

        return text.ToString().Normalize(NormalizationForm.FormC);
    }

    private static IEnumerable<string> Elements(string text)
    {
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }

    /// <summary>Windows reserves device names up to the first dot, with any extension; without a dot, the id follows and all is well.</summary>
    private static bool IsReserved(string name)
    {
        int dot = name.IndexOf('.');
        string device = dot < 0 ? "" : name.Substring(0, dot).TrimEnd(' ');
        return s_reserved.Contains(device)
            || (device.Length == 4
                && (device.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || device.StartsWith("LPT", StringComparison.OrdinalIgnoreCase))
                && (char.IsDigit(device[3]) || device[3] is '¹' or '²' or '³'));
    }
}
