namespace Kling.Module.Tests.Console;

/// <summary>The exit codes that automation goes by: what pwsh makes of the module's errors.</summary>
public sealed class ExitCodeTests : IDisposable
{
    private const string Sandbox = "$null = Start-KlingSandbox -GenerationSeconds 0; $null = Connect-Kling -Sandbox\n";
    private readonly Pwsh _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [InlineData("$null = New-KlingVideo a.png", 0)]
    [InlineData("$null = New-KlingVideo a.png -Duration 7", 0)]
    [InlineData("Disconnect-Kling; $null = New-KlingVideo a.png; 'goes on'", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; $null = 'a.png', 'nowhere.png' | New-KlingVideo", 1)]
    [InlineData("$null = 'a.png', 'nowhere.png' | New-KlingVideo -ErrorVariable problems; exit 4 + $problems.Count", 5)]
    public void File_fails_only_where_the_script_says_so(string script, int expected) => AssertEnds(_pwsh.RunFile(Sandbox + script), expected);

    [Theory]
    [InlineData("New-KlingVideo a.png -Duration 7", 1)]
    [InlineData("New-KlingVideo a.png -Duration 7; 'goes on'", 0)]
    [InlineData("Disconnect-Kling; New-KlingVideo a.png", 1)]
    public void Command_fails_where_its_last_statement_does(string script, int expected) => AssertEnds(_pwsh.RunCommand(Sandbox + script), expected);

    private static void AssertEnds(PwshResult result, int expected) =>
        Assert.True(result.ExitCode == expected, $"exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
}
