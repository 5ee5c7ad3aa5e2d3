using System.Text;

namespace Kling.Files;

/// <summary>Text as a part of a file's name: letters and digits of any script in lower case, everything between them one dash.</summary>
internal static class Slug
{
    private const int MaxLength = 40;

    internal static string Of(string? text)
    {
        var slug = new StringBuilder();
        string given = text ?? "";
        for (int i = 0; i < given.Length && slug.Length < 4 * MaxLength; i++)
        {
            bool pair = char.IsSurrogatePair(given, i);
            if (char.IsLetterOrDigit(given, i) || IsMark(given[i]))
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
        string clean = FileNames.Clean(slug.ToString().ToLowerInvariant());
        return FileNames.Cut(clean, MaxLength, int.MaxValue).Trim('-');
    }

    /// <summary>Accents and vowel signs belong to the letter before them.</summary>
    private static bool IsMark(char c) =>
        char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
