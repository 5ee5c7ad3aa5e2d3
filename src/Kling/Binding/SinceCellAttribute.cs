using System.Globalization;
using System.Text.RegularExpressions;

namespace Kling.Binding;

/// <summary>
/// A point in time: a date, or a TimeSpan back from now. A text that begins like an ISO date means the same in every culture: the culture's
/// own calendar would read another year, or none. A bare number is never ticks.
/// </summary>
internal sealed class SinceCellAttribute() : CellAttribute("Since")
{
    private static readonly Regex s_iso = new(@"^\s*\d{4}-\d\d-\d\d", RegexOptions.CultureInvariant);

    // Without the days, it is a time of today.
    private static readonly Regex s_days = new(@"^\s*-?\d+\.\d\d?:\d\d", RegexOptions.CultureInvariant);

    private protected override string Allowed => "a date, as 2026-11-27 or (Get-Date).AddDays(-7), or a TimeSpan back from now";

    private protected override object? Read(object value) => value switch
    {
        DateTimeOffset time => time,

        // One without a kind is local, as PowerShell has it.
        DateTime time => time.Year is > 1 and < 9999 ? new DateTimeOffset(time) : null,
        TimeSpan span => Back(span),
        string text when s_iso.IsMatch(text) => Parse(text, CultureInfo.InvariantCulture),
        string text when s_days.IsMatch(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) => Back(span),
        string text when StrictNumber.Read(text) is null => Parse(text, CultureInfo.CurrentCulture),
        _ => null,
    };

    private static DateTimeOffset? Back(TimeSpan span)
    {
        DateTimeOffset now = SystemClock.Instance.UtcNow;
        return span > TimeSpan.MinValue && span.Duration() < now - DateTimeOffset.MinValue ? now - span.Duration() : null;
    }

    private static DateTimeOffset? Parse(string text, CultureInfo culture) =>
        DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeLocal | DateTimeStyles.AllowWhiteSpaces, out DateTimeOffset time) ? time : null;
}
