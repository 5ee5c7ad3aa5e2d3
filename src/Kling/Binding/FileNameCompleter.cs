using System.Collections;
using System.Management.Automation.Language;
using Kling.Files;

namespace Kling.Binding;

/// <summary>Completes the fields of a file-name template: the one that was begun, or one more behind what is there.</summary>
public sealed class FileNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = CompletionText.Typed(wordToComplete);
        int open = typed.LastIndexOf('{');
        bool begun = open >= 0 && typed.IndexOf('}', open) < 0;
        string before = begun ? typed[..open] : typed;
        string start = begun ? typed[(open + 1)..] : "";
        return FileNameTemplate.Fields
            .Where(field => field.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            .Select(field => CompletionText.Offer(CompletionText.Quoted($"{before}{{{field}}}"), $"{{{field}}}", FileNameTemplate.Meaning(field)));
    }
}
