using System.Runtime.InteropServices;
using Kling.Requests;

namespace Kling.Batch;

/// <summary>Prices as text, for questions, -WhatIf and messages.</summary>
internal static class PriceText
{
    internal static string Money(decimal? amount) =>
        amount is decimal known ? FormattableString.Invariant($"{known:0.0000} USD") : "an unknown price";

    /// <summary>A sum: whole cents, and more digits only where it has them.</summary>
    internal static string Total(decimal amount) => FormattableString.Invariant($"{amount:0.00##} USD");

    /// <summary>An amount in whole cents, for a line that is read while it changes.</summary>
    internal static string Cents(decimal amount) => FormattableString.Invariant($"{amount:0.00} USD");

    /// <summary>A number of things.</summary>
    internal static string Count(int number, string thing) => FormattableString.Invariant($"{number} {thing}{(number == 1 ? "" : "s")}");

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

    /// <summary>How a task ended, when, and what it cost: <c>Succeeded after 126 s, billed 0.1848 USD.</c></summary>
    internal static string Ending(KlingTask task)
    {
        string after = task.Elapsed is TimeSpan took ? FormattableString.Invariant($" after {took.TotalSeconds:0.#} s") : "";
        string money = task.Cost is decimal cost ? $"billed {Money(cost)}" : task.BillingState == BillingState.NotCharged ? "not charged" : "no cost was reported";
        return $"{task.Status}{after}, {money}.";
    }

    /// <summary>Where a video was saved, and how large it is.</summary>
    internal static string Saved(string file) =>
        new FileInfo(file) is { Exists: true } there ? FormattableString.Invariant($"saved as {file}, {there.Length} bytes.") : $"saved as {file}.";

    internal static string Describe(VideoRequest request, decimal? estimate)
    {
        decimal seconds = request.Duration ?? ModelSpec.Find(request.Model)?.DefaultDuration ?? 0m;
        int count = request.NumberResults ?? 1;
        return FormattableString.Invariant($"{Count(count, "video")} of {seconds:0.##} s for {Money(estimate)} ({(Pricing.IsAtMost(request) ? "at most, by list price" : "list price")})");
    }
}

/// <summary>What several requests buy at list price. The price of some videos may be unknown; they are counted apart.</summary>
/// <param name="Videos">How many videos have a known price.</param>
/// <param name="Price">What these cost together, in USD.</param>
/// <param name="Unknown">How many videos have no known price.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Purchase(int Videos, decimal Price, int Unknown)
{
    /// <summary>How many videos there are in all.</summary>
    internal int All => Videos + Unknown;

    internal static Purchase Of(int? videos, decimal? price) =>
        price is decimal known ? new Purchase(videos ?? 1, known, 0) : new Purchase(0, 0m, videos ?? 1);

    internal static Purchase Of(RequestItem item) => Of(item.Request.NumberResults, item.Estimate);

    internal static Purchase Of(IEnumerable<RequestItem> items) => items.Aggregate(default(Purchase), (sum, item) => sum + Of(item));

    public static Purchase operator +(Purchase left, Purchase right) =>
        new(left.Videos + right.Videos, left.Price + right.Price, left.Unknown + right.Unknown);

    public static Purchase operator -(Purchase left, Purchase right) =>
        new(left.Videos - right.Videos, left.Price - right.Price, left.Unknown - right.Unknown);

    /// <summary>For a question and an error: "300 videos for 55.50 USD (list price)".</summary>
    internal string Offer() => $"{PriceText.Count(Videos, "video")} for {PriceText.Total(Price)} (list price){Rest}";

    /// <summary>For a line of its own: "300 videos, 55.50 USD at list price".</summary>
    internal string Line() => $"{PriceText.Count(Videos, "video")}, {PriceText.Total(Price)} at list price{Rest}";

    private string Rest => Unknown == 0 ? "" : $" and {PriceText.Count(Unknown, "video")} of unknown price";
}
