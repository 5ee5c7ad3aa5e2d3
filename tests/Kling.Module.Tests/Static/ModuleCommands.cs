using System.Management.Automation;
using Kling.Hosting;

namespace Kling.Module.Tests.Static;

/// <summary>The packaged module's cmdlets, as PowerShell knows them.</summary>
internal static class ModuleCommands
{
    private static readonly Lazy<Dictionary<string, CmdletInfo>> s_all = new(Load);

    /// <summary>All of them by name.</summary>
    internal static Dictionary<string, CmdletInfo> All => s_all.Value;

    /// <summary>The parameters of a cmdlet's own, with WhatIf and Confirm where it has them; hidden ones left out.</summary>
    internal static IEnumerable<ParameterMetadata> Shown(CmdletInfo cmdlet) => cmdlet.Parameters.Values
        .Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name) && !parameter.Attributes.OfType<ParameterAttribute>().Any(facts => facts.DontShow));

    private static Dictionary<string, CmdletInfo> Load()
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        var commands = engine.Run("Get-Command -Module Kling").Check().OutputOf<CmdletInfo>().ToDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

        // Parameters are read while their runspace is open.
        foreach (CmdletInfo command in commands.Values)
        {
            Assert.NotEmpty(command.Parameters);
        }

        return commands;
    }
}
