using Kling.Requests;

namespace Kling.Batch;

/// <summary>Prices as text, for questions, -WhatIf and messages.</summary>
internal static class PriceText
{
    internal static string Money(decimal? amount) =>
        amount is decimal known ? FormattableString.Invariant($"{known:0.0000} USD") : "an unknown price";

    internal static string Describe(VideoRequest request, decimal? estimate)
    {
        decimal seconds = request.Duration ?? ModelSpec.Find(request.Model)?.DefaultDuration ?? 0m;
        int count = request.NumberResults ?? 1;
        return FormattableString.Invariant($"{count} video{(count == 1 ? "" : "s")} of {seconds:0.##} s for {Money(estimate)} (list price)");
    }
}
