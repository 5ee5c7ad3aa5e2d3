using System.Globalization;

namespace Kling.Support;

/// <summary>Reads how long a host asks to wait (RFC 9110, Retry-After; protocol note, errors, for the body's seconds).</summary>
internal static class RetryAfterReader
{
    /// <summary>Longer waits are cut to this, only so that no time overflows: every wait of this client has an end of its own.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    private static readonly string[] s_dateFormats =
    [
        "r",
        "ddd, d MMM yyyy HH:mm:ss 'GMT'",
        "ddd, dd MMM yyyy HH:mm:ss zzz",
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
    ];

    /// <summary>The longest wait of a reply's <c>Retry-After</c> headers; null when they say nothing readable.</summary>
    /// <param name="headerValues">The headers' values.</param>
    /// <param name="now">The current time.</param>
    /// <param name="hostNow">The host's own time, where it is known and counts: a fast clock here must not come back too early.</param>
    internal static TimeSpan? Read(IEnumerable<string> headerValues, DateTimeOffset now, DateTimeOffset? hostNow = null) =>
        headerValues.Aggregate((TimeSpan?)null, (longest, value) => Longer(longest, Longer(Read(value, now), Read(value, hostNow ?? now))));

    /// <summary>The wait a <c>Retry-After</c> header asks for, from 0 to <see cref="Longest"/>; null when it says nothing readable.</summary>
    /// <param name="headerValue">Seconds, or an HTTP date.</param>
    /// <param name="now">The current time.</param>
    internal static TimeSpan? Read(string? headerValue, DateTimeOffset now)
    {
        string text = (headerValue ?? "").Trim();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            return FromSeconds(seconds);
        }

        return DateTimeOffset.TryParseExact(text, s_dateFormats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite, out DateTimeOffset date)
            ? Clip(date - now)
            : null;
    }

    /// <summary>A wait in seconds, from 0 to <see cref="Longest"/>; null for what is no number.</summary>
    internal static TimeSpan? FromSeconds(double seconds) =>
        double.IsNaN(seconds) ? null
        : seconds >= Longest.TotalSeconds ? Longest
        : seconds <= 0 ? TimeSpan.Zero
        // Rounded up to whole ticks: a wait is never shorter than asked for.
        : TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond));

    /// <summary>The longer of two waits; null when there is none.</summary>
    internal static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) =>
        one is null ? other : other is null ? one : one > other ? one : other;

    private static TimeSpan Clip(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
}
