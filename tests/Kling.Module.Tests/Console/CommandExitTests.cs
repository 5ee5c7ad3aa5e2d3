namespace Kling.Module.Tests.Console;

/// <summary>The exit codes of <c>pwsh -Command</c>, which automation goes by.</summary>
public sealed class CommandExitTests : IDisposable
{
    private readonly Pwsh _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [InlineData("New-KlingVideo a.png -Duration 7", 1)]
    [InlineData("New-KlingVideo a.png -Duration 7; Disconnect-Kling; New-KlingVideo a.png; 'goes on'", 0)]
    public void Command_fails_where_its_last_statement_does(string script, int expected) => _pwsh.RunCommand(Pwsh.Sandbox + script).CheckExit(expected);

    [Fact]
    public void Connecting_without_a_key_fails_at_once_where_nobody_can_be_asked()
    {
        PwshResult result = _pwsh.RunCommand("Connect-Kling");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output.Trim());
        Assert.StartsWith("Connect-Kling:", result.Errors.Trim(), StringComparison.Ordinal);
        Assert.Contains("RUNWARE_API_KEY is not set, and this host cannot ask", string.Join(" ", result.Errors.Split(['\n', '|', ' '], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
