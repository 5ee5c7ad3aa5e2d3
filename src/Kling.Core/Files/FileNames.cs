using System.Globalization;
using System.Text;

namespace Kling.Files;

/// <summary>Names for saved videos: always the same for a task, and legal on every platform.</summary>
public static class FileNames
{
    /// <summary>The longest name in characters.</summary>
    public const int MaxLength = 120;

    // File systems count 255 bytes or UTF-16 units; this leaves room for what is added while downloading and beside the file.
    private const int MaxBytes = 200;
    private const int MaxSlug = 40;

    /// <summary>The default file name.</summary>
    internal const string Nameless = "kling";

    private const string Illegal = "<>:\"/\\|?*";
    private static readonly string[] s_extensions = ["mp4", "webm", "mov"];
    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$",
    };

    /// <summary>The extension in the video's address, else the format that was asked for.</summary>
    internal static string Extension(KlingTask task, KlingVideo video)
    {
        string path = Path(video.VideoUrl ?? "");
        int dot = path.LastIndexOf('.');
        return Known(dot < 0 ? null : path[(dot + 1)..]) ?? Known(task.OutputFormat) ?? s_extensions[0];
    }

    /// <summary>The text without a video's extension; the right one is added later.</summary>
    internal static string WithoutExtension(string text)
    {
        int dot = text.LastIndexOf('.');
        return dot >= 0 && Known(text[(dot + 1)..]) is not null ? text[..dot] : text;
    }

    /// <summary>Whether a name could hold this character on every platform.</summary>
    internal static bool IsLegal(char c) => Illegal.IndexOf(c) < 0 && !char.IsControl(c);

    private static string? Known(string? extension) =>
        s_extensions.FirstOrDefault(known => string.Equals(known, extension?.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>The base name of an image, not cleaned; empty where it has none.</summary>
    internal static string Stem(string? source)
    {
        string text = (source ?? "").Trim();
        bool address = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        bool nameless = text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || Masking.IsMasked(text) && !address
            || Guid.TryParseExact(text, "D", out _);
        if (nameless)
        {
            return "";
        }

        string path = address ? Uri.UnescapeDataString(Path(text)) : text;
        string name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        int dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }

    /// <summary>An address's path: no query, fragment, scheme or host.</summary>
    private static string Path(string url)
    {
        int end = url.IndexOfAny(['?', '#']);
        string text = end < 0 ? url : url[..end];
        int authority = text.IndexOf("://", StringComparison.Ordinal);
        int start = authority < 0 ? 0 : text.IndexOf('/', authority + 3);
        return start < 0 ? "" : text[start..];
    }

    /// <summary>Puts a cleaned stem and its tail together: legal, within the limits, never empty, never a device.</summary>
    /// <param name="stem">The stem, as <see cref="Clean"/> made it.</param>
    /// <param name="tail">A number and the extension; they are never cut.</param>
    internal static string Join(string stem, string tail)
    {
        string name = Trim(Cut(stem, StemLength(tail), StemBytes(tail)));
        name = (name.Length == 0 ? Nameless : name) + tail;
        return IsReserved(name) ? "_" + name : name;
    }

    /// <summary>Characters left for a stem; one is kept for the mark of a reserved name.</summary>
    internal static int StemLength(string tail) => MaxLength - tail.Length - 1;

    /// <summary>Bytes of UTF-8 left for a stem.</summary>
    internal static int StemBytes(string tail) => MaxBytes - tail.Length - 1;

    /// <summary>The beginning of a text, whole characters only.</summary>
    internal static string Cut(string stem, int maxLength, int maxBytes)
    {
        var text = new StringBuilder();
        int bytes = 0;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(stem);
        while (elements.MoveNext())
        {
            string element = elements.GetTextElement();
            bytes += Encoding.UTF8.GetByteCount(element);
            if (text.Length + element.Length > maxLength || bytes > maxBytes)
            {
                break;
            }

            text.Append(element);
        }

        return text.ToString();
    }

    /// <summary>A leading dash reads as an option, a leading dot hides the file, trailing dots and spaces get lost on Windows.</summary>
    internal static string Trim(string text) => text.Trim(' ', '.', '-');

    /// <summary>The text with every character that a name cannot hold, separators among them, replaced.</summary>
    internal static string Clean(string stem)
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
                bool bad = Illegal.Contains(c) || kind is UnicodeCategory.Control or UnicodeCategory.Surrogate
                    or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

                // Invisible marks, among them those that turn the reading direction, can make a name look like another.
                text.Append(bad ? "_" : kind is UnicodeCategory.Format ? "" : c.ToString());
            }
        }

        return text.ToString().Normalize(NormalizationForm.FormC);
    }

    /// <summary>Windows reserves device names up to the first dot, with any extension.</summary>
    private static bool IsReserved(string name)
    {
        string device = name[..name.IndexOf('.')].TrimEnd(' ');
        return s_reserved.Contains(device)
            || (device.Length == 4
                && (device.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || device.StartsWith("LPT", StringComparison.OrdinalIgnoreCase))
                && (char.IsDigit(device[3]) || device[3] is '¹' or '²' or '³'));
    }

    /// <summary>A text as part of a name: letters and digits of any script in lower case, and one dash for everything between them.</summary>
    internal static string Slug(string? text)
    {
        var slug = new StringBuilder();
        string given = text ?? "";
        for (int i = 0; i < given.Length && slug.Length < 4 * MaxSlug; i++)
        {
            bool pair = char.IsSurrogatePair(given, i);

            // Accents and vowel signs belong to the letter before them.
            bool mark = char.GetUnicodeCategory(given[i]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (mark || char.IsLetterOrDigit(given, i))
            {
                slug.Append(given, i, pair ? 2 : 1);
            }
            else if (slug.Length > 0 && slug[slug.Length - 1] != '-')
            {
                slug.Append('-');
            }

            i += pair ? 1 : 0;
        }

        // Cleaned before it is cut, since cleaning may join characters.
        return Cut(Clean(slug.ToString().ToLowerInvariant()), MaxSlug, int.MaxValue).Trim('-');
    }
}
