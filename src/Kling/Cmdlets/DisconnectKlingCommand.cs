using System.Management.Automation;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Forgets the session's key and address. Tasks go on at the service.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Kling")]
public sealed class DisconnectKlingCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => KlingSession.Disconnect();
}
