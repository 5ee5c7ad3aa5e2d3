using System.Security;
using Kling.Binding;
using Kling.Client;
using Kling.Pipeline;
using Kling.Sandbox;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Sets the session's API address and key. Makes no call, unless asked to test them.</summary>
[Cmdlet(VerbsCommunications.Connect, "Kling", DefaultParameterSetName = LiveSet)]
[OutputType(typeof(KlingConnection))]
public sealed class ConnectKlingCommand : KlingCmdlet
{
    private const string LiveSet = "Live";
    private const string SecretSet = "Secret";
    private const string SandboxSet = "Sandbox";

    /// <summary>The API key; when left out, RUNWARE_API_KEY, then a prompt.</summary>
    [Parameter(ParameterSetName = LiveSet, Position = 0)]
    [KeyText]
    public SecureString? ApiKey { get; set; }

    /// <summary>The name of the secret that holds the key; needs the module Microsoft.PowerShell.SecretManagement.</summary>
    [Parameter(ParameterSetName = SecretSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string SecretName { get; set; } = "";

    /// <summary>The vault the secret is in; all registered vaults when left out.</summary>
    [Parameter(ParameterSetName = SecretSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string? Vault { get; set; }

    /// <summary>The API address: https, or http on loopback; when left out, RUNWARE_BASE_URL, then the public one.</summary>
    [Parameter(ParameterSetName = LiveSet)]
    [Parameter(ParameterSetName = SecretSet)]
    public string? Endpoint { get; set; }

    /// <summary>Uses the sandbox of this process, or that of the process which started this one. Where there is none, starts one.</summary>
    [Parameter(ParameterSetName = SandboxSet, Mandatory = true)]
    public SwitchParameter Sandbox { get; set; }

    /// <summary>Asks the service whether address and key are good, and stays with the old connection where they are not.</summary>
    [Parameter]
    public SwitchParameter Test { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        _ = Rehearsal.Begin();
        Uri? inherited = Endpoint is null && !(Sandbox && KlingSession.Sandbox is not null) ? KlingSession.InheritedSandbox() : null;
        (Uri endpoint, Credential key, string source) = inherited is null ? Choose() : ChooseInherited(inherited);
        var services = new KlingServices(endpoint, key);
        if (Test)
        {
            Try(services);
        }

        KlingSession.Connect(services, source, inherited is not null);
        WriteObject(KlingSession.Connection);
    }, Endpoint is null ? null : KlingEndpoint.Shown(Endpoint));

    private void Try(KlingServices services)
    {
        try
        {
            RunToEnd(services.Service.PingAsync);
        }
        catch (KlingApiException refused) when (ParameterSetName == SecretSet && refused.Category == KlingErrorCategory.Authentication)
        {
            string message = $"{refused.Message} The key is that of {KlingKeys.SecretText(SecretName, Vault)}.";
            throw new KlingApiException(message, refused.Category, refused.BillingState, refused) { Errors = refused.Errors, HttpStatus = refused.HttpStatus };
        }
    }

    /// <summary>A script that is tried from a session with a sandbox stays in that sandbox, also where it connects by itself.</summary>
    private (Uri Endpoint, Credential Key, string Source) ChooseInherited(Uri sandbox)
    {
        KlingSession.RequireAnswer(sandbox);
        if (!Sandbox)
        {
            WriteWarning($"This process was started from a session that uses the sandbox at {sandbox.AbsoluteUri}, so it uses that sandbox too. To go live: Remove-Item Env:{KlingSession.SandboxVariable}; Connect-Kling");
        }

        return (sandbox, KlingKeys.FromText(KlingSession.InheritedKey()), "Sandbox");
    }

    private (Uri Endpoint, Credential Key, string Source) Choose()
    {
        if (Sandbox)
        {
            SandboxServer server = KlingSession.Sandbox ?? StartSandbox();
            return (server.Endpoint, KlingKeys.FromText(server.ApiKey), "Sandbox");
        }

        Uri endpoint = KlingSession.ChooseEndpoint(Endpoint);
        if (ApiKey is not null)
        {
            return (endpoint, KlingKeys.FromSecure(ApiKey), "Parameter");
        }

        if (ParameterSetName == SecretSet)
        {
            return (endpoint, KlingKeys.FromVault(this, SecretName, Vault), "Vault");
        }

        string? fromEnvironment = Environment.GetEnvironmentVariable(KlingSession.KeyVariable);
        return string.IsNullOrWhiteSpace(fromEnvironment)
            ? (endpoint, KlingKeys.FromSecure(Ask()), "Prompt")
            : (endpoint, KlingKeys.FromText(fromEnvironment), "Environment");
    }

    private SandboxServer StartSandbox()
    {
        SandboxServer server = KlingSession.StartSandbox(StartKlingSandboxCommand.Usual);
        WriteVerbose($"No sandbox ran in this process. One was started at {server.Endpoint.AbsoluteUri}; Get-KlingSandbox shows it, and Stop-KlingSandbox ends it.");
        return server;
    }

    private SecureString Ask()
    {
        try
        {
            return Host.UI.AskForSecret("Runware API key");
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // A host that cannot ask answers in several ways, a NullReferenceException among them.
            throw new InputException(ErrorCatalog.NotConnected,
                $"ApiKey: nothing was given, {KlingSession.KeyVariable} is not set, and this host cannot ask.",
                $"$env:RUNWARE_API_KEY = '<key>'; Connect-Kling");
        }
    }
}

/// <summary>Forgets the session's key and address. Tasks go on at the service.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Kling")]
public sealed class DisconnectKlingCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => KlingSession.Disconnect();
}

/// <summary>Shows where calls go, or where the next one would, and where the key comes from; never the key.</summary>
[Cmdlet(VerbsCommon.Get, "KlingConnection")]
[OutputType(typeof(KlingConnection))]
public sealed class GetKlingConnectionCommand : KlingCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() => WriteObject(KlingSession.Connection));
}
