using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Kling.Sandbox;

namespace Kling.Binding;

/// <summary>Completes the kinds of faults the sandbox can play.</summary>
public sealed class FaultCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Enum.GetNames<SandboxFaultKind>()
            .Where(name => name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(name));
}
