namespace Kling.Support;

/// <summary>How long to wait before the next attempt. Pure: the caller brings the random number.</summary>
internal static class Backoff
{
    // Far past every longest pause; a larger exponent would only overflow.
    private const int MostDoublings = 9;

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <summary>One second, doubled with each attempt up to 30 seconds, of which a random half is kept. Never less than the other side asked for.</summary>
    /// <param name="attempt">The attempt just made, from 1.</param>
    /// <param name="asked">What the other side asked for.</param>
    /// <param name="random">A random number in [0, 1).</param>
    internal static TimeSpan Delay(int attempt, TimeSpan? asked, double random) =>
        AtLeast(asked, Doubled(s_first, attempt, s_longest) * (0.5 + (random / 2)));

    /// <summary>The first pause, doubled with each attempt after the first, up to the longest.</summary>
    internal static TimeSpan Doubled(TimeSpan first, int attempt, TimeSpan longest)
    {
        TimeSpan pause = first * Math.Pow(2, Math.Clamp(attempt - 1, 0, MostDoublings));
        return pause < longest ? pause : longest;
    }

    /// <summary>The pause, or what the other side asked for where that is longer.</summary>
    internal static TimeSpan AtLeast(TimeSpan? asked, TimeSpan pause) => asked > pause ? asked.Value : pause;
}
