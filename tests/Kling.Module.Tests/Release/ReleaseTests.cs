using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Module.Tests.Console;
using Kling.Module.Tests.Pester;

namespace Kling.Module.Tests.Release;

/// <summary>The package does what it is for before it is pushed, and a release that is wrong is not pushed.</summary>
public sealed class ReleaseTests : IDisposable
{
    private readonly PackageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Package_is_published_found_installed_imported_tested_updated_and_uninstalled()
    {
        // The user's module folder is HOME's, which Windows does not have.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string package = _bench.Pack(PackageBench.Module, "package");
        string[] steps = _bench.Run("test-package.ps1", $"-Package '{package}' -PesterFile Sandbox.Tests.ps1 -Pester '{PesterRun.Manifest}'").Check().Output.Trim().Split('\n');
        Assert.Equal(["before", "publish", "find", "install", "import", "pester", "update", "newest", "older", "uninstall", "after"], steps.Select(step => step.Split(' ')[0]));
        Version version = new(Regex.Match(package, @"Kling\.(\d+\.\d+\.\d+)\.nupkg").Groups[1].Value);
        Version next = new(version.Major, version.Minor, version.Build + 1);
        Assert.EndsWith($"Succeeded, 0.1848 USD, by {version}", steps[4], StringComparison.Ordinal);
        Assert.Matches($@"^pester     \d+ passed against …/.*/Modules/Kling/{version}/Kling.psd1$", steps[5]);
        Assert.EndsWith($"{version} and {next} side by side", steps[6], StringComparison.Ordinal);
        Assert.EndsWith($"{next} is imported by name", steps[7], StringComparison.Ordinal);
        Assert.EndsWith("nothing is left", steps[9], StringComparison.Ordinal);
    }

    [Fact]
    public void Package_that_does_not_work_is_found_out()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string module = _bench.Copy("broken");
        File.WriteAllText(Path.Combine(module, "Kling.Core.dll"), "no assembly");
        PwshResult tried = _bench.Run("test-package.ps1", $"-Package '{_bench.Pack(module, "package")}' -PesterFile @()");
        Refused(tried, "failed:");
        Assert.DoesNotContain("uninstall", tried.Output, StringComparison.Ordinal);
        Assert.Contains("the feed is forgotten", tried.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_without_notes_is_not_packed()
    {
        string silent = Path.Combine(_bench.Folder, "CHANGELOG.md");
        File.WriteAllText(silent, "# Changelog\n\n## [9.9.9] - Unreleased\n\n## [9.9.8]\n\n- Old.\n");
        Refused(_bench.Run("package.ps1", $"-Module '{PackageBench.Module}' -Destination '{_bench.Folder}/none' -Changelog '{silent}'"), "have 0 characters");
        Assert.False(Directory.Exists(Path.Combine(_bench.Folder, "none")));
    }

    [Theory]
    [InlineData("-Step Check -Tag v0.0.1", "The tag v0.0.1 is not v")]
    [InlineData("-Step Publish -Repository kling-none", "GALLERY_KEY")]
    public void Release_that_is_not_right_ends(string arguments, string said) => Refused(_bench.Run("release.ps1", arguments), said);

    [Fact]
    public void Tag_of_a_version_without_a_date_ends()
    {
        string changes = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "CHANGELOG.md"));
        Match top = Regex.Match(changes, @"(?m)^## \[(.+?)\] - (\w+)$");

        // On the day of a release there is a date.
        if (top.Groups[2].Value == "Unreleased")
        {
            Refused(_bench.Run("release.ps1", $"-Step Check -Tag v{top.Groups[1].Value}"), "no date: Unreleased");
        }
    }

    [Fact]
    public void File_that_was_not_tested_is_not_pushed()
    {
        string package = _bench.Pack(PackageBench.Module, "release");
        string folder = Path.GetDirectoryName(package)!;
        File.WriteAllText(Path.Combine(folder, "SHA256SUMS"), $"{PackageBench.Hash(package)}  {Path.GetFileName(package)}\n".ToLowerInvariant().Replace("kling.", "Kling.", StringComparison.Ordinal));
        string publish = $"$env:GALLERY_KEY = 'none'; & '{Path.Combine(RepositoryPaths.Root, "scripts", "release.ps1")}' -Step Publish -Repository kling-none -Destination '{folder}'";

        // The same file gets as far as the gallery, which is not there.
        Refused(_bench.Run(publish), "kling-none");
        File.AppendAllText(package, "x");
        Refused(_bench.Run(publish), "is not the file that was tested");
    }

    private static void Refused(PwshResult result, string said)
    {
        result.CheckExit(1);

        // The console wraps what it shows.
        Assert.Contains(said.Replace(" ", "", StringComparison.Ordinal), Regex.Replace(result.Errors, @"[\s|]+", ""), StringComparison.Ordinal);
    }
}
