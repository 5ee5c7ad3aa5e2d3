namespace Kling.Module.Tests.Console;

/// <summary>The exit codes of <c>pwsh -File</c>, which automation goes by.</summary>
public sealed class FileExitTests : IDisposable
{
    private readonly Pwsh _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Theory]
    [InlineData("$null = New-KlingVideo a.png -Duration 7; Disconnect-Kling; $null = New-KlingVideo a.png; 'goes on'", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; $null = 'a.png', 'nowhere.png' | New-KlingVideo", 1)]
    [InlineData("$null = 'a.png', 'nowhere.png' | New-KlingVideo -ErrorVariable problems; exit 4 + $problems.Count", 5)]
    public void File_fails_only_where_the_script_says_so(string script, int expected) => _pwsh.RunFile(Pwsh.Sandbox + script).CheckExit(expected);
}
