using System.Management.Automation;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Stops the sandbox. A session that used it stays off the live service until Connect-Kling.</summary>
[Cmdlet(VerbsLifecycle.Stop, "KlingSandbox")]
public sealed class StopKlingSandboxCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => KlingSession.StopSandbox();
}
