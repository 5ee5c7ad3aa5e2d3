using System.Collections;
using System.Management.Automation.Language;

namespace Kling.Binding;

/// <summary>Completes a parameter with a few fixed values, and says what each means.</summary>
public sealed class ValueCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ValueMeanings.Of(parameterName).Keys
            .Where(value => value.StartsWith(CompletionText.Typed(wordToComplete), StringComparison.OrdinalIgnoreCase))
            .Select(value => CompletionText.Offer(value, value, ValueMeanings.Tip(parameterName, value)));
}
