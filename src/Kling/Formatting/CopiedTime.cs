using System.Globalization;

namespace Kling.Formatting;

/// <summary>
/// Reads a time of an object that crossed a process. PowerShell's format for that knows DateTime but not DateTimeOffset: such a time
/// arrives as the list of its properties, or as text where the copy did not go that deep.
/// </summary>
internal static class CopiedTime
{
    /// <summary>The time; null where the value is none.</summary>
    internal static DateTimeOffset? Read(object? value) => value switch
    {
        DateTimeOffset time => time,
        DateTime time => time.Year is > 1 and < 9999 ? new DateTimeOffset(time) : null,
        PSObject { BaseObject: not PSCustomObject and var inner } => Read(inner),
        PSObject copy => FromProperties(copy),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) => time,
        _ => null,
    };

    private static DateTimeOffset? FromProperties(PSObject copy)
    {
        if (copy.Properties[nameof(DateTimeOffset.UtcDateTime)]?.Value is not DateTime utc || utc.Kind == DateTimeKind.Local)
        {
            return Read(copy.ToString());
        }

        var time = new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
        return copy.Properties[nameof(DateTimeOffset.Offset)]?.Value is TimeSpan { TotalHours: > -14 and < 14 } offset && utc.Year is > 1 and < 9999
            ? time.ToOffset(TimeSpan.FromMinutes((int)offset.TotalMinutes)) : time;
    }
}
