using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Kling.Core.Tests.Conventions;

/// <summary>
/// docs/licences.md has a line for every package that a build or a test restores, and each line says what the package itself
/// says. With KLING_WRITE_GOLDEN=1 set, the lines are written anew.
/// </summary>
public partial class LicenceTests
{
    private const string Page = "docs/licences.md";

    // What may be restored. A licence that is not here is a decision, not a line.
    private static readonly string[] s_allowed = ["MIT", "Apache-2.0", "BSD-2-Clause", "Microsoft software terms"];

    // Packages that name a file or an address instead of a licence, as that said when it was read.
    private static readonly Dictionary<string, string> s_read = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CommandLineParser"] = "MIT",
        ["Microsoft.DotNet.PlatformAbstractions"] = "MIT",
        ["Microsoft.Management.Infrastructure.Runtime.Win"] = "Microsoft software terms",
        ["Pester"] = "Apache-2.0",
        ["PowerShellStandard.Library"] = "MIT",
        ["runtime.native.System.Data.SqlClient.sni"] = "MIT",
        ["runtime.win-arm64.runtime.native.System.Data.SqlClient.sni"] = "Microsoft software terms",
        ["runtime.win-x64.runtime.native.System.Data.SqlClient.sni"] = "Microsoft software terms",
        ["runtime.win-x86.runtime.native.System.Data.SqlClient.sni"] = "Microsoft software terms",
        ["xunit.abstractions"] = "Apache-2.0",
    };

    [Fact]
    public void EveryPackageThatIsRestored_HasALine()
    {
        Restored[] packages = [.. Packages()];
        Assert.True(packages.Length > 100 && packages.Any(package => package.For == "build") && packages.Any(package => package.For == "tool"));
        if (Environment.GetEnvironmentVariable("KLING_WRITE_GOLDEN") == "1")
        {
            Write(packages);
        }

        Assert.Empty(Differences([.. packages.Select(package => package.Line)], [.. Lines().Select(line => line.Restored.Line)]));
    }

    [Fact]
    public void EveryLine_SaysWhatThePackageSays()
    {
        (Restored Restored, string Licence)[] lines = [.. Lines()];
        Assert.All(lines, line => Assert.Contains(line.Licence, s_allowed));

        // Projects that were not restored here have packages that are not here.
        (Restored Restored, string Licence, string? Said)[] known = [.. lines.Select(line => (line.Restored, line.Licence, Said: Licence(line.Restored))).Where(line => line.Said is not null)];
        Assert.True(known.Length > 20);
        Assert.All(known, line => Assert.Equal((line.Restored, line.Said), (line.Restored, line.Licence)));
    }

    [Fact]
    public void Comparison_FindsWhatIsMissingAndWhatIsLeft()
    {
        Assert.Empty(Differences(["a", "b"], ["b", "a"]));
        Assert.Equal(["no line for b", "nothing restores c", "twice: a"], Differences(["a", "b"], ["a", "a", "c"]));
    }

    private static IEnumerable<string> Differences(string[] restored, string[] listed) =>
        [.. restored.Except(listed).Select(line => "no line for " + line), .. listed.Except(restored).Select(line => "nothing restores " + line),
         .. listed.GroupBy(line => line).Where(line => line.Count() > 1).Select(line => "twice: " + line.Key)];

    /// <summary>What the lock files and the tool manifests name, each version once, for the nearest use.</summary>
    private static IEnumerable<Restored> Packages()
    {
        SourceFile[] files = [.. RepositoryFiles.Texts()];
        IEnumerable<Restored> locked = files.Where(file => file.Name == "packages.lock.json").SelectMany(file =>
        {
            using JsonDocument document = JsonDocument.Parse(file.Text);
            return document.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package => new Restored(package.Name, package.Value.GetProperty("resolved").GetString()!, file.Path.StartsWith("src/", StringComparison.Ordinal) ? "build" : "tests")).ToArray();
        });
        IEnumerable<Restored> tools = files.Where(file => file.Name == "dotnet-tools.json").SelectMany(file =>
        {
            using JsonDocument document = JsonDocument.Parse(file.Text);
            return document.RootElement.GetProperty("tools").EnumerateObject().Select(tool => new Restored(tool.Name, tool.Value.GetProperty("version").GetString()!, "tool")).ToArray();
        });
        return locked.Concat(tools).GroupBy(package => (package.Name.ToUpperInvariant(), package.Version)).Select(group => group.MinBy(package => package.For, StringComparer.Ordinal)!)
            .OrderBy(package => package.Name, StringComparer.OrdinalIgnoreCase).ThenBy(package => package.Version, StringComparer.Ordinal);
    }

    private static IEnumerable<(Restored Restored, string Licence)> Lines() =>
        Row().Matches(RepositoryFiles.Read(Page)).Select(row => (new Restored(row.Groups["name"].Value, row.Groups["version"].Value, row.Groups["for"].Value), row.Groups["licence"].Value));

    private static void Write(Restored[] packages)
    {
        string text = RepositoryFiles.Read(Page);
        string head = text[..text.IndexOf("| --- |", StringComparison.Ordinal)];
        IEnumerable<string> rows = packages.Select(package => $"| {package.Name} | {package.Version} | {Licence(package) ?? "not restored here"} | {package.For} |");
        File.WriteAllText(Path.Combine(RepositoryFiles.Root, Page), head + string.Join("\n", rows.Prepend("| --- | --- | --- | --- |")) + "\n");
    }

    /// <summary>The licence that a restored package names; null where it is not on this machine.</summary>
    private static string? Licence(Restored package)
    {
        string folder = Path.Combine(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            package.Name.ToLowerInvariant(), package.Version.ToLowerInvariant());
        if (!Directory.Exists(folder))
        {
            return null;
        }

        XElement? licence = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single()).Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression" ? licence.Value : s_read.GetValueOrDefault(package.Name, "to be read");
    }

    [GeneratedRegex(@"^\| (?<name>[^| ]+) \| (?<version>[\d.]+\S*) \| (?<licence>[^|]+) \| (?<for>\w+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    private sealed record Restored(string Name, string Version, string For)
    {
        public string Line => $"{Name} {Version} ({For})";
    }
}
