using System.Globalization;
using System.Net;
using System.Text;

namespace Kling.Files;

/// <summary>Builds HTML in which every text is escaped; markup comes from constants only.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _html = new();

    /// <summary>Adds markup as it is.</summary>
    internal HtmlWriter Markup(string constant)
    {
        _html.Append(constant);
        return this;
    }

    /// <summary>Adds a text, good between tags and within quoted attributes.</summary>
    internal HtmlWriter Text(string? text)
    {
        _html.Append(Escape(text));
        return this;
    }

    /// <summary>Adds an element with a text; nothing where there is no text.</summary>
    internal HtmlWriter Element(string name, string attributes, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _html.Append('<').Append(name).Append(attributes).Append('>').Append(Escape(text)).Append("</").Append(name).Append('>');
        }

        return this;
    }

    /// <summary>Adds a row of a description list; nothing where there is no text.</summary>
    internal HtmlWriter Row(string term, string? text) =>
        string.IsNullOrEmpty(text) ? this : Element("dt", "", term).Element("dd", " dir=\"auto\"", text);

    public override string ToString() => _html.ToString();

    private static string Escape(string? text)
    {
        var clean = new StringBuilder();
        string given = text ?? "";
        for (int i = 0; i < given.Length; i++)
        {
            char c = given[i];
            bool pair = char.IsHighSurrogate(c) && i + 1 < given.Length && char.IsLowSurrogate(given[i + 1]);

            // HTML cannot hold these, not even escaped.
            bool bad = !pair && (char.IsSurrogate(c) || (char.GetUnicodeCategory(c) == UnicodeCategory.Control && c is not ('\n' or '\t' or '\r')));
            clean.Append(bad ? '\ufffd' : c);
            if (pair)
            {
                clean.Append(given[++i]);
            }
        }

        return WebUtility.HtmlEncode(clean.ToString());
    }
}
