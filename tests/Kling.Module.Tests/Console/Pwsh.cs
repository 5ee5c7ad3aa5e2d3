using System.Diagnostics;
using Kling.Hosting;

namespace Kling.Module.Tests.Console;

/// <summary>
/// PowerShell itself, in processes of its own: the program that users run. Each has the same data folder, which is not the
/// user's, and no key.
/// </summary>
internal sealed class Pwsh : IDisposable
{
    /// <summary>Starts a sandbox in the process and connects to it.</summary>
    internal const string Sandbox = "$null = Start-KlingSandbox -GenerationSeconds 0; $null = Connect-Kling -Sandbox\n";

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2);

    private readonly string _home = Directory.CreateTempSubdirectory("kling-pwsh-").FullName;

    /// <summary>The folder that processes start in: two images and a CSV file that names them.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("kling-work-").FullName;

    internal Pwsh()
    {
        string images = Path.Combine(RepositoryPaths.Root, "examples", "images");
        File.Copy(Path.Combine(images, "dawn.png"), Path.Combine(Folder, "a.png"));
        File.Copy(Path.Combine(images, "harbour.png"), Path.Combine(Folder, "b.png"));
        File.WriteAllText(Path.Combine(Folder, "shots.csv"), "Image,Prompt\na.png,slow dolly in\nb.png,rain starts\n");
    }

    /// <summary>Runs a script file, as <c>pwsh -File</c> does.</summary>
    internal PwshResult RunFile(string script)
    {
        string path = Path.Combine(Folder, "script.ps1");
        File.WriteAllText(path, Import + script);
        return Run("-File", path);
    }

    /// <summary>Runs a text, as <c>pwsh -Command</c> does.</summary>
    internal PwshResult RunCommand(string script) => Run("-Command", Import + script);

    /// <summary>Runs pwsh with these arguments to its end.</summary>
    private PwshResult Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["tool", "run", "pwsh", "-NoProfile", "-NonInteractive", "-WorkingDirectory", Folder, .. arguments])
        {
            // Where the tool manifest is.
            WorkingDirectory = RepositoryPaths.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KLING_HOME"] = _home;
        start.Environment["KLING_MODULE"] = RepositoryPaths.ModuleManifest;
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("RUNWARE_API_KEY");
        start.Environment.Remove("RUNWARE_BASE_URL");

        // A sandbox of another test, which this process uses.
        start.Environment.Remove("KLING_SANDBOX");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();

        // A script that waits for what never comes must not hold all tests.
        if (!process.WaitForExit(s_longest))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return new PwshResult(process.ExitCode, output.Result.ReplaceLineEndings("\n"), errors.Result.ReplaceLineEndings("\n"));
    }

    /// <summary>Removes both folders.</summary>
    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(_home, recursive: true);
    }

    private static string Import => $"Import-Module '{RepositoryPaths.ModuleManifest}'\n";
}
