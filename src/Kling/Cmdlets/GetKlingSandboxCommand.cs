using System.Management.Automation;
using Kling.Models;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Shows the sandbox: what it would have billed, and each request it answered.</summary>
[Cmdlet(VerbsCommon.Get, "KlingSandbox")]
[OutputType(typeof(KlingSandboxInfo))]
public sealed class GetKlingSandboxCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(SandboxReport.Current());
}
