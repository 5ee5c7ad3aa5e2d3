using System.Collections;
using System.Globalization;
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
        if (parameterName == "Model")
        {
            return ModelSpec.All.Where(model => new[] { model.Id, model.ShortName, model.Name }.Any(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)))
                .DistinctBy(model => model.Id).Select(model => CompletionText.Offer(CompletionText.Quoted(model.Id), model.Id, About(model)));
        }

        ModelSpec spec = ModelSpec.FindByName(fakeBoundParameters["Model"] as string) ?? ModelSpec.Kling21Standard;
        ParameterSpec? row = spec.Parameter(parameterName);
        return Values(parameterName, spec, row)
            .Where(value => value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(value => CompletionText.Offer(Written(value), value, Tip(value, row, parameterName)));
    }

    private static string About(ModelSpec model)
    {
        string price = model.Rates.Count == 0 ? "price unknown" : $"{WordList.Or([.. model.Rates.Select(rate => NumberText.Minimal(rate.Amount)).Distinct()])} USD per second";
        return $"{model.ShortName}: {model.Status}, {string.Join(", ", model.Modes)}; {price}";
    }

    // A variable's dollar sign and a number's decimal point need no quotes.
    private static string Written(string value) =>
        value[0] == '$' || decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out _) ? value : CompletionText.Quoted(value);

    private static string Tip(string value, ParameterSpec? row, string parameter) => ValueMeanings.Of(parameter).ContainsKey(value) ? ValueMeanings.Tip(parameter, value)
        : row is null ? value
        : string.Equals(value.TrimStart('$'), row.DefaultText, StringComparison.OrdinalIgnoreCase) ? $"{value}: what the service takes when it is left out"
        : row.AllowedValues.Count > 0 || row.Type == ParameterType.Boolean ? value
        : $"{value}; allowed: {row.AllowedText}";

    private static IEnumerable<string> Values(string parameter, ModelSpec spec, ParameterSpec? row)
    {
        static string Text(int pixels) => pixels.ToString(CultureInfo.InvariantCulture);
        return parameter switch
        {
            "Width" => spec.Sizes.Select(size => Text(size.Width)).Distinct(),
            "Height" => spec.Sizes.Select(size => Text(size.Height)).Distinct(),
            "AspectRatio" => spec.Sizes.Select(size => size.AspectRatio).Append("Auto"),
            _ when row is null => [],
            _ when row.Type == ParameterType.Boolean => ["$true", "$false"],
            _ => row.AllowedValues.Count > 0 ? row.AllowedValues : Numbers(row),
        };
    }

    // All whole numbers of a short range; of a long one its ends and what the service takes by itself.
    private static IEnumerable<string> Numbers(ParameterSpec row)
    {
        if (row is { Type: ParameterType.Integer, Min: decimal min, Max: decimal max } && max - min < 10)
        {
            return Enumerable.Range((int)min, (int)(max - min) + 1).Select(number => number.ToString(CultureInfo.InvariantCulture));
        }

        return new[] { row.Min, row.Default as decimal?, row.Max }.OfType<decimal>().Distinct().Select(NumberText.Minimal);
    }
}

/// <summary>Values as completion puts them on the command line.</summary>
internal static class CompletionText
{
    /// <summary>The value, in quotes where PowerShell would read it as anything but itself.</summary>
    internal static string Quoted(string value) =>
        value.Length > 0 && value.All(char.IsLetterOrDigit) ? value : CommandLine.Literal(value);

    /// <summary>An offer to the person.</summary>
    /// <param name="text">What gets to the command line: a number, or what <see cref="Quoted"/> made.</param>
    /// <param name="label">What the list of offers shows.</param>
    /// <param name="tip">What is said about it.</param>
    internal static CompletionResult Offer(string text, string label, string tip) =>
        new(text, ConsoleText.Of(label), CompletionResultType.ParameterValue, ConsoleText.Of(tip));

    /// <summary>What was typed so far, without the quotes around it.</summary>
    internal static string Typed(string? word) => (word ?? "").Trim('\'', '"');

    /// <summary>A text in one line of at most this many characters.</summary>
    internal static string Short(string? text, int longest)
    {
        string line = string.Join(" ", (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= longest)
        {
            return line;
        }

        // Not through the middle of a character outside the basic plane.
        int cut = char.IsHighSurrogate(line[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(line.AsSpan(0, cut), "…");
    }
}
