using System.Globalization;

namespace Kling.Binding;

/// <summary>
/// Reads numbers strictly: a decimal point, no thousands separators. The session's own decimal separator is read too, since
/// Export-Csv writes a number in the culture of the session, and what one session exports the same one must read back.
/// </summary>
internal static class StrictNumber
{
    /// <summary>The number, or null when the value is not exactly one.</summary>
    internal static decimal? Read(object value)
    {
        switch (value)
        {
            case decimal number:
                return number;
            case byte or sbyte or short or ushort or int or uint or long or ulong:
                return Convert.ToDecimal(value, CultureInfo.InvariantCulture);
            case double or float:
                double real = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                return double.IsNaN(real) || Math.Abs(real) > 1e15 ? null : (decimal)real;
            case string text:
                const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint
                    | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
                return decimal.TryParse(text, style, CultureInfo.InvariantCulture, out decimal parsed)
                    || decimal.TryParse(WithPoint(text), style, CultureInfo.InvariantCulture, out parsed) ? parsed : null;
            default:
                return null;
        }
    }

    // Two of them, or one beside a point, stay unreadable: those would be thousands separators.
    private static string WithPoint(string text)
    {
        string separator = CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator;
        return separator == "." || separator.Length == 0 || text.Contains('.') ? text : text.Replace(separator, ".");
    }
}

/// <summary>Reads -Timeout: seconds, 30 minutes when left out, -1 for no limit.</summary>
internal static class WaitTime
{
    internal static TimeSpan? From(decimal? seconds) => seconds switch
    {
        null => TimeSpan.FromMinutes(30),
        -1m => null,
        decimal given => TimeSpan.FromSeconds((double)given),
    };

    /// <summary>How long the download of a video may take: as long as one may wait for its task. "Look once" says nothing about downloads.</summary>
    internal static TimeSpan? ForDownload(decimal? seconds) => From(seconds is 0m ? null : seconds);
}
