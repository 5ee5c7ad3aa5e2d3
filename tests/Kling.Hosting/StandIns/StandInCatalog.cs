using System.Management.Automation.Runspaces;
using System.Reflection;

namespace Kling.Hosting.StandIns;

/// <summary>The stand-ins: commands of pwsh that the bare engine lacks, in the parts that tests, quickstart and README use.</summary>
internal static class StandInCatalog
{
    /// <summary>The stand-ins written in PowerShell.</summary>
    internal static string Script => ReadResource("StandIns.ps1");

    /// <summary>The stand-in for Pester.</summary>
    internal static string PesterShim => ReadResource("PesterShim.ps1");

    /// <summary>Adds the stand-ins written in C#.</summary>
    internal static void AddTo(InitialSessionState state)
    {
        state.Commands.Add(new SessionStateCmdletEntry("Select-Object", typeof(SelectObjectStandIn), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-Table", typeof(FormatTableStandIn), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-List", typeof(FormatListStandIn), null));
        state.Commands.Add(new SessionStateCmdletEntry("Out-String", typeof(OutStringStandIn), null));
    }

    private static string ReadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
