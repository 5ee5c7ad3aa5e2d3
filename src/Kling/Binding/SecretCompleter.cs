using System.Collections;
using System.Management.Automation.Language;

namespace Kling.Binding;

/// <summary>Completes the names of secrets and vaults, where the module SecretManagement is there; never a value.</summary>
public sealed class SecretCompleter : IArgumentCompleter
{
    private const string Vaults = @"Microsoft.PowerShell.SecretManagement\Get-SecretVault -ErrorAction Ignore";
    private const string Secrets = @"param($Given) Microsoft.PowerShell.SecretManagement\Get-SecretInfo @Given -ErrorAction Ignore";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = CompletionText.Typed(wordToComplete);
        return Names(parameterName, fakeBoundParameters)
            .Where(found => found.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(found => found.Name, StringComparer.OrdinalIgnoreCase)
            .Select(found => CompletionText.Offer(CompletionText.Quoted(found.Name), found.Name, found.Tip));
    }

    private static IEnumerable<(string Name, string Tip)> Names(string parameter, IDictionary bound)
    {
        try
        {
            if (parameter == "Vault")
            {
                return Texts(ScriptBlock.Create(Vaults).Invoke(), vault => $"a vault of {Text(vault, "ModuleName")}{(Text(vault, "IsDefault") == "True" ? ", the default one" : "")}");
            }

            var given = new Hashtable();
            if (bound["Vault"] is string vault)
            {
                given["Vault"] = vault;
            }

            return Texts(ScriptBlock.Create(Secrets).Invoke(given), secret => $"{Text(secret, "Type")} in the vault {Text(secret, "VaultName")}");
        }
        catch (RuntimeException)
        {
            // The module is not there, or its vault cannot be asked now.
            return [];
        }
    }

    private static IEnumerable<(string Name, string Tip)> Texts(IEnumerable<PSObject?> results, Func<PSObject, string> tip) =>
        results.OfType<PSObject>().Select(result => (Name: Text(result, "Name"), Tip: tip(result))).Where(found => found.Name.Length > 0)
            .Select(found => (found.Name, $"{found.Name}: {found.Tip}"));

    private static string Text(PSObject source, string property) => source.Properties[property]?.Value?.ToString() ?? "";
}
