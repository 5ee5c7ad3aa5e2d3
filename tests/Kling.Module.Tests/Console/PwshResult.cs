namespace Kling.Module.Tests.Console;

/// <summary>How a run of pwsh ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record PwshResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails unless the run ended with this exit code.</summary>
    internal void CheckExit(int expected) => Assert.True(ExitCode == expected, $"exit code {ExitCode}\n{Output}\n{Errors}");

    /// <summary>Fails unless the run succeeded and showed no error.</summary>
    internal PwshResult Check()
    {
        Assert.True(ExitCode == 0 && Errors.Length == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return this;
    }
}
