using System.Diagnostics;
using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Module.Tests.Console;

/// <summary>The README's one command of installation puts the module where every new session finds it by its name.</summary>
public sealed partial class InstallTests : IDisposable
{
    private readonly string _modules = Directory.CreateTempSubdirectory("kling-modules-").FullName;

    public void Dispose() => Directory.Delete(_modules, recursive: true);

    [Fact]
    public void Command_of_the_README_installs_for_every_new_session()
    {
        string command = Install().Match(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"))).Groups[1].Value.Trim();
        Assert.StartsWith("dotnet publish ", command, StringComparison.Ordinal);

        // What the build made is laid out again; building it anew would disturb the other tests.
        string configuration = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2];
        Run($"{command} --no-build -c {configuration} -nodeReuse:false");
        Assert.True(File.Exists(Path.Combine(_modules, "Kling", "Kling.psd1")));

        string[] lines = Run("(Get-Command New-KlingVideo).Module.ModuleBase; Start-ThreadJob { (Get-KlingModel 'klingai:5@1').Id } | Receive-Job -Wait; & { (Get-Help Save-KlingVideo).Name }").Trim().Split('\n');
        Assert.Equal([Path.Combine(_modules, "Kling"), "klingai:5@1", "Save-KlingVideo"], lines);
    }

    /// <summary>A new session, with a module folder of its own, in the folder of the clone.</summary>
    private string Run(string script)
    {
        script = $"$env:PSModulePath = '{_modules}' + [IO.Path]::PathSeparator + $env:PSModulePath; {script}";
        var start = new ProcessStartInfo("dotnet", ["tool", "run", "pwsh", "-NoProfile", "-NonInteractive", "-Command", script])
        {
            WorkingDirectory = RepositoryPaths.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KLING_HOME"] = Path.Combine(_modules, "home");
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("KLING_SANDBOX");
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && errors.Result.Length == 0, $"{output}\n{errors.Result}");
        return output.ReplaceLineEndings("\n");
    }

    [GeneratedRegex("^## Install$.*?^```powershell\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Install();
}
