using System.Diagnostics;
using Kling.Hosting;

namespace Kling.Module.Tests.Console;

/// <summary>Get-Help -Online opens the page of its cmdlet at the project's address, which the package is told when it is made.</summary>
public sealed class OnlineHelpTests : IDisposable
{
    private const string Address = "https://forge.example.test/owner/kling";
    private readonly Pwsh _pwsh = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("kling-online-").FullName;

    public void Dispose()
    {
        _pwsh.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Online_help_is_the_page_of_the_cmdlet_in_the_documents()
    {
        string module = Package(Address);
        string script = $"Remove-Module Kling; Import-Module '{module}'\n" + """
            foreach ($cmdlet in Get-Command -Module Kling) { "$($cmdlet.Name) $($cmdlet.HelpUri)" }
            """;
        string[] lines = _pwsh.RunCommand(script).Check().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 15);
        Assert.All(lines, line =>
        {
            string cmdlet = line.Split(' ')[0];
            Assert.Equal($"{cmdlet} {Address}/blob/HEAD/docs/cmdlets/{cmdlet}.md", line.Trim());
            Assert.True(File.Exists(Path.Combine(RepositoryPaths.Root, "docs", "cmdlets", cmdlet + ".md")), cmdlet);
        });
    }

    [Fact]
    public void Browser_gets_that_address_on_Linux()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string module = Package(Address);
        string browser = Path.Combine(_folder, "xdg-open");
        string opened = Path.Combine(_folder, "opened");

        // A pipe: whoever reads it waits for the browser.
        File.WriteAllText(browser, $"#!/bin/sh\necho \"$1\" > '{opened}'\n");
        File.SetUnixFileMode(browser, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string shown = _pwsh.RunCommand($"mkfifo '{opened}'; Remove-Module Kling; Import-Module '{module}'; $env:PATH = '{_folder}:' + $env:PATH; Get-Help Save-KlingVideo -Online; timeout 60 cat '{opened}'").Check().Output;
        Assert.Equal($"{Address}/blob/HEAD/docs/cmdlets/Save-KlingVideo.md", shown.Trim());
    }

    [Fact]
    public void Without_an_address_of_the_project_PowerShell_says_that_there_is_none()
    {
        string module = Package("");
        string shown = _pwsh.RunCommand($"Remove-Module Kling; Import-Module '{module}'; \"[$((Get-Command Save-KlingVideo).HelpUri)]\"; try {{ Get-Help Save-KlingVideo -Online }} catch {{ \"$_\" }}").Check().Output;
        Assert.StartsWith("[]", shown, StringComparison.Ordinal);
        Assert.Contains("(URI) of the Help topic is not specified", shown, StringComparison.Ordinal);
    }

    /// <summary>The package as it is made for a project at this address.</summary>
    private string Package(string address)
    {
        string folder = Path.Combine(_folder, "Kling");
        string source = Path.GetDirectoryName(RepositoryPaths.ModuleManifest)!;
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.Copy(Path.Combine(RepositoryPaths.Root, "src", "Kling", "en-US", "Kling.dll-Help.xml"), Path.Combine(folder, "en-US", "Kling.dll-Help.xml"), overwrite: true);
        var start = new ProcessStartInfo("dotnet", ["msbuild", "src/Kling", "-nodeReuse:false", "-v:q", "-nologo", "-t:LinkHelp", $"-p:PublishDir={folder}/", $"-p:ProjectUri={address}"])
        {
            WorkingDirectory = RepositoryPaths.Root,
            RedirectStandardOutput = true,
        };
        start.Environment.Remove("GITHUB_REPOSITORY");
        start.Environment.Remove("GITHUB_SERVER_URL");
        using Process build = Process.Start(start)!;
        string said = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, said);
        return Path.Combine(folder, "Kling.psd1");
    }
}
