using System.Management.Automation;

namespace Kling.Hosting.Service;

/// <summary>An engine with the packaged module, connected to a scripted service of its own, with a data folder of its own.</summary>
internal sealed class ServiceBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kling-bench-").FullName;
    private readonly string? _formerHome = Environment.GetEnvironmentVariable("KLING_HOME");

    internal ServiceBench()
    {
        Environment.SetEnvironmentVariable("KLING_HOME", Home);
        Engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest, Location = _folder });
        Images = [NewImage("a.png"), NewImage("b.png")];
        Connect();
    }

    internal ScriptedService Service { get; } = new();

    internal EngineHost Engine { get; }

    /// <summary>Two images.</summary>
    internal IReadOnlyList<string> Images { get; }

    /// <summary>The folder that videos are saved to.</summary>
    internal string Clips => Path.Combine(_folder, "clips");

    /// <summary>The folder of the journal.</summary>
    internal string Home => Path.Combine(_folder, "home");

    /// <summary>Unfinished downloads.</summary>
    internal string[] Parts => Directory.Exists(Clips) ? Directory.GetFiles(Clips, "*.mp4.part") : [];

    /// <summary>Finished downloads.</summary>
    internal string[] Files => Directory.Exists(Clips) ? Directory.GetFiles(Clips, "*.mp4") : [];

    /// <summary>What the person saw so far.</summary>
    internal string Screen => Engine.Capture.UI.Text;

    /// <summary>Connects anew, as a new session does: nothing of the last one is known but the journal.</summary>
    internal void Connect() => Run(ConnectScript).Check();

    /// <summary>Connects to the service, in this process or another.</summary>
    internal string ConnectScript => $"$null = Connect-Kling -Endpoint '{Service.Endpoint}' -ApiKey ([Net.NetworkCredential]::new('', 'a-key-for-the-tests').SecurePassword)";

    /// <summary>Runs a script; it must end.</summary>
    internal EngineResult Run(string script) => Guard.Returns(() => Engine.Run(script), $"'{script}' did not end", Guard.ScriptLimit);

    /// <summary>The tasks as the journal has them.</summary>
    internal IReadOnlyList<PSObject> Journal() => Run("Get-KlingTask -Local").Check().Output;

    /// <summary>The one task of the journal.</summary>
    internal PSObject OnlyTask() => Journal().Single();

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Run("Disconnect-Kling");
        Engine.Dispose();
        Service.Dispose();
        Environment.SetEnvironmentVariable("KLING_HOME", _formerHome);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A property as text.</summary>
    internal static string Text(PSObject item, string property) => LanguagePrimitives.ConvertTo<string>(item.Properties[property].Value);

    /// <summary>A task's id.</summary>
    internal static Guid Id(PSObject task) => (Guid)task.Properties["TaskId"].Value;

    private string NewImage(string name)
    {
        string path = Path.Combine(_folder, name);
        byte[] sample = File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "examples", "images", "dawn.png"));
        File.WriteAllBytes(path, [.. sample, .. Guid.NewGuid().ToByteArray()]);
        return path;
    }
}
