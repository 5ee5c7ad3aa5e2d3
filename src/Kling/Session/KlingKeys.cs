using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Net;
using System.Security;
using Kling.Client;
using Kling.Errors;

namespace Kling.Session;

/// <summary>Makes a credential, with an error that never shows the key.</summary>
internal static class KlingKeys
{
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

    internal static Credential FromSecure(System.Security.SecureString key) =>
        FromText(new System.Net.NetworkCredential("", key).Password);
}

/// <summary>Chooses the API address: parameter, then environment, then the public one.</summary>
internal static class KlingEndpoints
{
    internal static Uri Resolve(string? given)
    {
        string? text = given ?? Environment.GetEnvironmentVariable(KlingEndpoint.EnvironmentVariable);
        try
        {
            return KlingEndpoint.Parse(string.IsNullOrWhiteSpace(text) ? KlingEndpoint.DefaultAddress : text!);
        }
        catch (ArgumentException invalid)
        {
            throw new InputException(ErrorCatalog.InvalidEndpoint, invalid.Message);
        }
    }
}

/// <summary>Reads a key through PowerShell's SecretManagement, where that module is there; this module does not depend on it.</summary>
internal static class SecretVault
{
    private const string Command = @"Microsoft.PowerShell.SecretManagement\Get-Secret";

    /// <summary>The secret's value.</summary>
    /// <exception cref="InputException">The module is missing, the secret is, or its value is no key.</exception>
    internal static SecureString Read(PSCmdlet cmdlet, string name, string? vault)
    {
        CommandInfo command = cmdlet.InvokeCommand.GetCommand(Command, CommandTypes.Cmdlet | CommandTypes.Function)
            ?? throw new InputException(ErrorCatalog.SecretUnavailable,
                $"SecretName: '{name}' was given, and the module Microsoft.PowerShell.SecretManagement, which reads vaults, is not installed.",
                "Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore");
        string place = vault is null ? "any vault" : $"vault '{vault}'";
        string advice = $"Get-SecretInfo -Name '{name.Replace("'", "''")}'";
        object? value = Invoke(cmdlet, command, name, vault, place, advice);
        SecureString? secret = value switch
        {
            SecureString secure => secure,
            string text => new NetworkCredential("", text).SecurePassword,
            PSCredential credential => credential.Password,
            null => throw new InputException(ErrorCatalog.SecretUnavailable, $"SecretName: '{name}' was not found in {place}.", advice),
            _ => null,
        };
        return secret ?? throw new InputException(ErrorCatalog.SecretUnavailable,
            $"SecretName: '{name}' in {place} holds a {value.GetType().Name}; allowed: a SecureString, a string or a credential whose password is the key.",
            $"Set-Secret -Name '{name.Replace("'", "''")}' -SecureStringSecret (Read-Host -AsSecureString)");
    }

    private static object? Invoke(PSCmdlet cmdlet, CommandInfo command, string name, string? vault, string place, string advice)
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
