using System.Globalization;
using System.Management.Automation.Language;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kling.Errors;

/// <summary>
/// A command for the user to paste, written as an interpolated string. Each text in its holes becomes a literal of PowerShell, so that
/// the name of a file, a secret or a column is never code. This is the only place that quotes for PowerShell.
/// </summary>
[InterpolatedStringHandler]
internal sealed class CommandLine(int literalLength, int formattedCount)
{
    private const int UsualHole = 40;

    // PowerShell takes each of them for the quote that ends the text, or for the start of code.
    private const string SpecialInQuotes = "$`\"\u201c\u201d\u201e";

    private readonly StringBuilder _text = new(literalLength + (formattedCount * UsualHole));

    /// <summary>
    /// The value as a literal of PowerShell. What a terminal must not get is written as <c>`u{1b}</c>: the literal still is that value.
    /// </summary>
    internal static string Literal(string value)
    {
        if (!value.Any(ConsoleText.IsUnsafe))
        {
            return $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
        }

        var text = new StringBuilder("\"", value.Length + UsualHole);
        foreach (char c in value)
        {
            _ = ConsoleText.IsUnsafe(c) ? text.Append(CultureInfo.InvariantCulture, $"`u{{{(int)c:x}}}")
                : SpecialInQuotes.Contains(c) ? text.Append('`').Append(c)
                : text.Append(c);
        }

        return text.Append('"').ToString();
    }

    /// <summary>Adds a part that is written in the code.</summary>
    public void AppendLiteral(string value) => _text.Append(value);

    /// <summary>Adds a text as a literal.</summary>
    public void AppendFormatted(string value) => _text.Append(Literal(value));

    /// <summary>Adds an id.</summary>
    public void AppendFormatted(Guid value) => _text.Append(CultureInfo.InvariantCulture, $"{value:D}");

    /// <summary>Adds a list of ids.</summary>
    public void AppendFormatted(IEnumerable<Guid> values) => _text.AppendJoin(',', values);

    /// <summary>Adds a list of numbers.</summary>
    public void AppendFormatted(IEnumerable<long> values) => _text.AppendJoin(',', values);

    /// <summary>Adds a number.</summary>
    public void AppendFormatted(decimal value) => _text.Append(NumberText.Minimal(value));

    /// <summary>Adds a time, to the second.</summary>
    public void AppendFormatted(DateTimeOffset value) => _text.Append(CultureInfo.InvariantCulture, $"'{value.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}'");

    /// <summary>Adds the name of a cmdlet.</summary>
    public void AppendFormatted(CommandInfo value) => _text.Append(value.Name);

    /// <summary>Adds the name of a cmdlet's parameter.</summary>
    public void AppendFormatted(ParameterMetadata value) => _text.Append(value.Name);

    /// <summary>The command.</summary>
    public override string ToString() => _text.ToString();
}
