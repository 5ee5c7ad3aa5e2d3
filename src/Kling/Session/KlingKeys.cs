using System.Collections;
using System.Collections.ObjectModel;
using System.Net;
using System.Security;
using Kling.Client;

namespace Kling.Session;

/// <summary>Makes a credential of a key's text or of a vault's secret. No error shows the key.</summary>
internal static class KlingKeys
{
    private const string Command = @"Microsoft.PowerShell.SecretManagement\Get-Secret";

    internal static Credential FromText(string key)
    {
        try
        {
            return new Credential(key);
        }
        catch (ArgumentException invalid)
        {
            throw new InputException(ErrorCatalog.InvalidKey, invalid.Message);
        }
    }

    internal static Credential FromSecure(SecureString key) => FromText(new NetworkCredential("", key).Password);

    /// <summary>Reads a key with PowerShell's SecretManagement, where that module is installed. This module does not depend on it.</summary>
    /// <exception cref="InputException">The module or the secret is missing, or the secret is no key.</exception>
    internal static Credential FromVault(PSCmdlet cmdlet, string name, string? vault)
    {
        CommandInfo command = cmdlet.InvokeCommand.GetCommand(Command, CommandTypes.Cmdlet | CommandTypes.Function)
            ?? throw new InputException(ErrorCatalog.SecretUnavailable,
                $"SecretName: '{name}' was given, and the module Microsoft.PowerShell.SecretManagement, which reads vaults, is not installed.",
                $"Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore");
        string place = vault is null ? "any vault" : $"vault '{vault}'";
        CommandLine advice = $"Get-SecretInfo -Name {name}";
        object? secret = Invoke(cmdlet, command, name, vault, place, advice);
        return secret switch
        {
            SecureString secure => FromSecure(secure),
            string text => FromText(text),
            PSCredential credential => FromSecure(credential.Password),
            null => throw new InputException(ErrorCatalog.SecretUnavailable, $"SecretName: '{name}' was not found in {place}.", advice),
            _ => throw new InputException(ErrorCatalog.SecretUnavailable,
                $"SecretName: '{name}' in {place} holds a {secret.GetType().Name}; allowed: a SecureString, a string or a credential whose password is the key.",
                $"Set-Secret -Name {name} -SecureStringSecret (Read-Host -AsSecureString)"),
        };
    }

    private static object? Invoke(PSCmdlet cmdlet, CommandInfo command, string name, string? vault, string place, CommandLine advice)
    {
        var given = new Hashtable { ["Name"] = name, ["ErrorAction"] = ActionPreference.Stop };
        if (vault is not null)
        {
            given["Vault"] = vault;
        }

        try
        {
            ScriptBlock script = cmdlet.InvokeCommand.NewScriptBlock("param($Command, $Given) & $Command @Given");
            Collection<PSObject?> results = cmdlet.InvokeCommand.InvokeScript(true, script, null, command, given);
            return results.Count == 1 ? results[0]?.BaseObject : null;
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            throw new InputException(ErrorCatalog.SecretUnavailable, $"SecretName: '{name}' could not be read from {place}: {failure.Message}", advice);
        }
    }
}
