using System.Management.Automation;
using System.Management.Automation.Host;
using Kling.Hosting;

namespace Kling.Module.Tests.Documents;

/// <summary>
/// A session that a document's blocks run in: the files they name are there, the environment's key and address are a sandbox's,
/// and whoever is asked for a key answers with the sandbox's. Where the blocks start a sandbox of their own, there is none before.
/// </summary>
internal sealed class DocumentSession : IDisposable
{
    private const int Width = 80;
    private static readonly string[] s_variables = ["RUNWARE_API_KEY", "RUNWARE_BASE_URL"];

    private readonly ExampleBench _bench;

    internal DocumentSession(bool withSandbox)
    {
        _bench = new ExampleBench(withSandbox);
        _bench.Engine.Capture.UI.RawUI.BufferSize = new Size(Width, 50);
        _bench.Engine.Capture.UI.RawUI.WindowSize = new Size(Width, 50);
        _bench.Engine.Capture.UI.Answers.Clear();
        string key = withSandbox ? Engine.Run("(Get-KlingSandbox).ApiKey").OutputOf<string>().Single() : "a-key-without-a-sandbox";
        _bench.Engine.Capture.UI.Answers.Enqueue(key);
        if (withSandbox)
        {
            Engine.Run($"$env:RUNWARE_API_KEY = '{key}'; $env:RUNWARE_BASE_URL = (Get-KlingSandbox).Endpoint").Check();
        }
    }

    /// <summary>The engine the blocks run in.</summary>
    internal EngineHost Engine => _bench.Engine;

    private string Location => Engine.Run("(Get-Location).ProviderPath").OutputOf<string>().Single();

    /// <summary>Runs a block as the console does.</summary>
    /// <returns>What a person sees, and the errors; those that were silenced too.</returns>
    internal (string Screen, IReadOnlyList<ErrorRecord> Errors) Run(string code)
    {
        int before = Engine.Run("$Error").Output.Count;
        int start = Engine.Capture.UI.Lines.Count;
        RuntimeException? end = Engine.RunConsole(code);
        string screen = string.Join("\n", Engine.Capture.UI.Lines.Skip(start).Where(line => line.Kind != CapturedKind.Progress)
            .SelectMany(line => EngineHost.StripAnsi(line.Text).Split('\n')).Select(line => line.TrimEnd()));

        // The newest come first.
        IReadOnlyList<PSObject> all = Engine.Run("$Error").Output;
        ErrorRecord[] errors = [.. all.Take(all.Count - before).Select(item => item.BaseObject).OfType<ErrorRecord>()];
        return (screen.Replace(Location, "/home/you", StringComparison.Ordinal), end?.ErrorRecord is ErrorRecord last && errors.Length == 0 ? [last] : errors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string name in s_variables)
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        _bench.Dispose();
    }
}
