using System.Management.Automation;
using System.Security;
using Kling.Binding;
using Kling.Errors;
using Kling.Models;
using Kling.Sandbox;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Sets the session's API address and key. Makes no call.</summary>
[Cmdlet(VerbsCommunications.Connect, "Kling", DefaultParameterSetName = LiveSet)]
[OutputType(typeof(KlingConnection))]
public sealed class ConnectKlingCommand : PSCmdlet
{
    private const string LiveSet = "Live";
    private const string SandboxSet = "Sandbox";

    /// <summary>The API key; when left out, RUNWARE_API_KEY, then a prompt.</summary>
    [Parameter(ParameterSetName = LiveSet, Position = 0)]
    [KeyText]
    public SecureString? ApiKey { get; set; }

    /// <summary>The API address: https, or http on loopback; when left out, RUNWARE_BASE_URL, then the public one.</summary>
    [Parameter(ParameterSetName = LiveSet)]
    public string? Endpoint { get; set; }

    /// <summary>Uses the sandbox that Start-KlingSandbox started in this process.</summary>
    [Parameter(ParameterSetName = SandboxSet, Mandatory = true)]
    public SwitchParameter Sandbox { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            if (Sandbox)
            {
                SandboxServer server = KlingSession.Sandbox ?? throw new InputException(ErrorCatalog.SandboxNotRunning,
                    "Sandbox: no sandbox runs in this process.", "Start-KlingSandbox");
                KlingSession.Connect(server.Endpoint, KlingKeys.FromText(SandboxServer.ApiKey), "Sandbox");
            }
            else
            {
                ConnectLive();
            }
        }
        catch (InputException failure)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, Endpoint));
        }

        WriteObject(KlingSession.Connection);
    }

    private void ConnectLive()
    {
        Uri endpoint = KlingEndpoints.Resolve(Endpoint);
        if (ApiKey is not null)
        {
            KlingSession.Connect(endpoint, KlingKeys.FromSecure(ApiKey), "Parameter");
            return;
        }

        string? fromEnvironment = Environment.GetEnvironmentVariable(KlingSession.KeyVariable);
        if (!string.IsNullOrWhiteSpace(fromEnvironment))
        {
            KlingSession.Connect(endpoint, KlingKeys.FromText(fromEnvironment!), "Environment");
            return;
        }

        KlingSession.Connect(endpoint, KlingKeys.FromSecure(Ask()), "Prompt");
    }

    private SecureString Ask()
    {
        try
        {
            Host.UI.Write("Runware API key: ");
            return Host.UI.ReadLineAsSecureString();
        }
        catch (Exception failure) when (failure is not PipelineStoppedException)
        {
            // A host that cannot ask answers in several ways, a NullReferenceException among them.
            throw new InputException(ErrorCatalog.NotConnected,
                $"ApiKey: nothing was given, {KlingSession.KeyVariable} is not set, and this host cannot ask.",
                "$env:RUNWARE_API_KEY = '<key>'; Connect-Kling");
        }
    }
}
