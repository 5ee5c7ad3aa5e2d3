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
            $env:RUNWARE_API_KEY = 'sandbox-key-not-a-secret'
            $env:RUNWARE_BASE_URL = $sandbox.Endpoint
            "$((New-KlingVideo a.png).Status)"
            $connection = Get-KlingConnection
            "$($connection.KeySource) $($connection.Mode)"
            $connection | Format-List -Property * -Force | Out-String
            """).Check();
        string[] problem =
        [
            "NotConnected,Kling.Cmdlets.NewKlingVideoCommand Connect-Kling -ApiKey (Read-Host -AsSecureString)",
            "No API key: neither Connect-Kling was called nor RUNWARE_API_KEY is set. Without a key, try it at no cost: Start-KlingSandbox; Connect-Kling -Sandbox.",
        ];
        string[] expected = [.. problem, "False", .. problem, "0", "Processing", "Environment Sandbox"];
        Assert.Equal(expected, result.Output.Split('\n')[..expected.Length]);
        Assert.Contains("Endpoint", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-a-secret", result.Output, StringComparison.Ordinal);
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
