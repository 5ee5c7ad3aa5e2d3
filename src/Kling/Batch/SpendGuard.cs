using System.Management.Automation;
using Kling.Errors;
using Kling.Requests;

namespace Kling.Batch;

/// <summary>Adds up what one invocation spends at list price, and asks once when it passes ten dollars.</summary>
internal sealed class SpendGuard(bool asks)
{
    private const decimal QuestionAbove = 10m;
    private decimal _planned;
    private decimal _running;
    private bool _unknown;
    private bool _asked;

    internal int Sent { get; private set; }

    internal string PlannedText => _unknown ? "an unknown price" : Money(_planned);

    internal static string Money(decimal? amount) => amount is decimal known ? FormattableString.Invariant($"{known:0.0000} USD") : "an unknown price";

    internal static string Describe(VideoRequest request, decimal? estimate)
    {
        decimal seconds = request.Duration ?? ModelSpec.Find(request.Model)?.DefaultDuration ?? 0m;
        int count = request.NumberResults ?? 1;
        return FormattableString.Invariant($"{count} video{(count == 1 ? "" : "s")} of {seconds:0.##} s for {Money(estimate)} (list price)");
    }

    internal void Plan(decimal? estimate)
    {
        _planned += estimate ?? 0m;
        _unknown |= estimate is null;
    }

    /// <exception cref="InputException">The host cannot ask, or the answer was no.</exception>
    internal void Confirm(PSCmdlet cmdlet, decimal? estimate)
    {
        decimal after = _running + (estimate ?? 0m);
        if (asks && !_asked && after > QuestionAbove)
        {
            _asked = true;
            if (!Ask(cmdlet, after))
            {
                throw new InputException(ErrorCatalog.CostNotConfirmed,
                    $"This invocation would pass {Money(QuestionAbove)} at list price, and that was not confirmed. {Sent} request(s) were sent before, {Money(_running)}.",
                    "Measure-KlingCost shows the price; -Force or -Confirm:$false sends without asking.");
            }
        }

        _running = after;
        Sent++;
    }

    private static bool Ask(PSCmdlet cmdlet, decimal after)
    {
        try
        {
            return cmdlet.ShouldContinue($"With the next request this command has asked for {Money(after)} of videos at list price. Go on?", "Cost");
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // A host that cannot ask answers in several ways; none of them is a yes.
            return false;
        }
    }
}
