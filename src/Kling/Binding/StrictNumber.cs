using System.Globalization;

namespace Kling.Binding;

/// <summary>Reads numbers strictly and invariantly: no thousands separators, no decimal comma.</summary>
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
                return decimal.TryParse(text, style, CultureInfo.InvariantCulture, out decimal parsed) ? parsed : null;
            default:
                return null;
        }
    }
}
