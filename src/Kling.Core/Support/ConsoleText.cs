using System.Globalization;
using System.Text;

namespace Kling.Support;

/// <summary>
/// Text as a terminal may get it. A text from outside (the service, a row, the name of a file) may hold escape sequences, or marks that
/// turn the direction of writing: it could set the clipboard, write over the screen or show another name. Here such characters are
/// written out, as <c>\u001b</c>. What a script reads from an object stays as it came.
/// </summary>
public static class ConsoleText
{
    /// <summary>The text in one line: line ends and tabs are written out too.</summary>
    /// <param name="text">The text, or null.</param>
    public static string Of(string? text) => Write(text, keepsLines: false);

    /// <summary>The text with its own line ends and tabs.</summary>
    /// <param name="text">The text, or null.</param>
    public static string Lines(string? text) => Write(text, keepsLines: true);

    /// <summary>Whether a character must not reach a terminal as it is: controls (C0, DEL, C1), and marks of direction, lines and paragraphs.</summary>
    internal static bool IsUnsafe(char c) => c < ' ' || (c >= '\u007f' && (c <= '\u009f' || IsMark(c)));

    private static bool IsMark(char c) =>
        c is '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static string Write(string? text, bool keepsLines)
    {
        int first = 0;
        while (first < text?.Length && !IsEscaped(text[first], keepsLines))
        {
            first++;
        }

        if (text is null || first == text.Length)
        {
            return text ?? "";
        }

        var shown = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (char c in text.AsSpan(first))
        {
            _ = IsEscaped(c, keepsLines) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : shown.Append(c);
        }

        return shown.ToString();
    }

    private static bool IsEscaped(char c, bool keepsLines) => IsUnsafe(c) && !(keepsLines && (c is '\n' or '\t'));
}
