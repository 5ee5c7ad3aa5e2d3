using System.Text;

namespace Kling.Core.Tests.Conventions;

/// <summary>Reads C# just well enough for the rules: comments and the contents of literals are dropped, lines are kept.</summary>
internal static class SourceText
{
    internal static string CodeOnly(string text)
    {
        var code = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            int next = SkipComment(text, at);
            if (next == at)
            {
                next = SkipLiteral(text, at);
            }

            if (next == at)
            {
                code.Append(text[at++]);
                continue;
            }

            char first = text[at];
            code.Append(first == '/' ? "" : first == '\'' ? "' '" : "\"\"");
            code.Append('\n', text[at..next].Count(c => c == '\n'));
            at = next;
        }

        return code.ToString();
    }

    private static int SkipComment(string text, int at)
    {
        if (text[at] != '/' || at + 1 == text.Length)
        {
            return at;
        }

        (string end, int length) = text[at + 1] switch { '/' => ("\n", 0), '*' => ("*/", 2), _ => ("", -1) };
        if (length < 0)
        {
            return at;
        }

        int found = text.IndexOf(end, at + 2, StringComparison.Ordinal);
        return found < 0 ? text.Length : found + length;
    }

    // Interpolations are dropped with their string: a rule that must see into them has no business in one.
    private static int SkipLiteral(string text, int at)
    {
        int quote = at;
        bool verbatim = false;
        while (quote < text.Length && text[quote] is '$' or '@')
        {
            verbatim |= text[quote++] == '@';
        }

        if (quote >= text.Length || (text[quote] != '"' && (text[quote] != '\'' || quote != at)))
        {
            return at;
        }

        int quotes = 0;
        while (text[quote] == '"' && quote + quotes < text.Length && text[quote + quotes] == '"')
        {
            quotes++;
        }

        if (quotes >= 3)
        {
            int close = text.IndexOf(new string('"', quotes), quote + quotes, StringComparison.Ordinal);
            return close < 0 ? text.Length : close + quotes;
        }

        return SkipPlain(text, quote, verbatim);
    }

    private static int SkipPlain(string text, int quote, bool verbatim)
    {
        char end = text[quote];
        for (int i = quote + 1; i < text.Length; i++)
        {
            if (!verbatim && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == end && verbatim && i + 1 < text.Length && text[i + 1] == end)
            {
                i++;
            }
            else if (text[i] == end)
            {
                return i + 1;
            }
        }

        return text.Length;
    }
}
