using Kling.Hosting;

namespace Kling.Module.Tests.Console;

/// <summary>Every script of examples/ runs in pwsh itself against the sandbox, and does what it says.</summary>
public sealed class ExampleScriptTests : IDisposable
{
    private readonly Pwsh _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Every_script_has_a_test_and_a_line_in_the_index()
    {
        string[] scripts = [.. Directory.EnumerateFiles(Folder, "*.ps1").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(["batch.ps1", "extend-clip.ps1", "nightly.ps1", "profile.ps1", "watch-folder.ps1"], scripts);
        string index = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(scripts, script => Assert.Contains($"| [{script}]({script}) |", index, StringComparison.Ordinal));
    }

    [Fact]
    public void Batch_buys_each_row_once_and_makes_a_page()
    {
        string[] lines = Lines($$"""
            $clips = "$PWD/clips"
            Push-Location '{{RepositoryPaths.Root}}'
            $tasks = ./examples/batch.ps1 -OutDirectory $clips
            "$($tasks.Scene | Sort-Object)", "$($tasks.Status)", (Get-ChildItem $clips/*.mp4).Count, (Test-Path $clips/index.html)
            $again = ./examples/batch.ps1 -OutDirectory $clips
            Pop-Location
            (Get-KlingSandbox).TotalBilled, @(Compare-Object $tasks.TaskId $again.TaskId).Count
            Set-Content bad.csv 'Image,Duration', 'a.png,5', 'a.png,7'
            try { & '{{Script("batch")}}' bad.csv } catch { "$_" }
            (Get-KlingSandbox).TaskCount
            """);
        Assert.Equal(
            ["12a 12b 13", "Succeeded Succeeded Succeeded", "3", "True", "0.7392", "0", "Nothing was bought. Row 2: Duration: '7' was given; allowed: 5 or 10.", "3"],
            lines);
    }

    [Fact]
    public void Watched_folder_makes_videos_of_what_is_there_and_of_what_comes()
    {
        // The second image comes when the first video is there, and it comes as programs save: under another name first.
        string[] lines = Lines($$"""
            $null = New-Item -ItemType Directory inbox, clips
            Copy-Item a.png inbox
            Set-Content inbox/notes.txt 'no image'
            $job = Start-ThreadJob -ArgumentList $PWD {
                param($here)
                $watcher = [IO.FileSystemWatcher]::new("$here/clips", '*.mp4')
                if (-not (Test-Path "$here/clips/*.mp4")) { $null = $watcher.WaitForChanged('Created, Renamed', 60000) }
                Copy-Item "$here/b.png" "$here/inbox/b.part"
                Rename-Item "$here/inbox/b.part" b.png
            }
            & '{{Script("watch-folder")}}' inbox -Prompt 'pan' -Count 2 | ForEach-Object { "$(Split-Path -Leaf $_.Image) $($_.Status) $(Test-Path $_.File)" }
            $job | Remove-Job -Force
            & '{{Script("watch-folder")}}' inbox -Prompt 'pan' -Count 2 | Out-Null
            (Get-KlingSandbox).TaskCount, @(Get-EventSubscriber).Count
            """);
        Assert.Equal(["a.png Succeeded True", "b.png Succeeded True", "2", "0"], lines);
    }

    [Fact]
    public void Nightly_batch_stops_at_the_limit_of_the_day_and_goes_on_later()
    {
        PwshResult first = _pwsh.RunFile(Pwsh.Sandbox + $"""
            & '{Script("nightly")}' shots.csv -MaxCostPerDay 0.2 -OutDirectory clips
            "exit code $LASTEXITCODE"
            & '{Script("nightly")}' shots.csv -MaxCostPerDay 1 -OutDirectory clips
            "exit code $LASTEXITCODE, $((Get-KlingSandbox).TaskCount) tasks, $((Get-ChildItem clips/*.mp4).Count) videos"
            """);
        string[] lines = [.. first.Output.Split('\n').Where(line => line.Contains("rows have", StringComparison.Ordinal) || line.StartsWith("exit", StringComparison.Ordinal))];
        Assert.Equal(4, lines.Length);
        Assert.EndsWith("1 of 2 rows have their video; 1 problem(s).", lines[0], StringComparison.Ordinal);
        Assert.Equal("exit code 1", lines[1]);
        Assert.EndsWith("2 of 2 rows have their video; 0 problem(s).", lines[2], StringComparison.Ordinal);
        Assert.Equal("exit code 0, 2 tasks, 2 videos", lines[3]);
    }

    [Fact]
    public void Clip_is_extended_from_its_last_frame_where_ffmpeg_is_and_else_the_script_says_so()
    {
        bool hasFfmpeg = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg")));
        string[] lines = Lines($$"""
            $first = New-KlingVideo a.png -OutDirectory clips
            $before = (Get-KlingSandbox).TaskCount
            try { $whole = & '{{Script("extend-clip")}}' $first.File -Prompt 'it goes on'; $whole.Name -eq "$([IO.Path]::GetFileNameWithoutExtension($first.File))-extended.mp4"; $whole.Length -gt (Get-Item $first.File).Length }
            catch { "$_".Split('.')[0..1] }
            (Get-KlingSandbox).TaskCount - $before
            $env:PATH = ''
            try { & '{{Script("extend-clip")}}' $first.File -Prompt 'it goes on' } catch { "$_".Split('.')[0..1] }
            """);
        string[] missing = ["This example needs ffmpeg, which is not on the path", " Nothing was bought"];
        Assert.Equal(hasFfmpeg ? ["True", "True", "1", .. missing] : [.. missing, "0", .. missing], lines);
    }

    [Fact]
    public void Profile_saves_to_its_folder_under_its_ceiling()
    {
        string[] lines = Lines($$"""
            . '{{Script("profile")}}'
            $PSDefaultParameterValues['*-KlingVideo:OutDirectory'] = "$PWD/clips"
            (kling 'rain starts' *.png).Count, (Get-ChildItem clips/*.mp4).Count
            try { $null = New-KlingVideo a.png -WarningAction Ignore -Prompt (1..11 | ForEach-Object { "shot $_" }) -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
            $env:KLING_MAX_COST_PER_DAY
            """);
        Assert.Equal(["2", "2", "CostCeiling,Kling.Cmdlets.NewKlingVideoCommand", "20"], lines);
    }

    private static string Folder => Path.Combine(RepositoryPaths.Root, "examples");

    private static string Script(string name) => Path.Combine(Folder, name + ".ps1");

    // Without the lines that sum up each command.
    private string[] Lines(string script) => _pwsh.RunFile(Pwsh.Sandbox + "$InformationPreference = 'Ignore'\n" + script).Check().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
