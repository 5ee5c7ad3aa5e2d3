namespace Kling.Requests;

/// <summary>What requests cost. A price that is not known is null, never a guess.</summary>
public static class Pricing
{
    private const decimal Grain = 10_000m;

    /// <summary>The list price of a request in USD, rounded up to 0.0001; null for an unknown model.</summary>
    /// <param name="request">The request.</param>
    public static decimal? Estimate(VideoRequest request) => Estimate(request.Model, request.Duration, request.NumberResults);

    /// <summary>The list price in USD, rounded up to 0.0001; null for an unknown model.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="duration">Seconds of one video; the model's default when null.</param>
    /// <param name="count">How many videos; one when null.</param>
    public static decimal? Estimate(string? model, decimal? duration = null, int? count = null) =>
        Total(model, spec => spec.PricePerSecond, duration, count);

    /// <summary>What the service is expected to bill for a request, in USD, going by what it was seen to bill; null for an unknown model.</summary>
    /// <param name="request">The request.</param>
    public static decimal? ExpectedBill(VideoRequest request) => ExpectedBill(request.Model, request.Duration, request.NumberResults);

    /// <summary>What the service is expected to bill, in USD, going by what it was seen to bill; null for an unknown model.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="duration">Seconds of one video; the model's default when null.</param>
    /// <param name="count">How many videos; one when null.</param>
    public static decimal? ExpectedBill(string? model, decimal? duration = null, int? count = null) =>
        Total(model, spec => spec.BilledPerSecond, duration, count);

    /// <summary>The same text for requests that cost the same: they differ in image, prompt and delivery only.</summary>
    internal static string Kind(VideoSettings settings) => string.Join("|", VideoSettings.All
        .Where(setting => setting is { Fingerprint: not null, IsProse: false })
        .Select(setting => FormattableString.Invariant($"{setting.Get(settings)}")));

    private static decimal? Total(string? model, Func<ModelSpec, decimal?> perSecond, decimal? duration, int? count)
    {
        if (ModelSpec.Find(model) is not ModelSpec spec || perSecond(spec) is not decimal price)
        {
            return null;
        }

        decimal seconds = duration ?? spec.DefaultDuration;
        int videos = count ?? 1;

        // Outside of these bounds the request cannot be sent, so it has no price. The product could also overflow.
        if (seconds < 0m || seconds > 1_000_000m || videos < 0)
        {
            return null;
        }

        return Math.Ceiling(price * seconds * videos * Grain) / Grain;
    }
}
