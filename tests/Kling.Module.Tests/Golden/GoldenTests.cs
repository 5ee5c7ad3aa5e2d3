using System.Management.Automation;
using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Module.Tests.Golden;

/// <summary>
/// What users' scripts rely on, as committed text: the cmdlets, their parameters, and the files of the package. A change is
/// made on purpose, by writing the file anew and reading its difference.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed class GoldenTests
{
    private const string WriteVariable = "KLING_WRITE_GOLDEN";

    public GoldenTests(ModuleUnderTest module) => Assert.NotNull(module);

    [Fact]
    public void Cmdlets_are_as_committed() => Compare("cmdlets.txt", Surface(CmdletTable.Cmdlets));

    [Fact]
    public void Parameters_are_as_committed() => Compare("parameters.txt", Surface(CmdletTable.Parameters));

    [Fact]
    public void Package_holds_exactly_the_committed_files()
    {
        string folder = Path.GetDirectoryName(RepositoryPaths.ModuleManifest)!;
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Compare("package.txt", files);

        // PowerShell brings these; a copy, or the reference stub, would break the cmdlets at run time.
        Assert.DoesNotContain(files, file => file.Contains("System.", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Properties_are_as_committed() => Compare("properties.txt", [.. Emitted().SelectMany(PropertyTable.Of)]);

    [Fact]
    public void Properties_are_documented_with_their_types()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "objects.md"));
        string[] documented = [.. Sections(page).SelectMany(section => Rows(section.Text).Select(row => $"{section.Name}.{row.Name} <{row.Type}>"))];
        Assert.Equal("", Difference([.. documented.Order(StringComparer.Ordinal)], [.. Emitted().SelectMany(PropertyTable.Of).Order(StringComparer.Ordinal)]));
    }

    [Fact]
    public void Import_is_silent()
    {
        using var engine = new EngineHost();
        EngineResult result = engine.Run($"Import-Module -Name '{RepositoryPaths.ModuleManifest}' -Force").Check();
        Assert.Empty(result.Warnings);
        Assert.Empty(result.Output);
        Assert.Empty(engine.Capture.UI.Lines);
    }

    [Fact]
    public void Comparison_finds_what_is_gone_and_what_is_new()
    {
        Assert.Equal("", Difference(["a", "b"], ["a", "b"]));
        Assert.Equal("- b\n+ c", Difference(["a", "b"], ["a", "c"]));
        Assert.Equal("the order", Difference(["a", "b"], ["b", "a"]));
    }

    private static string[] Surface(Func<IReadOnlyList<CmdletInfo>, IEnumerable<string>> table)
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        CmdletInfo[] cmdlets = [.. engine.Run("Get-Command -Module Kling").Check().OutputOf<CmdletInfo>().OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];
        return [.. table(cmdlets)];
    }

    /// <summary>The types with a view, which are those that cmdlets emit or emitted objects hold.</summary>
    private static Type[] Emitted()
    {
        using var engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest });
        return [.. Help.ViewSamples.Scripts.Keys.Order(StringComparer.Ordinal).Select(name => engine.Run($"[{name}]").Check().OutputOf<Type>().Single())];
    }

    private static IEnumerable<(string Name, string Text)> Sections(string page) =>
        Regex.Matches(page, @"^## (?<name>\w+)\n(?<text>.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Select(match => (match.Groups["name"].Value, match.Groups["text"].Value));

    private static IEnumerable<(string Name, string Type)> Rows(string text) =>
        Regex.Matches(text, @"^\| `(?<name>\w+)` \| (?<type>[^ |]+) \| \S", RegexOptions.Multiline).Select(match => (match.Groups["name"].Value, match.Groups["type"].Value));

    private static void Compare(string name, string[] actual)
    {
        string path = Path.Combine(RepositoryPaths.Root, "tests", "Kling.Module.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(path, string.Join("\n", actual) + "\n");
        }

        string difference = Difference(File.Exists(path) ? File.ReadAllLines(path) : [], actual);
        Assert.True(difference.Length == 0,
            $"{name} differs from the packaged module (- committed, + found):\n{difference}\n"
            + $"If the change is meant, run the tests named Golden with {WriteVariable}=1 set, and commit the file.");
    }

    private static string Difference(string[] committed, string[] found)
    {
        string[] lines = [.. committed.Except(found).Select(line => "- " + line), .. found.Except(committed).Select(line => "+ " + line)];
        return lines.Length > 0 ? string.Join("\n", lines) : committed.SequenceEqual(found) ? "" : "the order";
    }
}
