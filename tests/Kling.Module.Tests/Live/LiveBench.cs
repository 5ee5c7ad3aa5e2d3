using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Module.Tests.Live;

/// <summary>Runs the check of the service in this process, and reads its report.</summary>
internal sealed class LiveBench : IDisposable
{
    private readonly string? _formerHome = Environment.GetEnvironmentVariable("KLING_HOME");

    internal LiveBench()
    {
        Environment.SetEnvironmentVariable("KLING_HOME", Path.Combine(Folder, "home"));
        Engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest, Location = Folder });
    }

    internal static string Script { get; } = Path.Combine(RepositoryPaths.Root, "scripts", "check-live.ps1");

    internal string Folder { get; } = Directory.CreateTempSubdirectory("kling-live-").FullName;

    internal EngineHost Engine { get; }

    /// <summary>The report's file.</summary>
    internal string ReportPath => Path.Combine(Folder, "report.md");

    /// <summary>What a person saw.</summary>
    internal string Screen => Engine.Capture.UI.Text;

    /// <summary>The command that checks a service.</summary>
    internal string Command(ChangedService service, string options = "") =>
        $"& '{Script}' -Endpoint '{service.Endpoint}' -ApiKey ([Net.NetworkCredential]::new('', '{service.ApiKey}').SecurePassword) "
        + $"-SchemaAddress '{service.SchemaAddress}' -Path '{ReportPath}' -PollSeconds 0.05 {options}; $LASTEXITCODE";

    /// <summary>Checks a service.</summary>
    internal LiveReport Check(ChangedService service, string options = "")
    {
        EngineResult result = Guard.Returns(() => Engine.Run(Command(service, options)), "the check did not end", Guard.ScriptLimit).Check();
        return new LiveReport(result.OutputOf<int>().Last(), File.ReadAllText(ReportPath));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Run("Disconnect-Kling; Stop-KlingSandbox");
        Engine.Dispose();
        foreach (string name in new[] { "KLING_SANDBOX", "KLING_SANDBOX_KEY" })
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        Environment.SetEnvironmentVariable("KLING_HOME", _formerHome);
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A report that was read.</summary>
/// <param name="ExitCode">How the script ended.</param>
/// <param name="Text">The file's text.</param>
internal sealed record LiveReport(int ExitCode, string Text)
{
    /// <summary>The lines: what, believed, seen, agrees.</summary>
    internal IReadOnlyList<string[]> Lines { get; } =
        [.. Text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2).Select(line => line[2..^2].Split(" | "))];

    /// <summary>The lines that do not agree.</summary>
    internal IReadOnlyList<string> No => What("no");

    /// <summary>The lines that nothing was seen of.</summary>
    internal IReadOnlyList<string> NotSeen => What("not seen");

    /// <summary>What was seen of one line.</summary>
    internal string Seen(string what) => Lines.Single(line => line[0] == what)[2];

    private string[] What(string agrees) => [.. Lines.Where(line => line[3] == agrees).Select(line => line[0]).Order(StringComparer.Ordinal)];
}
