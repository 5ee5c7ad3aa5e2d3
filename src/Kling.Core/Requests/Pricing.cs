namespace Kling.Requests;

/// <summary>What requests cost. A price that is not known is null, never a guess.</summary>
public static class Pricing
{
    private const decimal Grain = 10_000m;

    /// <summary>
    /// The list price in USD, rounded up to 0.0001; null where it is not known: the model is unknown, or the length of the video follows from
    /// another field, such as a video to imitate.
    /// </summary>
    /// <param name="settings">What is asked for.</param>
    public static decimal? Estimate(VideoSettings settings) => ModelSpec.Find(settings.Model) is ModelSpec spec
        ? Total(settings, spec, spec.PricePerSecond(settings))
        : null;

    /// <summary>Whether <see cref="Estimate"/> is the highest of several rates, because the schema does not say in words we know which one counts.</summary>
    /// <param name="settings">What is asked for.</param>
    public static bool IsAtMost(VideoSettings settings) => ModelSpec.Find(settings.Model) is { Rates.Count: > 1, HasKnownRates: false };

    /// <summary>What the service is expected to bill, in USD, going by what it was seen to bill; null where that is not known.</summary>
    /// <param name="settings">What is asked for.</param>
    public static decimal? ExpectedBill(VideoSettings settings) => ModelSpec.Find(settings.Model) is ModelSpec spec
        ? Total(settings, spec, spec.BilledPerSecond ?? spec.PricePerSecond(settings))
        : null;

    /// <summary>The same text for requests that cost the same: they differ in image, prompt and delivery only.</summary>
    internal static string Kind(VideoSettings settings) => string.Join("|", VideoSettings.All
        .Where(setting => setting is { Fingerprint: not null, IsProse: false })
        .Select(setting => FormattableString.Invariant($"{setting.Get(settings)}")));

    private static decimal? Total(VideoSettings settings, ModelSpec spec, decimal? perSecond)
    {
        decimal seconds = settings.Duration ?? spec.DefaultDuration;
        int videos = settings.NumberResults ?? 1;

        // Outside of these bounds the request cannot be sent, so it has no price. The product could also overflow.
        if (perSecond is not decimal price || seconds < 0m || seconds > 1_000_000m || videos < 0 || !spec.DecidesLength(settings))
        {
            return null;
        }

        return Math.Ceiling(price * seconds * videos * Grain) / Grain;
    }
}
