using System.Diagnostics;
using Kling.Hosting;

namespace Kling.Benchmarks;

/// <summary>Runs another program of this repository to its end.</summary>
internal static class OtherProgram
{
    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Its output, line by line, as it comes; what it says on standard error is passed on.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal static IEnumerable<string> Lines(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Dotnet, arguments) { RedirectStandardOutput = true, WorkingDirectory = RepositoryPaths.Root };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        while (process.StandardOutput.ReadLine() is string line)
        {
            yield return line;
        }

        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
