using System.Management.Automation;
using Kling.Models;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Shows where calls go and where the key came from; never the key.</summary>
[Cmdlet(VerbsCommon.Get, "KlingConnection")]
[OutputType(typeof(KlingConnection))]
public sealed class GetKlingConnectionCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(KlingSession.Connection);
}
