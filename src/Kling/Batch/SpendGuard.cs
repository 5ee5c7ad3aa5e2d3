using System.Runtime.InteropServices;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>Guards the spending of one invocation: it holds the ceiling, or without one asks once before more than ten dollars are spent.</summary>
internal sealed class SpendGuard(decimal? ceiling, bool asks)
{
    private const decimal QuestionAbove = 10m;
    private bool _asked;

    internal SpendBudget Budget { get; } = new(ceiling);

    /// <summary>Reserves the price of one task. It fails where the ceiling would be exceeded, or there is one and the price is unknown.</summary>
    internal InputException? Reserve(Guid taskId, decimal? estimate, string name)
    {
        if (Budget.TryReserve(taskId, estimate))
        {
            return null;
        }

        string given = estimate is null ? "a task of unknown price" : $"{PriceText.Money(estimate)} more";
        return new InputException(ErrorCatalog.CostCeiling,
            $"MaxCost: {name} needs {given}; allowed: {PriceText.Money(Budget.Left)} left of {PriceText.Money(Budget.Ceiling)}. Nothing was sent for it.");
    }

    /// <summary>Whether to ask before this much more, in USD, is spent.</summary>
    internal bool MustAsk(decimal more) => asks && !_asked && Budget.Ceiling is null && Budget.Committed + more > QuestionAbove;

    /// <summary>Asks once, when the reserved sum and the next purchase together exceed ten dollars and there is no ceiling.</summary>
    /// <exception cref="InputException">The host cannot ask, or the answer was no.</exception>
    internal void Confirm(PSCmdlet cmdlet, NextPurchase next)
    {
        if (!MustAsk(next.Price))
        {
            return;
        }

        _asked = true;
        if (!Ask(cmdlet, next))
        {
            throw new InputException(ErrorCatalog.CostNotConfirmed,
                $"This invocation would come to {PriceText.Money(Budget.Committed + next.Price)} at list price, which is above {PriceText.Money(QuestionAbove)} "
                + "and was not confirmed. Nothing was sent for this input or any after it.");
        }
    }

    private bool Ask(PSCmdlet cmdlet, NextPurchase next)
    {
        // At the end of a redirected input the console answers with the default, which is yes: that is not consent.
        if (cmdlet.Host.Name == "ConsoleHost" && Console.IsInputRedirected)
        {
            return false;
        }

        try
        {
            string more = cmdlet.MyInvocation.ExpectingInput ? " More input may follow; it is asked only once." : "";
            return cmdlet.ShouldContinue(
                $"With the next {next.Requests} request(s) this command asks for {PriceText.Money(Budget.Committed + next.Price)} of videos at list price.{more} Go on?",
                "Cost");
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // A host that cannot ask answers in several ways; none of them is a yes.
            return false;
        }
    }
}

/// <summary>What is about to be bought: how many requests, and their known list price in USD.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NextPurchase(int Requests, decimal Price)
{
    /// <summary>The purchase of these items. One of unknown price counts as a request and adds nothing to the price.</summary>
    internal static NextPurchase Of(IEnumerable<RequestItem> items)
    {
        var next = default(NextPurchase);
        foreach (RequestItem item in items)
        {
            next = new NextPurchase(next.Requests + 1, next.Price + (item.Estimate ?? 0m));
        }

        return next;
    }

    /// <summary>The same for each of several images.</summary>
    internal NextPurchase Times(int images) => new(Requests * images, Price * images);
}
