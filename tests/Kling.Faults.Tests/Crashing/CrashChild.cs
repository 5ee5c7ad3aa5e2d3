using System.Collections.Concurrent;
using System.Diagnostics;
using Kling.Hosting;
using Kling.Hosting.Service;

namespace Kling.Faults.Tests.Crashing;

/// <summary>A process of its own that runs a script with the packaged module, to be killed without any warning.</summary>
internal sealed class CrashChild : IDisposable
{
    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly ConcurrentQueue<string> _errors = new();

    /// <summary>Starts it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="home">The folder of its journal.</param>
    internal CrashChild(string script, string home)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { "exec", s_program, script },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KLING_HOME"] = home;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to standard error.</summary>
    internal string Errors => string.Join("\n", _errors);

    private static readonly string s_program = RepositoryPaths.Built("Rigs/CrashRig", "CrashRig.dll");

    /// <summary>The next line that it wrote.</summary>
    internal string ReadLine()
    {
        Assert.True(_lines.TryTake(out string? line, Guard.ScriptLimit), $"The child wrote nothing. {Errors}");
        return line;
    }

    /// <summary>A line that it writes from now on; all lines before are dropped. The one after them may have been on its way.</summary>
    internal string ReadNewest()
    {
        while (_lines.TryTake(out _))
        {
        }

        ReadLine();
        return ReadLine();
    }

    /// <summary>Ends it as the system does when it runs out of memory: nothing in it runs any more.</summary>
    internal void Kill()
    {
        _process.Kill();
        WaitForEnd();
        Assert.NotEqual(0, _process.ExitCode);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    internal int WaitForEnd()
    {
        Assert.True(_process.WaitForExit(Guard.ScriptLimit), "The child did not end.");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        // Until its last line has been read: one that came later would have nowhere to go.
        _process.WaitForExit();
        _process.Dispose();
        _lines.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            _lines.Add(line);
        }
    }
}
