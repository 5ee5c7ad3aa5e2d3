using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Kling.Requests;

namespace Kling.Binding;

/// <summary>Completes a parameter's values from the model's table: local data only.</summary>
public sealed class SpecCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = CompletionText.Typed(wordToComplete);
        return Values(parameterName)
            .Where(value => value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(value => new CompletionResult(CompletionText.Quoted(value), value, CompletionResultType.ParameterValue, value));
    }

    private static IEnumerable<string> Values(string parameter)
    {
        ModelSpec spec = ModelSpec.Kling21Standard;
        static string Text(int pixels) => pixels.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return parameter switch
        {
            "Model" => ModelSpec.All.Select(model => model.Id),
            "Width" => spec.Sizes.Select(size => Text(size.Width)).Distinct(),
            "Height" => spec.Sizes.Select(size => Text(size.Height)).Distinct(),
            "AspectRatio" => spec.Sizes.Select(size => size.AspectRatio).Append("Auto"),
            _ => spec.Parameter(parameter)?.AllowedValues ?? [],
        };
    }
}
