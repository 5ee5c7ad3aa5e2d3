using Kling.Requests;

namespace Kling.Batch;

/// <summary>Prices as text, for questions, -WhatIf and messages.</summary>
internal static class PriceText
{
    internal static string Money(decimal? amount) =>
        amount is decimal known ? FormattableString.Invariant($"{known:0.0000} USD") : "an unknown price";

    /// <summary>What is known of an image before it is sent, for questions and -WhatIf; empty where only the service can see it.</summary>
    internal static string Facts(RequestImage? image)
    {
        string[] facts =
        [
            image?.Format ?? "",
            image is { Width: int width, Height: int height } ? FormattableString.Invariant($"{width}x{height}") : "",
            image?.Bytes is long bytes ? FormattableString.Invariant($"{bytes} bytes") : "",
        ];
        string known = string.Join(", ", facts.Where(fact => fact.Length > 0));
        return known.Length > 0 ? $" ({known})" : image is null ? "" : $" ({image.Kind}, not looked at)";
    }

    internal static string Describe(VideoRequest request, decimal? estimate)
    {
        decimal seconds = request.Duration ?? ModelSpec.Find(request.Model)?.DefaultDuration ?? 0m;
        int count = request.NumberResults ?? 1;
        return FormattableString.Invariant($"{count} video{(count == 1 ? "" : "s")} of {seconds:0.##} s for {Money(estimate)} (list price)");
    }
}
