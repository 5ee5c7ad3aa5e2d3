namespace Kling.Hosting;

/// <summary>
/// What the examples of the help take for granted, fresh for each: a folder with the images and the CSV file they name, a
/// session in a sandbox, a history with a finished and a failed task, and an environment in which nothing is live.
/// </summary>
internal sealed class ExampleBench : IDisposable
{
    /// <summary>The task id that the help uses throughout.</summary>
    internal const string TaskId = "4923cad8-a610-4604-9846-08e843a33e8d";

    // No program listens there: should an example try to go live, it fails instead of leaving this machine.
    private const string NowhereLive = "http://127.0.0.1:9/v1";

    // What the service would have posted for the finished task, and a log with that body and a failure.
    private const string Bodies = $$"""
        $video = (Get-KlingTask -TaskId {{TaskId}} -Local).Videos[0]
        $body = '{"taskType":"videoInference","taskUUID":"{{TaskId}}","videoUUID":"' + $video.VideoId + '","videoURL":"' + $video.VideoUrl + '"}'
        $failure = '{"errors":[{"code":"providerError","message":"down","taskUUID":"0f8fad5b-d9cb-469f-a165-70867728950e"}]}'
        $here = (Get-Location).ProviderPath
        [IO.File]::WriteAllText([IO.Path]::Combine($here, 'body.json'), $body)
        [IO.File]::WriteAllLines([IO.Path]::Combine($here, 'hooks.jsonl'), [string[]] @($body, $failure))
        """;

    // A double of the SecretManagement module, which is not there.
    private const string Vault = """
        $null = New-Module -Name Microsoft.PowerShell.SecretManagement -ScriptBlock {
            function Get-Secret { [CmdletBinding()] param([string] $Name, [string] $Vault) "key-of-$Name-in-$Vault" }
        } | Import-Module -Scope Global
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("kling-example-").FullName;
    private readonly Dictionary<string, string?> _environment = new()
    {
        ["KLING_HOME"] = null,
        ["RUNWARE_BASE_URL"] = NowhereLive,
        ["RUNWARE_API_KEY"] = null,
        ["KLING_MAX_COST_PER_DAY"] = null,
    };

    internal ExampleBench(bool withSandbox)
    {
        _environment["KLING_HOME"] = Path.Combine(_folder, "home");
        foreach (string name in _environment.Keys.ToArray())
        {
            string? before = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, _environment[name]);
            _environment[name] = before;
        }

        string work = Directory.CreateDirectory(Path.Combine(_folder, "work")).FullName;
        FillFolder(work);
        Engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest, Location = work });

        // Whoever asks for the key or for consent in an example gets an answer.
        Engine.Capture.UI.Answers.Enqueue("typed-key-of-an-example");
        Engine.Capture.UI.Choices.Enqueue("Yes");
        Engine.Run("Disconnect-Kling; Stop-KlingSandbox").Check();
        Engine.Run(Vault).Check();
        if (withSandbox)
        {
            Engine.Run("$null = Start-KlingSandbox -GenerationSeconds 0 -Fault FailureTopLevel; $null = Connect-Kling -Sandbox").Check();

            // Nothing takes time in this sandbox, so one look sees both ends and nobody has to wait for them.
            Engine.Run("$null = New-KlingVideo -Image lighthouse.jpg -Prompt 'this one fails'").Check();
            Engine.Run($"$null = New-KlingVideo -Image lighthouse.jpg -TaskId {TaskId}").Check();
            Engine.Run("if (@(Get-KlingTask -Last 2 | Where-Object { $_.Status -in 'Failed', 'Succeeded' }).Count -ne 2) { throw 'The history is not there.' }").Check();
            Engine.Run(Bodies).Check();
        }
    }

    internal EngineHost Engine { get; }

    /// <summary>Ends the sandbox and puts folder and environment back.</summary>
    public void Dispose()
    {
        Engine.Run("Stop-KlingSandbox; Disconnect-Kling");
        Engine.Dispose();
        foreach ((string name, string? value) in _environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        Directory.Delete(_folder, recursive: true);
    }

    // Their content is PNG whatever the name says: an image is known by its bytes.
    private static void FillFolder(string folder)
    {
        string images = Path.Combine(RepositoryPaths.Root, "examples", "images");
        Directory.CreateDirectory(Path.Combine(folder, "shots"));
        Directory.CreateDirectory(Path.Combine(folder, "examples", "images"));
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(images)!, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(folder, Path.GetRelativePath(RepositoryPaths.Root, file)));
        }

        File.Copy(Path.Combine(images, "lantern.png"), Path.Combine(folder, "lighthouse.jpg"));
        File.Copy(Path.Combine(images, "dawn.png"), Path.Combine(folder, "shots", "a.jpg"));
        File.Copy(Path.Combine(images, "harbour.png"), Path.Combine(folder, "shots", "b.jpg"));
        File.Copy(Path.Combine(RepositoryPaths.Root, "examples", "klingai-2-1-pro.schema.json"), Path.Combine(folder, "klingai-2-1-pro.schema.json"));
        File.WriteAllText(Path.Combine(folder, "shots.csv"),
            "Image,Prompt,Duration,Scene\nshots/a.jpg,slow dolly in,5,12a\nshots/b.jpg,the heron lifts off,10,12b\n");
    }
}
