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
        SourceFile[] flows = [.. s_texts.Where(file => file.Path.StartsWith(".github/workflows/", StringComparison.Ordinal))];
        Assert.True(flows.Length > 1);
        Assert.All(flows, flow =>
        {
            string[] uses = [.. Regex.Matches(flow.Text, @"uses:\s*(.+)").Select(use => use.Groups[1].Value)];
            Assert.NotEmpty(uses);
            Assert.All(uses, use => Assert.Matches(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", use));
            Assert.DoesNotMatch(@"-latest\b|dotnet-version: [\d.]*x", flow.Text);
        });
        SourceFile[] tools = [.. s_texts.Where(file => file.Name == "dotnet-tools.json")];
        Assert.Equal(2, tools.Length);
        Assert.All(tools, file => Assert.DoesNotContain('*', file.Text));
        Assert.All(Regex.Matches(string.Concat(flows.Select(flow => flow.Text)), "Install-PSResource[^;']*"), install => Assert.Matches(@" -Version \d+\.\d+\.\d+ ", install.Value));
    }

    /// <summary>Who changes a file of the release changes nothing that was not tested, and a tag is never read as code.</summary>
    [Fact]
    public void Release_PublishesWhatWasTested_WithTheLeastRights()
    {
        string flow = RepositoryFiles.Read(".github/workflows/release.yml");
        string[] jobs = [.. Regex.Split(flow[flow.IndexOf("\njobs:", StringComparison.Ordinal)..], @"\n(?=  \w+:\n)").Skip(1)];
        Assert.Equal(["build", "try", "publish"], jobs.Select(job => job.Trim().Split(':')[0]));
        Assert.Matches(@"\npermissions:\n  contents: read\n", flow);
        Assert.Matches("needs: build", jobs[1]);
        Assert.Matches("needs: try", jobs[2]);
        Assert.Matches("if: github.ref_type == 'tag'", jobs[2]);
        Assert.Matches("environment: gallery", jobs[2]);
        Assert.Equal(1, Regex.Count(flow, "secrets\\."));
        Assert.All(jobs[..2], job => Assert.DoesNotMatch("secrets\\.|: write", job));

        // Built once; what later jobs take is that file, and its sum is looked at before it is published.
        Assert.Equal(1, Regex.Count(flow, @"\bBuild\b.*Reproduce"));
        Assert.DoesNotMatch("build.ps1|dotnet (publish|build|pack)", flow);
        Assert.True(jobs[2].IndexOf("sha256sum --check", StringComparison.Ordinal) is var check and > 0 && check < jobs[2].IndexOf("Step Publish", StringComparison.Ordinal));
        Assert.Contains("attest-build-provenance", jobs[2], StringComparison.Ordinal);

        // An expression inside a script is text of a stranger that becomes code; the matrix is ours.
        Assert.All(Regex.Matches(flow, @"run:(?:[^\n]*|\s*\|\n(?:          .*\n)+)").Select(run => run.Value.Replace("${{ matrix.", "", StringComparison.Ordinal)), run => Assert.DoesNotContain("${{", run, StringComparison.Ordinal));
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
