using System.Diagnostics;

namespace Kling.Benchmarks;

/// <summary>This program again, in another role and process, with a KLING_HOME of its own.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;
    private readonly string _home = Directory.CreateTempSubdirectory("kling-benchmark-").FullName;

    internal Child(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["KLING_HOME"] = _home;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The child process did not start.");
    }

    internal string ReadLine() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The child process ended without an answer.");

    internal string Ask()
    {
        _process.StandardInput.WriteLine();
        return ReadLine();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}
