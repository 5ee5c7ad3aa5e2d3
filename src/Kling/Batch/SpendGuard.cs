using System.Management.Automation;
using Kling.Errors;
using Kling.Tasks;

namespace Kling.Batch;

/// <summary>Stands before every submit of one invocation: the ceiling, and without one the question beyond ten dollars.</summary>
internal sealed class SpendGuard(decimal? ceiling, bool asks)
{
    private const decimal QuestionAbove = 10m;
    private bool _asked;

    internal SpendBudget Budget { get; } = new(ceiling);

    /// <summary>Reserves the price of one task.</summary>
    /// <exception cref="InputException">The ceiling would be passed, or the price is unknown and there is a ceiling.</exception>
    internal void Reserve(Guid taskId, decimal? estimate, string name)
    {
        if (Budget.TryReserve(taskId, estimate))
        {
            return;
        }

        string given = estimate is null ? "a task of unknown price" : $"{PriceText.Money(estimate)} more";
        throw new InputException(ErrorCatalog.CostCeiling,
            $"MaxCost: {name} needs {given}; allowed: {PriceText.Money(Budget.Left)} left of {PriceText.Money(Budget.Ceiling)}. Nothing was sent for it.");
    }

    /// <summary>Asks once when what was reserved passes ten dollars without a ceiling.</summary>
    /// <exception cref="InputException">The host cannot ask, or the answer was no.</exception>
    internal void Confirm(PSCmdlet cmdlet)
    {
        if (!asks || _asked || Budget.Ceiling is not null || Budget.Committed <= QuestionAbove)
        {
            return;
        }

        _asked = true;
        if (!Ask(cmdlet))
        {
            throw new InputException(ErrorCatalog.CostNotConfirmed,
                $"This invocation would pass {PriceText.Money(QuestionAbove)} at list price, and that was not confirmed. Nothing was sent for this item or those after it.");
        }
    }

    private bool Ask(PSCmdlet cmdlet)
    {
        // At the end of a redirected input the console answers with the default, which is yes: that is not consent.
        if (cmdlet.Host.Name == "ConsoleHost" && Console.IsInputRedirected)
        {
            return false;
        }

        try
        {
            return cmdlet.ShouldContinue($"With the next request this command has asked for {PriceText.Money(Budget.Committed)} of videos at list price. Go on?", "Cost");
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // A host that cannot ask answers in several ways; none of them is a yes.
            return false;
        }
    }
}
