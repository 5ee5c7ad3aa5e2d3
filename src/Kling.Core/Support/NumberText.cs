using System.Globalization;

namespace Kling.Support;

/// <summary>Numbers as the wire wants them: invariant, and without zeros that say nothing.</summary>
internal static class NumberText
{
    // Dividing by a one with the most decimals a decimal can hold drops the trailing zeros of its scale.
    private const decimal One = 1.0000000000000000000000000000m;

    internal static decimal Trimmed(decimal value) => value / One;

    internal static string Minimal(decimal value) => Trimmed(value).ToString(CultureInfo.InvariantCulture);
}
