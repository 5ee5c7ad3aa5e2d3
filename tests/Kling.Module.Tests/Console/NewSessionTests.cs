using System.Text.RegularExpressions;
using Kling.Hosting;

namespace Kling.Module.Tests.Console;

/// <summary>What holds only while a process has not yet chosen between the sandbox and the service; so each test starts its own.</summary>
public sealed partial class NewSessionTests : IDisposable
{
    private readonly Pwsh _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void No_key_ends_the_batch_a_sandbox_alone_changes_nothing_and_the_environment_connects_on_first_use()
    {
        PwshResult result = _pwsh.RunFile("""
            function Show-Problem { try { 'a.png', 'b.png' | New-KlingVideo } catch { "$($_.FullyQualifiedErrorId) $($_.ErrorDetails.RecommendedAction)"; "$_" } }
            Show-Problem
            $sandbox = Start-KlingSandbox -GenerationSeconds 0
            (Get-KlingConnection).IsConnected
            Show-Problem
            (Get-KlingSandbox).TaskCount
            $env:RUNWARE_API_KEY = $sandbox.ApiKey
            $env:RUNWARE_BASE_URL = $sandbox.Endpoint
            "$((New-KlingVideo a.png).Status)"
            $connection = Get-KlingConnection
            "$($connection.KeySource) $($connection.Mode)"
            $connection | Format-List -Property * -Force | Out-String
            "shows the key: $(($connection | Format-List -Property * -Force | Out-String).Contains($sandbox.ApiKey))"
            """).Check();
        string[] problem =
        [
            "NotConnected,Kling.Cmdlets.NewKlingVideoCommand Connect-Kling -ApiKey (Read-Host -AsSecureString)",
            "No API key: neither Connect-Kling was called nor RUNWARE_API_KEY is set. Without a key, try it at no cost: Start-KlingSandbox; Connect-Kling -Sandbox.",
        ];
        string[] expected = [.. problem, "False", .. problem, "0", "Processing", "Environment Sandbox"];
        Assert.Equal(expected, result.Output.Split('\n')[..expected.Length]);
        Assert.Contains("Endpoint", result.Output, StringComparison.Ordinal);
        Assert.Contains("shows the key: False", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Listing_without_a_key_names_what_is_there_without_one()
    {
        PwshResult result = _pwsh.RunFile("""
            try { Get-KlingTask -Last 5 } catch { "$($_.FullyQualifiedErrorId) $($_.ErrorDetails.RecommendedAction)"; "$_" }
            "$(@(Get-KlingTask -Last 5 -Local).Count)"
            Disconnect-Kling
            try { Get-KlingTask -Last 5 } catch { "$_" }
            """).Check();
        string[] lines = result.Output.Split('\n');
        Assert.Equal("NotConnected,Kling.Cmdlets.GetKlingTaskCommand Get-KlingTask -Last 20 -Local # or connect first: Connect-Kling", lines[0]);
        Assert.EndsWith("What this machine recorded is there without a key: Get-KlingTask -Local.", lines[1], StringComparison.Ordinal);
        Assert.Equal("0", lines[2]);
        Assert.DoesNotContain("-Local", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Task_that_a_job_sends_is_a_task_with_its_videos()
    {
        PwshResult result = _pwsh.RunFile("""
            $null = Start-KlingSandbox -GenerationSeconds 0
            $null = Connect-Kling -Sandbox
            $null = New-KlingVideo a.png -Prompt 'pan left' -OutDirectory clips
            $task = Start-Job { Import-Module $env:KLING_MODULE; Get-KlingTask -Last 1 } | Receive-Job -Wait
            "$($task.PSObject.BaseObject.GetType().Name) $($task.Status) $($task.Videos[0].VideoCost) $($task.SubmittedAt.GetType().Name) $($task.PSComputerName)"
            "$(($task | Measure-KlingCost).BilledCost) $(($task | Export-KlingGallery page.html).Name)"
            ($task | Out-String -Width 80).Trim()
            """).Check();
        string[] lines = result.Output.Split('\n');
        Assert.Equal(["KlingTask Succeeded 0.1848 DateTimeOffset localhost", "0.1848 page.html"], lines[..2]);
        Assert.Matches(@"^[0-9a-f]{8} Succeeded +0\.1848 .* a\.png +pan left +a-[0-9a-f]{8}\.mp4", lines[4]);
    }

    [Fact]
    public void Process_that_a_sandbox_session_starts_never_goes_live()
    {
        // There is no such live address, so a call that goes there fails and is told apart.
        PwshResult result = _pwsh.RunFile("""
            $env:RUNWARE_API_KEY = 'a-test-key-0123456789'
            $env:RUNWARE_BASE_URL = 'https://nowhere.invalid/v1'
            function Show-Next { $c = Get-KlingConnection; "$($c.IsConnected) $($c.Source) $($c.KeySource) $($c.Mode) $($c.Endpoint)" }
            $child = {
                param($image)
                Import-Module $env:KLING_MODULE
                $next = Get-KlingConnection
                "$($next.IsConnected) $($next.Source) $($next.KeySource) $($next.Mode)"
                try { $bought = New-KlingVideo $image; "$($bought.Status)"; $connection = Get-KlingConnection; "$($connection.IsConnected) $($connection.Source)" }
                catch { "$($_.FullyQualifiedErrorId) $($_.ErrorDetails.RecommendedAction)"; "$_" }
            }
            $script = { Import-Module $env:KLING_MODULE; $connection = Connect-Kling -Test -WarningVariable said 3>$null; "$($connection.Source) $($connection.Mode) $($said.Count)"; "$((New-KlingVideo a.png).Status)" }
            Show-Next
            $null = Start-KlingSandbox -GenerationSeconds 0
            $null = Connect-Kling -Sandbox
            $image = (Get-Item a.png).FullName
            Start-Job $child -ArgumentList $image | Receive-Job -Wait -AutoRemoveJob
            Start-ThreadJob $child -ArgumentList $image | Receive-Job -Wait -AutoRemoveJob
            pwsh -NoProfile -Command $script
            "tasks: $((Get-KlingSandbox).TaskCount)"
            Stop-KlingSandbox
            Show-Next
            Start-Job $child -ArgumentList $image | Receive-Job -Wait -AutoRemoveJob
            $null = Connect-Kling
            Start-Job { Import-Module $env:KLING_MODULE; $next = Get-KlingConnection; "$($next.Source) $($next.Mode) $($next.Endpoint)" } | Receive-Job -Wait -AutoRemoveJob
            """).Check();
        string[] lines = [.. result.Output.TrimEnd().Split('\n').Select(line => Regex.Replace(line, "127\\.0\\.0\\.1:[0-9]+", "sandbox"))];
        Assert.Equal(
        [
            "False Environment Environment Live https://nowhere.invalid/v1",
            "False Inherited Sandbox Sandbox", "Processing", "True Inherited",
            "True Connect-Kling Sandbox Sandbox", "Processing", "True Connect-Kling",
            "Inherited Sandbox 1", "Processing",
            "tasks: 3",
            "False None   ",
            "False Inherited Sandbox Sandbox", "NotConnected,Kling.Cmdlets.NewKlingVideoCommand Remove-Item Env:KLING_SANDBOX; Connect-Kling # live",
            "The sandbox at http://sandbox/v1 is gone. This process inherited it (KLING_SANDBOX) from the one that started it, and does not go live instead.",
            "Environment Live https://nowhere.invalid/v1",
        ], lines);
    }

    [Theory]
    [InlineData("https://api.runware.ai/v1")]
    [InlineData("none")]
    [InlineData("http://192.168.0.1/v1")]
    public void Inherited_address_that_is_no_sandbox_is_an_error_and_nothing_goes_live(string address)
    {
        PwshResult result = _pwsh.RunFile($$"""
            $env:KLING_SANDBOX = '{{address}}'
            $env:RUNWARE_API_KEY = 'a-test-key-0123456789'
            foreach ($call in { New-KlingVideo a.png -ErrorAction Stop }, { Get-KlingConnection }, { Connect-Kling }, { Get-KlingTask -Local }) { try { & $call; 'went on' } catch { ($_.FullyQualifiedErrorId -split ',')[0] } }
            """).Check();
        Assert.Equal("InvalidEndpoint\nInvalidEndpoint\nInvalidEndpoint\nInvalidEndpoint", result.Output.Trim());
    }

    [Fact]
    public void Path_of_a_newcomer_goes_as_its_guide_says()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "guides", "newcomer.md"));
        (string Command, string[] Said)[] steps = [.. Fence().Matches(page).Select(Step)];
        Assert.True(steps.Length > 6 && steps.Any(step => step.Said.Length > 0));

        // The guide's folder is a clone; its sandbox takes its time, which a test need not.
        Directory.CreateDirectory(Path.Combine(_pwsh.Folder, "examples"));
        Directory.CreateSymbolicLink(Path.Combine(_pwsh.Folder, "examples", "images"), Path.Combine(RepositoryPaths.Root, "examples", "images"));
        string script = "$PSDefaultParameterValues['Start-KlingSandbox:GenerationSeconds'] = 0\n" + string.Join("\n", steps.Select(step => $$"""
            try { $all = @(& { {{step.Command}} } 2>&1 3>$null) } catch { $all = @($_) }
            '=== step'
            foreach ($one in $all) {
                if ($one -is [Management.Automation.ErrorRecord]) { "error: $one $($one.ErrorDetails.RecommendedAction)" }
                elseif ($one.PSObject.TypeNames -like '*SandboxCharge*') { 'one charge' }
                elseif ($one.PSObject.Properties['Item'] -and $one.Item -eq 'Total') { "total: $($one.EstimatedCost)" }
                else { 'output' }
            }
            """));
        PwshResult result = _pwsh.RunFile(script).Check();
        string[] shown = result.Output.Split("=== step\n")[1..];
        Assert.All(steps.Zip(shown), pair =>
        {
            Assert.True(pair.Second.Length > 0, pair.First.Command);
            Assert.True(pair.Second.Contains("error: ", StringComparison.Ordinal) == pair.First.Said.Length > 0, $"{pair.First.Command}\n{pair.Second}");
            Assert.All(pair.First.Said, line => Assert.Contains(line, pair.Second, StringComparison.Ordinal));
        });
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_pwsh.Folder, "clips"), "*.mp4").Length);
        Assert.Equal(3, Regex.Count(result.Output, "^one charge$", RegexOptions.Multiline));
        Assert.Contains("total: 0.555", result.Output, StringComparison.Ordinal);
    }

    /// <summary>What to type, and for what fails also what is said.</summary>
    private static (string Command, string[] Said) Step(Match fence)
    {
        string text = fence.Groups[2].Value.Trim();
        if (fence.Groups[1].Value == "powershell")
        {
            return (text, []);
        }

        string[] lines = text.Split('\n');
        return (lines[0].Replace("PS> ", "", StringComparison.Ordinal), lines[1..]);
    }

    [GeneratedRegex("^```(powershell|text)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
