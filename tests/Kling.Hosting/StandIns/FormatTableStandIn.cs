using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Kling.Hosting.StandIns;

/// <summary>Stand-in for Format-Table: the engine's own formatting under the command's name.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableStandIn : OuterFormatTableBase
{
    /// <summary>Makes the command.</summary>
    public FormatTableStandIn() => EngineInternals.UseShape(this, "Table");
}
