using System.Management.Automation.Host;
using Kling.Requests;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>Guards the spending of one invocation: it holds the ceiling, or without one asks once before more than ten dollars are spent.</summary>
internal sealed class SpendGuard(decimal? ceiling, bool asks)
{
    private const decimal QuestionAbove = 10m;
    private const int No = 1;
    private bool _asked;

    internal SpendBudget Budget { get; } = new(ceiling);

    /// <summary>Whether a question may still come.</summary>
    internal bool MayAsk => asks && !_asked && Budget.Ceiling is null;

    /// <summary>Reserves the price of one task. It fails where the ceiling would be exceeded, or there is one and the price is unknown.</summary>
    internal InputException? Reserve(VideoRequest request, decimal? estimate, string name)
    {
        string kind = Pricing.Kind(request);
        if (Budget.TryReserve(request.TaskId, estimate, kind))
        {
            return null;
        }

        decimal? price = Budget.Price(estimate, kind);
        string billed = price > estimate ? " (what an equal one was billed)" : "";
        string given = price is null ? "a task of unknown price" : $"{PriceText.Money(price)} more{billed}";
        return new InputException(ErrorCatalog.CostCeiling,
            $"MaxCost: {name} needs {given}; allowed: {PriceText.Money(Budget.Left)} left of {PriceText.Money(Budget.Ceiling)}. Nothing was sent for it.");
    }

    /// <summary>Whether to ask before this much more than what is reserved, in USD, is spent.</summary>
    internal bool MustAsk(decimal more = 0m) => MayAsk && Budget.Committed + more > QuestionAbove;

    /// <summary>Asks about the whole invocation. It is asked once.</summary>
    /// <param name="cmdlet">Whose host asks.</param>
    /// <param name="all">What the invocation buys, as far as that is known.</param>
    /// <param name="sent">How many videos of it were sent before.</param>
    /// <param name="mayGrow">Whether more input may follow.</param>
    /// <exception cref="InputException">The host cannot ask, or the answer was no.</exception>
    internal void Confirm(PSCmdlet cmdlet, Purchase all, int sent = 0, bool mayGrow = false)
    {
        _asked = true;
        string offer = (mayGrow ? "at least " : "") + all.Offer() + (sent > 0 ? $", {sent} of them already sent" : "");
        if (!Ask(cmdlet, $"This buys {offer}.{(mayGrow ? " More input may follow." : "")} Continue?"))
        {
            CommandLine? withCeiling = null;
            if (sent == 0 && !mayGrow)
            {
                withCeiling = $"New-KlingVideo … -MaxCost {Math.Ceiling(all.Price)} # the same line with a ceiling, which asks nothing";
            }

            throw new InputException(ErrorCatalog.CostNotConfirmed,
                $"This command would buy {offer}. This is more than {PriceText.Total(QuestionAbove)} and was not confirmed. Nothing {(sent > 0 ? "else " : "")}was sent.",
                withCeiling);
        }
    }

    private static bool Ask(PSCmdlet cmdlet, string question)
    {
        // At the end of a redirected input the console answers with the default. Nobody was asked then.
        if (cmdlet.Host.Name == "ConsoleHost" && Console.IsInputRedirected)
        {
            return false;
        }

        try
        {
            // ShouldContinue would offer "Yes to All" as soon as its default is No. There is only one question.
            ChoiceDescription[] choices =
            [
                new ChoiceDescription("&Yes", "Buys them."),
                new ChoiceDescription("&No", "Sends nothing more and ends the command."),
            ];
            return cmdlet.Host.UI.Ask("Cost", question, choices, No) != No;
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // A host that cannot ask answers in several ways; none of them is a yes.
            return false;
        }
    }
}
