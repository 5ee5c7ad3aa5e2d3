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
    /// <exception cref="InputException">The module or the secret is missing, its vault does not give it, or the secret is no key.</exception>
    internal static Credential FromVault(PSCmdlet cmdlet, string name, string? vault)
    {
        CommandInfo command = cmdlet.InvokeCommand.GetCommand(Command, CommandTypes.Cmdlet | CommandTypes.Function)
            ?? throw new InputException(ErrorCatalog.SecretUnavailable,
                $"SecretName: '{name}' was given, and the module Microsoft.PowerShell.SecretManagement, which reads vaults, is not installed.",
                $"Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore");
        string secret = SecretText(name, vault);
        Collection<PSObject?> found = Invoke(cmdlet, command, name, vault);
        return found.Select(item => item?.BaseObject).ToArray() switch
        {
            [SecureString secure] => FromSecret(new NetworkCredential("", secure).Password, secret, name, vault),
            [string text] => FromSecret(text, secret, name, vault),
            [PSCredential credential] => FromSecret(credential.GetNetworkCredential().Password, secret, name, vault),
            [] or [null] => throw new InputException(ErrorCatalog.SecretUnavailable, $"{secret} was not found: nothing came.", List(vault)),

            // What is no single value arrives in its parts: a secret of bytes as bytes.
            [object other, ..] => throw new InputException(ErrorCatalog.SecretUnavailable,
                $"{secret} holds a {(found.Count > 1 ? $"{other.GetType().Name}[]" : other.GetType().Name)}; allowed: a SecureString, a string or a credential whose password is the key.",
                Replace(name, vault)),
            _ => throw new InputException(ErrorCatalog.SecretUnavailable, $"{secret} could not be read: {found.Count} values came.", List(vault)),
        };
    }

    /// <summary>A secret as messages name it.</summary>
    internal static string SecretText(string name, string? vault) => $"SecretName: '{name}' in {(vault is null ? "any vault" : $"vault '{vault}'")}";

    private static Credential FromSecret(string key, string secret, string name, string? vault)
    {
        if (string.IsNullOrWhiteSpace(key))
        {
            throw new InputException(ErrorCatalog.SecretUnavailable, $"{secret} is empty.", Replace(name, vault));
        }

        try
        {
            return new Credential(key);
        }
        catch (ArgumentException invalid)
        {
            throw new InputException(ErrorCatalog.InvalidKey, $"{secret} is no key: {invalid.Message}", Replace(name, vault));
        }
    }

    private static Collection<PSObject?> Invoke(PSCmdlet cmdlet, CommandInfo command, string name, string? vault)
    {
        var given = new Hashtable { ["Name"] = name, ["ErrorAction"] = ActionPreference.Stop };
        if (vault is not null)
        {
            given["Vault"] = vault;
        }

        try
        {
            ScriptBlock script = cmdlet.InvokeCommand.NewScriptBlock("param($Command, $Given) & $Command @Given");
            return cmdlet.InvokeCommand.InvokeScript(true, script, null, command, given);
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            throw Unreadable(failure, SecretText(name, vault), vault);
        }
    }

    /// <summary>The vault's own words, which the stop of its command would hide, and the command that fits them.</summary>
    private static InputException Unreadable(RuntimeException failure, string secret, string? vault)
    {
        ErrorRecord record = failure.ErrorRecord;
        Exception[] causes = [.. Causes(record.Exception)];
        string reason = string.Join(" ", causes.Select(cause => cause.Message.Trim()).Distinct().Select(text => text.EndsWith('.') ? text : text + "."));
        CommandLine advice = record.FullyQualifiedErrorId.Split(',')[0] switch
        {
            _ when causes.Any(cause => cause.GetType().Name == "PasswordRequiredException") => vault is null
                ? $"Get-SecretVault # which vaults there are; Unlock-SecretVault -Name opens one"
                : (CommandLine)$"Unlock-SecretVault -Name {vault} -Password (Read-Host -AsSecureString)",
            "GetSecretVaultNotFound" => $"Get-SecretVault # which vaults there are",
            "GetSecretNotFound" => List(vault),
            _ => vault is null ? $"Get-SecretVault # which vaults there are; Test-SecretVault -Name says whether one works" : (CommandLine)$"Test-SecretVault -Name {vault}",
        };
        return new InputException(ErrorCatalog.SecretUnavailable, $"{secret} could not be read: {reason}", advice);
    }

    private static IEnumerable<Exception> Causes(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            yield return failure;
        }
    }

    private static CommandLine List(string? vault) => vault is null ? $"Get-SecretInfo # which secrets there are" : (CommandLine)$"Get-SecretInfo -Vault {vault} # which secrets there are";

    private static CommandLine Replace(string name, string? vault) => vault is null
        ? $"Set-Secret -Name {name} -SecureStringSecret (Read-Host -AsSecureString)"
        : (CommandLine)$"Set-Secret -Name {name} -Vault {vault} -SecureStringSecret (Read-Host -AsSecureString)";
}
