using System.Management.Automation;

namespace Kling.EmptyModule;

/// <summary>The least a binary module can hold: what importing any of them costs.</summary>
[Cmdlet(VerbsCommon.Get, "Nothing")]
public sealed class GetNothingCommand : PSCmdlet
{
}
