using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Kling.Models;
using Kling.Sandbox.Engine;
using NetArchTest.Rules;

namespace Kling.Core.Tests.Conventions;

/// <summary>Which room may use which, and which rooms may touch the network. The rules read the built assemblies.</summary>
internal static class RoomRules
{
    /// <summary>The rooms of Kling.Core; the table in the document calls them "engine".</summary>
    internal static readonly string[] EngineRooms = ["Models", "Schemas", "Requests", "Images", "Downloads", "Files", "Wire", "Client", "Journal", "Submit", "Polling", "Support"];

    /// <summary>A room and the rooms it may use besides itself; docs/ARCHITECTURE.md has the same table.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Support"] = [],
        ["Models"] = ["Support"],
        ["Schemas"] = ["Support"],
        ["Requests"] = ["Models", "Schemas", "Support"],
        ["Images"] = ["Models", "Requests", "Support"],
        ["Downloads"] = ["Models", "Requests", "Support"],
        ["Files"] = ["Models", "Schemas", "Requests", "Images", "Support"],
        ["Wire"] = ["Models", "Schemas", "Requests", "Support"],
        ["Client"] = ["Models", "Requests", "Wire", "Support"],
        ["Journal"] = ["Models", "Requests", "Support"],
        ["Submit"] = ["Models", "Requests", "Images", "Wire", "Client", "Journal", "Support"],
        ["Polling"] = ["Models", "Requests", "Wire", "Client", "Journal", "Submit", "Support"],
        ["Sandbox"] = ["Models", "Schemas", "Requests", "Support"],
        ["Errors"] = [.. EngineRooms],
        ["Session"] = [.. EngineRooms, "Sandbox", "Errors"],
        ["Binding"] = [.. EngineRooms, "Sandbox", "Errors", "Session", "Formatting"],
        ["Formatting"] = ["Requests", "Support"],
        ["Paths"] = [.. EngineRooms, "Errors", "Session"],
        ["Pipeline"] = [.. EngineRooms, "Errors", "Session"],
        ["Rows"] = [.. EngineRooms, "Errors", "Binding", "Paths"],
        ["Batch"] = [.. EngineRooms, "Errors", "Session", "Paths", "Pipeline", "Rows"],
        ["Cmdlets"] = [.. EngineRooms, "Sandbox", "Errors", "Session", "Binding", "Paths", "Pipeline", "Rows", "Batch"],
    };

    // Whole rooms, and the one type that owns the client it gets from the Client room, to dispose it.
    private const string MayUseNetwork = @"^Kling\.(Client|Downloads|Sandbox)\.|^Kling\.Session\.KlingServices:";

    private static readonly string[] s_network =
    [
        "System.Net.Http", "System.Net.Sockets", "System.Net.WebSockets", "System.Net.HttpStatusCode", "System.Net.HttpListener", "System.Net.HttpWebRequest", "System.Net.WebRequest", "System.Net.WebClient",
    ];

    /// <summary>The engine and the simulator, which know nothing of PowerShell.</summary>
    internal static readonly string[] Engine = [typeof(KlingTask).Assembly.Location, typeof(SandboxEngine).Assembly.Location];

    /// <summary>All assemblies of src.</summary>
    internal static readonly string[] Assemblies = [.. Engine, RepositoryFiles.BuiltModule];

    internal static IEnumerable<string> WrongUses(string assembly) => Allowed.SelectMany(room => Failing(Types.FromFile(assembly)
        .That().ResideInNamespace($"Kling.{room.Key}")
        .ShouldNot().HaveDependencyOnAny([.. Allowed.Keys.Except(room.Value).Where(other => other != room.Key).Select(other => $"Kling.{other}")])));

    internal static IEnumerable<string> WrongNetwork(string assembly) =>
        Failing(Types.FromFile(assembly).ShouldNot().HaveDependencyOnAny(s_network)).Where(use => !Regex.IsMatch(use, MayUseNetwork));

    /// <summary>Types outside the rooms; that a room's folder is its namespace is the compiler's rule IDE0130.</summary>
    internal static IEnumerable<string> Homeless(string assembly) => Types.FromFile(assembly).GetTypes().Select(type => type.FullName)
        .Where(name => name.StartsWith("Kling.", StringComparison.Ordinal) && !Allowed.ContainsKey(name.Split('.')[1]));

    internal static IEnumerable<string> References(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader reader = file.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
    }

    private static IEnumerable<string> Failing(ConditionList rule) => rule.GetResult().FailingTypes.Select(type => $"{type.FullName}: {type.Explanation}");
}
