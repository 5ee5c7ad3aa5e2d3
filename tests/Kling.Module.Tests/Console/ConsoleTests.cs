using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Module.Tests.Documents;

namespace Kling.Module.Tests.Console;

/// <summary>The packaged module in pwsh itself: a purchase from end to end.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly Pwsh _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Buys_waits_saves_and_measures()
    {
        PwshResult bought = _pwsh.RunFile(Pwsh.Sandbox + """
            $PSDefaultParameterValues = @{ '*-Kling*:InformationAction' = 'Ignore' }
            $tasks = Get-ChildItem *.png | New-KlingVideo -Prompt 'slow dolly in'
            (Import-Csv shots.csv | Measure-KlingCost)[-1].EstimatedCost
            $files = $tasks | Wait-KlingTask | Save-KlingVideo -OutDirectory clips
            $files.Name | Sort-Object
            $cost = (Get-KlingTask -Last 20 | Measure-KlingCost)[-1]
            "$($cost.EstimatedCost) $($cost.BilledCost) $((Get-KlingSandbox).TotalBilled)"
            (Get-Process -Id $PID).ProcessName, (Get-Command New-KlingVideo).ImplementingType.Assembly.Location
            """).Check();
        string[] lines = bought.Output.TrimEnd().Split('\n');
        Assert.Equal("0.370", lines[0]);
        Assert.Matches("^a-[0-9a-f]{8}\\.mp4$", lines[1]);
        Assert.Matches("^b-[0-9a-f]{8}\\.mp4$", lines[2]);
        Assert.Equal("0.370 0.3696 0.3696", lines[3]);
        Assert.Equal(Path.ChangeExtension(RepositoryPaths.ModuleManifest, ".dll"), lines[^1]);
        Assert.All(lines[1..3], name => Assert.True(new FileInfo(Path.Combine(_pwsh.Folder, "clips", name)).Length > 10_000, name));
    }

    [Fact]
    public void A_task_outlives_its_process()
    {
        // The service must outlive the first process, so it runs in this one.
        using var service = new ScriptedService { Finished = true };
        string connect = $"$null = Connect-Kling -Endpoint '{service.Endpoint}' -ApiKey ([Net.NetworkCredential]::new('', 'a-key-for-the-tests').SecurePassword)\n";
        PwshResult bought = _pwsh.RunCommand(connect + "(New-KlingVideo a.png).TaskId.ToString()").Check();
        PwshResult saved = _pwsh.RunCommand(connect + "Get-KlingTask -Status Processing | Wait-KlingTask | Save-KlingVideo -OutDirectory clips | ForEach-Object Name").Check();
        Assert.Equal($"a-{bought.Output[..8]}.mp4", saved.Output.Trim());
        Assert.Equal(1, service.AcceptedCount(Assert.Single(service.AcceptedIds)));
    }

    [Fact]
    public void Question_that_nobody_can_answer_buys_nothing()
    {
        PwshResult result = _pwsh.RunCommand(Pwsh.Sandbox + """
            try { New-KlingVideo a.png -Prompt (1..60 | ForEach-Object { "shot $_" }) } catch { $_.FullyQualifiedErrorId }
            (Get-KlingSandbox).TaskCount
            """).Check();
        Assert.Equal("CostNotConfirmed,Kling.Cmdlets.NewKlingVideoCommand\n0", result.Output.Trim());
    }

    [Fact]
    public void Quickstart_prints_what_the_README_shows()
    {
        string quickstart = Path.Combine(RepositoryPaths.Root, "tests", "Quickstart", "quickstart.ps1");
        PwshResult result = _pwsh.RunCommand($"& '{quickstart}'").Check();
        string[] readme = File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "README.md"));
        int start = Array.IndexOf(readme, "<!-- quickstart-output -->") + 3;
        Assert.Equal(Lines(string.Join("\n", readme[start..Array.IndexOf(readme, "```", start)])), Lines(result.Output));
    }

    // Tasks that run side by side end in any order.
    private static IEnumerable<string> Lines(string text) => OutputText.Normalize(text).Split('\n').Order(StringComparer.Ordinal);
}
