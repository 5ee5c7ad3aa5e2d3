using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Conventions;

/// <summary>Which room may use which, and which rooms may touch the network, the clock and PowerShell. Pure functions over sources.</summary>
internal static partial class LayerRules
{
    /// <summary>A room and the rooms it may use besides itself; docs/ARCHITECTURE.md has the same table.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Support"] = [],
        ["Models"] = ["Support"],
        ["Requests"] = ["Models", "Support"],
        ["Media"] = ["Models", "Requests", "Support"],
        ["Client"] = ["Models", "Requests", "Support"],
        ["Journal"] = ["Models", "Requests", "Support"],
        ["Tasks"] = ["Models", "Requests", "Media", "Client", "Journal", "Support"],
        ["Sandbox"] = ["Models", "Requests", "Support"],
        ["Binding"] = ["Models", "Requests", "Media", "Journal", "Support", "Sandbox", "Errors", "Session"],
        ["Errors"] = ["Models", "Requests", "Media", "Client", "Journal", "Tasks", "Support"],
        ["Session"] = ["Models", "Requests", "Media", "Client", "Journal", "Tasks", "Support", "Sandbox", "Errors"],
        ["Pipeline"] = ["Models", "Support"],
        ["Paths"] = ["Models", "Requests", "Media", "Journal", "Tasks", "Support", "Errors", "Session"],
        ["Batch"] = ["Models", "Requests", "Media", "Client", "Journal", "Tasks", "Support", "Errors"],
        ["Cmdlets"] = ["Models", "Requests", "Media", "Client", "Journal", "Tasks", "Support", "Sandbox", "Errors", "Session", "Binding", "Pipeline", "Paths", "Batch"],
    };

    /// <summary>Folders of src/Kling; the last two hold no code.</summary>
    internal static readonly string[] ModuleFolders = ["Cmdlets", "Binding", "Errors", "Session", "Pipeline", "Paths", "Batch", "Formatting", "en-US"];

    /// <summary>Where HTTP types may be named outside Client, Media's downloader and the sandbox, and why.</summary>
    internal static readonly IReadOnlyDictionary<string, string> HttpExceptions = new Dictionary<string, string>
    {
        ["src/Kling/Session/KlingEngine.cs"] = "owns the client it gets from the Client room's factory, to dispose it",
    };

    /// <summary>Where the machine's time, delay or chance may be used, and why.</summary>
    internal static readonly IReadOnlyDictionary<string, string> ClockExceptions = new Dictionary<string, string>
    {
        ["src/Kling.Core/Support/SystemClock.cs"] = "is the real clock behind IClock",
    };

    /// <summary>The room of a source, or null when its folder is not a room.</summary>
    internal static string? RoomOf(string path)
    {
        string[] parts = path.Split('/');
        if (parts is ["src", "Kling.Sandbox", ..])
        {
            return "Sandbox";
        }

        return parts is ["src", "Kling.Core" or "Kling", var room, _, ..] && Allowed.ContainsKey(room) ? room : null;
    }

    /// <summary>Uses of a room that the source's own room may not use.</summary>
    /// <param name="file">The source.</param>
    /// <param name="roomOfType">For every room, the types it declares: without them a property called Client would count as a use.</param>
    internal static IEnumerable<string> WrongUses(SourceFile file, ILookup<string, string> roomOfType)
    {
        if (RoomOf(file.Path) is not string room)
        {
            yield return $"{file.Path}: is in no room";
            yield break;
        }

        foreach (string used in UsedRooms(file.Code, roomOfType).Where(used => used != room && !Allowed[room].Contains(used)).Distinct())
        {
            yield return $"{file.Path}: {room} uses {used}";
        }
    }

    /// <summary>The source's namespace must be its room's.</summary>
    internal static IEnumerable<string> WrongNamespace(SourceFile file)
    {
        string? room = RoomOf(file.Path);
        Match declared = NamespaceLine().Match(file.Code);
        string expected = $"Kling.{room}";
        if (room is not null && file.Name != "Polyfills.cs" && declared.Groups[1].Value != expected && !declared.Groups[1].Value.StartsWith(expected + ".", StringComparison.Ordinal))
        {
            yield return $"{file.Path}: namespace {declared.Groups[1].Value}, expected {expected}";
        }
    }

    internal static IEnumerable<string> WrongPowerShell(SourceFile file) =>
        !file.Path.StartsWith("src/Kling/", StringComparison.Ordinal) && PowerShellUse().IsMatch(file.Code)
            ? [$"{file.Path}: uses System.Management.Automation outside src/Kling"]
            : [];

    internal static IEnumerable<string> WrongNetwork(SourceFile file)
    {
        bool allowed = RoomOf(file.Path) is "Client" or "Sandbox"
            || (RoomOf(file.Path) == "Media" && file.Name.Contains("Download", StringComparison.Ordinal))
            || HttpExceptions.ContainsKey(file.Path);
        return allowed ? [] : NetworkUse().Matches(file.Code).Select(use => $"{file.Path}: uses {use.Value}");
    }

    /// <summary>Time, delay and chance outside the clock. A Random with a seed is no chance: it can be repeated.</summary>
    internal static IEnumerable<string> WrongClock(SourceFile file) => ClockExceptions.ContainsKey(file.Path)
        ? []
        : ClockUse().Matches(file.Code).Select(use => $"{file.Path}: uses {use.Value}");

    private static IEnumerable<string> UsedRooms(string code, ILookup<string, string> typesOfRoom)
    {
        foreach (Match use in UsingLine().Matches(code))
        {
            yield return use.Groups[1].Value;
        }

        foreach (Match use in QualifiedName().Matches(code))
        {
            string room = use.Groups["room"].Value;
            if (use.Groups["root"].Success ? Allowed.ContainsKey(room) : typesOfRoom[room].Contains(use.Groups["type"].Value))
            {
                yield return room;
            }
        }
    }

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?Kling\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"(?<![\w.])(?:global::)?(?<root>Kling\.)?(?<room>[A-Z]\w*)\.(?<type>[A-Z]\w*)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\bSystem\.Management\.Automation\b|\bPSCmdlet\b|\bPSObject\b")]
    private static partial Regex PowerShellUse();

    [GeneratedRegex(@"\bSystem\.Net\.(?:Http|Sockets|WebSockets)\b|\b(?:HttpClient|HttpClientHandler|HttpMessageHandler|DelegatingHandler|HttpRequestMessage|HttpResponseMessage|HttpContent|HttpMethod|HttpRequestException|HttpStatusCode|HttpListener|HttpWebRequest|WebRequest|WebClient|TcpClient|TcpListener|Socket|ClientWebSocket)\b")]
    private static partial Regex NetworkUse();

    [GeneratedRegex(@"\bDateTime(?:Offset)?\.(?:Now|UtcNow|Today)\b|\bTask\.Delay\b|\bThread\.Sleep\b|\bnew\s+Random\s*\(\s*\)|\bRandom\s+\w+\s*=\s*new\s*\(\s*\)|\bRandom\.Shared\b|\bStopwatch\b|\bTickCount\b")]
    private static partial Regex ClockUse();
}
