using System.Collections;
using System.Management.Automation.Language;

namespace Kling.Binding;

/// <summary>Completes the names of secrets and vaults, where the module SecretManagement is there; never a value.</summary>
public sealed class SecretCompleter : IArgumentCompleter
{
    private const string Vaults = @"Microsoft.PowerShell.SecretManagement\Get-SecretVault -ErrorAction Ignore | ForEach-Object { $_.Name }";
    private const string Secrets = @"param($Given) Microsoft.PowerShell.SecretManagement\Get-SecretInfo @Given -ErrorAction Ignore | ForEach-Object { $_.Name }";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = CompletionText.Typed(wordToComplete);
        return Names(parameterName, fakeBoundParameters)
            .Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => CompletionText.Offer(CompletionText.Quoted(name), name, name));
    }

    private static IEnumerable<string> Names(string parameter, IDictionary bound)
    {
        try
        {
            if (parameter == "Vault")
            {
                return Texts(ScriptBlock.Create(Vaults).Invoke());
            }

            var given = new Hashtable();
            if (bound["Vault"] is string vault)
            {
                given["Vault"] = vault;
            }

            return Texts(ScriptBlock.Create(Secrets).Invoke(given));
        }
        catch (RuntimeException)
        {
            // The module is not there, or its vault cannot be asked now.
            return [];
        }
    }

    private static IEnumerable<string> Texts(IEnumerable<PSObject?> results) => results.Select(result => result?.BaseObject).OfType<string>();
}
