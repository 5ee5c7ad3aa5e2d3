using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Kling.Errors;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Module.Tests.Console;
using Kling.Support;

namespace Kling.Module.Tests.Trust;

/// <summary>
/// The cmdlets against a service that answers nonsense: each ends in its time, with errors of the catalog only; no stream, object or file
/// shows the key; the screen gets no control character; and little is left on the disk.
/// </summary>
[Collection(EngineCollection.Name)]
public sealed partial class NonsenseTests : IDisposable
{
    private const string Key = "qX7vRk2mWz9LtB4nYc6HpJ3s";
    private const int Usable = 4;
    private const int Tasks = 6;
    private const int MostBytesOfATask = 20_000;

    private static readonly string[] s_scripts =
    [
        "$tasks = @($Images | ForEach-Object { [pscustomobject]@{ LiteralPath = $_ } } | New-KlingVideo -Prompt $Text -NumberResults 2 -Wait -OutDirectory clips -Timeout $brief -Upload Always -Force @v); $tasks",
        "New-KlingVideo -LiteralPath $Images[0] -Prompt $Text @v",
        "Get-KlingTask -Last 9 @v",
        "Get-KlingTask -TaskId ([guid]::NewGuid()) @v",
        "Get-KlingTask -Local | Wait-KlingTask -Timeout $brief @v",
        "Get-KlingTask -Unsaved | Save-KlingVideo -OutDirectory late -Timeout $brief @v",
        "@($tasks.Videos).Where{ $_ } | Save-KlingVideo -OutDirectory other -Force -Timeout $brief @v",
        "[guid]::NewGuid() | Save-KlingVideo -OutDirectory foreign -Timeout $brief @v",
        "Send-KlingImage -LiteralPath $Images @v",
        "Get-KlingAccount @v",
    ];

    // A tenth in every run, as the engine's tests with random cases do it.
    private static readonly int s_rounds = Math.Max(Usable,
        (int)(40 * (decimal.TryParse(Environment.GetEnvironmentVariable("KLING_TEST_DEPTH"), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal depth) ? depth : 0.1m)));

    private readonly NonsenseService _service = new(20261128, Key);
    private readonly string _folder = Directory.CreateTempSubdirectory("kling-nonsense-").FullName;
    private readonly string? _formerHome = Environment.GetEnvironmentVariable("KLING_HOME");
    private readonly double _formerPace = SystemClock.Instance.Pace;
    private readonly EngineHost _engine;

    public NonsenseTests(ModuleUnderTest module)
    {
        Assert.NotNull(module);
        SystemClock.Instance.Pace = 1000;
        Environment.SetEnvironmentVariable("KLING_HOME", Home);
        _engine = new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest, Location = _folder });
    }

    private string Home => Path.Combine(_folder, "home");

    public void Dispose()
    {
        _engine.Run("Disconnect-Kling");
        _engine.Dispose();
        _service.Dispose();
        SystemClock.Instance.Pace = _formerPace;
        Environment.SetEnvironmentVariable("KLING_HOME", _formerHome);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Nonsense_reaches_neither_screen_nor_disk_and_ends_in_errors_of_the_catalog()
    {
        // The name of a file may be as bad as the service's texts, where the system allows it.
        string[] images = [NewImage("plain.png"), NewImage(OperatingSystem.IsWindows() ? "other.png" : $"odd-{HostileService.Text.Replace("\\", "")}.png")];
        var values = new Hashtable { ["Images"] = images, ["Text"] = HostileService.Text, ["Key"] = Key };
        Run("$null = Connect-Kling -Endpoint '" + _service.Endpoint + "' -ApiKey ([Net.NetworkCredential]::new('', $Key).SecurePassword); "
            + "$PSStyle.OutputRendering = 'Ansi'; $v = @{ Verbose = $true; Debug = $true; WarningAction = 'Continue' }; $brief = [timespan]::FromSeconds(0.3)", values).Check();
        var seen = new HashSet<string>();
        for (int round = 0; round < s_rounds; round++)
        {
            // At times all goes well, so that it is certain that the nonsense came far.
            _service.IsUsable = round % Usable == 0;
            EngineResult[] results = [.. s_scripts.Select(script => Run(script, values))];
            foreach (ErrorRecord error in results.SelectMany(result => result.AllErrors))
            {
                string id = error.FullyQualifiedErrorId.Split(',')[0];
                Assert.True(id != "UnexpectedFailure" && ErrorTable.All.Any(entry => entry.Id == id), $"round {round}: {error.FullyQualifiedErrorId}: {error} {error.InvocationInfo?.Line} {error.Exception}");
                seen.Add(id);
            }

            AssertNoControlCharacter(results);
            AssertNoKey(ShownText.Of(_engine, _folder, results));
            Assert.InRange(FilesOf(Home).Sum(file => file.Length), 1000, (round + 1) * Tasks * MostBytesOfATask);
        }

        // It came far: it was paid for, saved and refused.
        Assert.True(seen.Count >= 4, string.Join(", ", seen));
        Assert.True(Directory.GetFiles(Path.Combine(_folder, "clips"), "*.mp4").Length >= 2);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_folder, "other"), "*.mp4"));
        Assert.InRange(_engine.Run("Get-KlingTask -Local").Check().Output.Count, s_rounds, s_rounds * Tasks);
        Assert.True(_service.Calls > s_rounds * 10, $"{_service.Calls} calls");
    }

    private EngineResult Run(string script, Hashtable values) =>
        Guard.Returns(() => _engine.Run("param($Images, $Text, $Key) " + script, null, values), $"'{script}' did not end", Guard.ScriptLimit);

    /// <summary>Everything that a person sees: the streams, and objects and errors in PowerShell's own forms.</summary>
    private void AssertNoControlCharacter(EngineResult[] results)
    {
        foreach (IGrouping<Type, PSObject> alike in results.SelectMany(result => result.Output).GroupBy(item => item.BaseObject.GetType()))
        {
            _engine.Run("$all = @($input); $all | Out-Default; $all | Format-List | Out-Default; $all | Format-Table | Out-Default; $all | ForEach-Object Videos | Out-Default; $all | ForEach-Object Errors | Format-List | Out-Default", alike).Check();
        }

        // Behind a file, PowerShell lists whatever comes by itself.
        _engine.Run("$all = @($input); @(Get-Item .) + $all | Out-Default", results.SelectMany(result => result.Output)).Check();
        _engine.Run("$all = @($input); foreach ($ErrorView in 'ConciseView', 'NormalView', 'CategoryView') { $all | Out-Default }", results.SelectMany(result => result.AllErrors)).Check();
        foreach (string text in (string[])[.. _engine.Capture.UI.Lines.Select(line => line.Text), .. results.SelectMany(ShownText.StreamsOf)])
        {
            string shown = Colour().Replace(text.ReplaceLineEndings("\n"), "");
            Match raw = Raw().Match(shown);
            Assert.True(!raw.Success, raw.Success ? $"U+{(int)raw.Value[0]:x4} in …{shown[Math.Max(0, raw.Index - 200)..raw.Index]}" : "");
        }
    }

    private static void AssertNoKey(string text)
    {
        for (int start = 0; start + 8 <= Key.Length; start++)
        {
            int at = text.IndexOf(Key.Substring(start, 8), StringComparison.OrdinalIgnoreCase);
            Assert.True(at < 0, at < 0 ? "" : $"…{text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 60)]}…");
        }
    }

    private static IEnumerable<FileInfo> FilesOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories);

    private string NewImage(string name)
    {
        string path = Path.Combine(_folder, name);
        File.Copy(Path.Combine(RepositoryPaths.Root, "examples", "images", "dawn.png"), path);
        return path;
    }

    // PowerShell's own colours; the service's text has none of them.
    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colour();

    // Controls, and marks of direction and of lines. In its own words: what the module takes for one is what is tested.
    [GeneratedRegex(@"[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069-[\n]]")]
    private static partial Regex Raw();
}
