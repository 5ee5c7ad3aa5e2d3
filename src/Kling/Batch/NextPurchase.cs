using System.Runtime.InteropServices;
using Kling.Requests;

namespace Kling.Batch;

/// <summary>What is about to be bought: how many requests, and their known list price in USD.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NextPurchase(int Requests, decimal Price)
{
    /// <summary>The purchase of these items; one of unknown price counts as a request and adds nothing.</summary>
    internal static NextPurchase Of(IEnumerable<RequestItem> items)
    {
        var next = default(NextPurchase);
        foreach (RequestItem item in items)
        {
            next = new NextPurchase(next.Requests + 1, next.Price + (Pricing.Estimate(item.Request) ?? 0m));
        }

        return next;
    }

    /// <summary>The same for each of several images.</summary>
    internal NextPurchase Times(int images) => new(Requests * images, Price * images);
}
