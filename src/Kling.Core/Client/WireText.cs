using System.Globalization;
using System.Text;
using Kling.Requests;
using Kling.Support;

namespace Kling.Client;

/// <summary>Requests and replies as one line each, through the redactor: for <c>-Debug</c>.</summary>
internal static class WireText
{
    // A reply about hundreds of tasks is told by its start; the journal has what was in it.
    private const int LongestShown = 4000;

    internal static string Request(Uri endpoint, RequestBody body, Redactor redactor) =>
        Line($"> POST {redactor.Clean(endpoint.AbsoluteUri)}, {body.Length} bytes: ", redactor.Clean(body.Text));

    internal static string Reply(int status, byte[]? bytes, Redactor redactor) => bytes is null
        ? Line($"< {status}, too long to be read", "")
        : Line($"< {status}, {bytes.Length} bytes: ", redactor.Clean(Encoding.UTF8.GetString(bytes)));

    internal static string Fault(string? fault) => "< no reply: " + fault;

    private static string Line(FormattableString head, string text)
    {
        string line = string.Join(" ", text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        string shown = line.Length <= LongestShown ? line : string.Concat(line.AsSpan(0, LongestShown), "…");
        return head.ToString(CultureInfo.InvariantCulture) + shown;
    }
}
