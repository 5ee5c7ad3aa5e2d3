using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Kling.Hosting.StandIns;

/// <summary>Stand-in for Format-List: the engine's own formatting under the command's name.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListStandIn : OuterFormatTableAndListBase
{
    /// <summary>Makes the command.</summary>
    public FormatListStandIn() => EngineInternals.UseShape(this, "List");
}
