using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Kling.Core.Tests.Conventions;

/// <summary>What a build takes from elsewhere is named exactly: packages by hash, actions by commit, tools by version.</summary>
public class SupplyTests
{
    private static readonly SourceFile[] s_texts = [.. RepositoryFiles.Texts()];

    private static readonly string[] s_projects =
        [.. s_texts.Where(file => file.Name.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => Path.GetDirectoryName(file.Path)!.Replace('\\', '/'))];

    [Fact]
    public void Projects_HaveLockFilesWithHashes()
    {
        Assert.True(s_projects.Length > 8);
        Assert.All(s_projects, project =>
        {
            using JsonDocument locked = JsonDocument.Parse(s_texts.Single(file => file.Path == project + "/packages.lock.json").Text);
            Assert.All(locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()),
                package => Assert.True(package.Value.GetProperty("type").GetString() == "Project" || package.Value.GetProperty("contentHash").GetString()!.Length > 80, package.Name));
        });
        Assert.Contains("<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>", RepositoryFiles.Read("Directory.Build.props"), StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_HaveExactVersions_AsTheLockFilesSay()
    {
        Dictionary<string, string> central = XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value, StringComparer.OrdinalIgnoreCase);
        Assert.All(central.Values, version => Assert.Matches(@"^\d+(\.\d+)+$", version));
        Assert.All(s_projects, project =>
        {
            using JsonDocument locked = JsonDocument.Parse(RepositoryFiles.Read(project + "/packages.lock.json"));
            Assert.All(locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() == "Direct" && central.ContainsKey(package.Name)),
                package => Assert.Equal(central[package.Name], package.Value.GetProperty("resolved").GetString()));
        });
    }

    [Fact]
    public void Actions_AreNamedByCommit_AndToolsByVersion()
    {
        SourceFile[] flows = [.. s_texts.Where(file => file.Path.StartsWith(".github/", StringComparison.Ordinal))];
        Assert.NotEmpty(flows);
        Assert.All(flows, flow =>
        {
            string[] uses = [.. Regex.Matches(flow.Text, @"uses:\s*(.+)").Select(use => use.Groups[1].Value)];
            Assert.NotEmpty(uses);
            Assert.All(uses, use => Assert.Matches(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", use));
            Assert.DoesNotMatch(@"-latest\b|dotnet-version: [\d.]*x", flow.Text);
        });
        Assert.DoesNotContain('*', RepositoryFiles.Read(".config/dotnet-tools.json"));
    }

    [Fact]
    public void Security_NamesTestsThatExist()
    {
        string page = RepositoryFiles.Read("SECURITY.md");
        string[] named = [.. Regex.Matches(page, @"`([A-Z]\w*(?:Tests|Fuzz|Rules))(?:\.(\w+))?`").Select(test => test.Value.Trim('`'))];
        Assert.True(named.Distinct().Count() > 15);
        string all = string.Join("\n", RepositoryFiles.Sources("tests").Select(file => file.Text));
        Assert.All(named, test => Assert.Matches($@"\bclass {test.Split('.')[0]}\b", all));
        Assert.All(named.Where(test => test.Contains('.')), test => Assert.Matches($@"\b{test.Split('.')[1]}\b", all));
        Assert.All(Regex.Matches(page, @"`(\w+\.Tests\.ps1)`"), file => Assert.Contains(s_texts, text => text.Name == file.Groups[1].Value));
    }
}
