using System.Diagnostics;
using Kling.Hosting;

namespace Kling.Module.Tests.Static;

/// <summary>Importing the module loads nothing that only a later call needs, seen in a process that has nothing else in it.</summary>
public sealed class ImportTests
{
    private static readonly string[] s_needed = ["System.Net.Http", "System.Text.Json", "Kling.Sandbox"];

    private static readonly string s_program = RepositoryPaths.Built("Rigs/ImportRig", "ImportRig.dll");

    [Fact]
    public void Import_loads_no_http_no_json_and_no_sandbox_and_a_look_at_the_models_only_json()
    {
        Dictionary<string, string[]> assemblies = Run("cold", RepositoryPaths.ModuleManifest, "Get-KlingModel");

        Assert.All(s_needed, name => Assert.DoesNotContain(name, assemblies["before"]));
        Assert.All(s_needed, name => Assert.DoesNotContain(name, assemblies["loaded"]));
        Assert.Equal(["System.Text.Json"], s_needed.Intersect(assemblies["used"]));
        Assert.Contains("Kling", assemblies["loaded"]);
    }

    [Fact]
    public void The_first_call_that_needs_them_loads_them()
    {
        Dictionary<string, string[]> assemblies = Run("cold", RepositoryPaths.ModuleManifest, "$null = Start-KlingSandbox; $null = Connect-Kling -Sandbox -Test; Stop-KlingSandbox");

        Assert.All(s_needed, name => Assert.Contains(name, assemblies["used"]));
    }

    private static Dictionary<string, string[]> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", s_program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Split(';'));
    }
}
