using System.Diagnostics.Tracing;
using Kling.Hosting;

namespace Kling.Module.Tests.Habits;

/// <summary>What hosts and scripts take for granted: a quiet import, silent progress, any culture, any name.</summary>
[Collection(EngineCollection.Name)]
public sealed class HabitTests
{
    private const string Work = """
        Set-StrictMode -Version Latest
        (Test-KlingRequest lighthouse.jpg -Prompt 'pan' -Duration 10 -CfgScale 0.35 -AspectRatio AUTO -OutputFormat webm -SafetyMode FAST).Json
        Measure-KlingCost -Duration 5, 10 | ForEach-Object { [string]::Format([cultureinfo]::InvariantCulture, '{0} {1}', $_.Item, $_.EstimatedCost) }
        $task = New-KlingVideo lighthouse.jpg -CfgScale 0.35 -OutputFormat webm -OutDirectory clips
        "$($task.Status) $($task.OutputFormat) $([IO.Path]::GetExtension($task.File))"
        @(Get-KlingTask -Status succeeded -Local).Count
        try { New-KlingVideo lighthouse.jpg -Duration 7 -CfgScale 1.5 } catch { "$_" }
        """;

    public HabitTests(ModuleUnderTest module) => Assert.NotNull(module);

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void Culture_changes_nothing(string culture)
    {
        string[] expected = RunIn("en-US");
        Assert.True(expected.Contains("Succeeded webm .webm"), string.Join("\n", expected));
        Assert.Contains(expected, line => line.Contains("\"CFGScale\": 0.35", StringComparison.Ordinal));
        Assert.Contains(expected, line => line.Contains("'1.5' was given; allowed: 0 to 1", StringComparison.Ordinal));
        Assert.Equal(expected, RunIn(culture));
    }

    [Fact]
    public void Names_and_prompts_of_any_script_arrive_whole()
    {
        using var bench = new ExampleBench(withSandbox: true);
        EngineResult result = bench.Engine.Run("""
            $folder = 'Küstenbilder ığüş 東京 [1] 🎬'
            $null = [IO.Directory]::CreateDirectory([IO.Path]::Combine((Get-Location).ProviderPath, $folder))
            $image = [IO.Path]::Combine((Get-Location).ProviderPath, $folder, 'Leuchtturm «日» 🎬.jpg')
            [IO.File]::Copy([IO.Path]::Combine((Get-Location).ProviderPath, 'lighthouse.jpg'), $image)
            $prompt = "zoom auf den Leuchtturm, İstanbul'da 日の出 🎬 — «slow»"
            $task = New-KlingVideo -LiteralPath $image -Prompt $prompt -OutDirectory "$folder/clips" -FileName '{Source}-{Index}'
            "$($task.Prompt -ceq $prompt) $($task.Image -ceq $image) $([IO.File]::Exists($task.File))"
            $known = Get-KlingTask -TaskId $task.TaskId -Local
            "$($known.Prompt -ceq $prompt) $($known.File -ceq $task.File)"
            [IO.Path]::GetFileName($task.File)
            """).Check();
        Assert.Equal(["True True True", "True True", "Leuchtturm «日» 🎬-1.mp4"], result.OutputOf<string>());
    }

    [Fact]
    public void Progress_is_silent_where_it_is_not_wanted_and_complete_where_it_is()
    {
        using var bench = new ExampleBench(withSandbox: true);
        bench.Engine.Run("Stop-KlingSandbox; $null = Start-KlingSandbox -GenerationSeconds 1; $null = Connect-Kling -Sandbox").Check();
        EngineResult silent = bench.Engine.Run("$ProgressPreference = 'SilentlyContinue'; New-KlingVideo lighthouse.jpg -Wait").Check();
        Assert.Empty(silent.Progress);
        EngineResult shown = bench.Engine.Run("$ProgressPreference = 'Continue'; New-KlingVideo lighthouse.jpg -Wait").Check();
        Assert.NotEmpty(shown.Progress);
        Assert.Equal(System.Management.Automation.ProgressRecordType.Completed, shown.Progress[^1].RecordType);
    }

    [Fact]
    public void Import_touches_neither_network_nor_files_nor_screen()
    {
        string? home = Environment.GetEnvironmentVariable("KLING_HOME");
        string empty = Directory.CreateTempSubdirectory("kling-import-").FullName;
        Environment.SetEnvironmentVariable("KLING_HOME", Path.Combine(empty, "home"));
        try
        {
            using var engine = new EngineHost(new EngineOptions { Location = empty });
            using var network = new NetworkEvents();
            engine.ImportModule(RepositoryPaths.ModuleManifest);
            engine.Run("Get-Command -Module Kling; Get-KlingModel; Get-KlingConnection").Check();
            Assert.Empty(network.Names);
            Assert.Empty(Directory.EnumerateFileSystemEntries(empty));
            Assert.Empty(engine.Capture.UI.Lines);
            engine.Run("Remove-Module Kling").Check();
            Assert.Empty(network.Names);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KLING_HOME", home);
            Directory.Delete(empty, recursive: true);
        }
    }

    [Fact]
    public void Network_is_seen_where_there_is_some()
    {
        using var network = new NetworkEvents();
        using var bench = new ExampleBench(withSandbox: true);
        Assert.NotEmpty(network.Names);
    }

    private static string[] RunIn(string culture)
    {
        using var bench = new ExampleBench(withSandbox: true);
        bench.Engine.Run("$WarningPreference = 'SilentlyContinue'").Check();
        EngineResult result = bench.Engine.Run($"[cultureinfo]::CurrentCulture = [cultureinfo]::CurrentUICulture = '{culture}'\n{Work}");
        Assert.Null(result.Failure);
        return [.. string.Join("\n", result.Output.Select(item => item.ToString())).Split('\n').Select(line => line.Contains("lighthouse.jpg:", StringComparison.Ordinal) ? line[line.IndexOf("lighthouse", StringComparison.Ordinal)..] : line)];
    }

    /// <summary>Hears what .NET reports of connections and look-ups of names.</summary>
    private sealed class NetworkEvents : EventListener
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _names = new();

        internal IReadOnlyCollection<string> Names => _names;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "System.Net.Sockets" or "System.Net.NameResolution" or "System.Net.Http")
            {
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName is string name && name.EndsWith("Start", StringComparison.Ordinal))
            {
                _names?.Enqueue(name);
            }
        }
    }
}
