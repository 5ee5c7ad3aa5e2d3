using System.Globalization;

namespace Kling.Support;

/// <summary>Numbers as the wire wants them: invariant, and without zeros that say nothing.</summary>
internal static class NumberText
{
    // Dividing by a one with the most decimals a decimal can hold drops the trailing zeros of its scale.
    private const decimal One = 1.0000000000000000000000000000m;

    internal static decimal Trimmed(decimal value) => value / One;

    internal static string Minimal(decimal value) => Trimmed(value).ToString(CultureInfo.InvariantCulture);

    /// <summary>A time in its largest units: <c>45s</c>, <c>3m</c> or <c>2h 5m</c>. Less than a unit is left out.</summary>
    internal static string Duration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => FormattableString.Invariant($"{Math.Max(0, time.Seconds)}s"),
        { TotalHours: < 1 } => FormattableString.Invariant($"{time.Minutes}m"),
        _ => FormattableString.Invariant($"{Math.Floor(time.TotalHours)}h {time.Minutes}m"),
    };
}

/// <summary>How many bytes have passed so far. Written by one thread, read by any.</summary>
internal sealed class ByteCount : IProgress<long>
{
    private long _bytes;

    /// <summary>The bytes so far.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public void Report(long value) => Interlocked.Exchange(ref _bytes, value);
}

/// <summary>Lists in messages.</summary>
internal static class WordList
{
    /// <summary><c>a, b or c</c>.</summary>
    internal static string Or(IReadOnlyList<string> words) => Join(words, "or");

    /// <summary><c>a, b and c</c>.</summary>
    internal static string And(IReadOnlyList<string> words) => Join(words, "and");

    private static string Join(IReadOnlyList<string> words, string last) => words.Count switch
    {
        0 => "",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} {last} {words[words.Count - 1]}",
    };
}
