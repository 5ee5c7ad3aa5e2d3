using System.Collections;
using System.Management.Automation;

namespace Kling.Hosting;

/// <summary>A script under way: wait for its end, or stop it as Ctrl+C does.</summary>
public sealed class RunningScript : IDisposable
{
    private readonly PowerShell _shell;
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly PSDataCollection<PSObject> _input = [];
    private readonly IAsyncResult _call;
    private EngineResult? _result;

    internal RunningScript(PowerShell shell, IEnumerable? input)
    {
        _shell = shell;
        foreach (object? item in input ?? Array.Empty<object>())
        {
            _input.Add(PSObject.AsPSObject(item));
        }

        _input.Complete();
        _call = _shell.BeginInvoke(input is null ? null : _input, _output);
    }

    /// <summary>The output so far; it grows while the script runs.</summary>
    public PSDataCollection<PSObject> Output => _output;

    /// <summary>The progress records so far.</summary>
    public PSDataCollection<ProgressRecord> Progress => _shell.Streams.Progress;

    /// <summary>The verbose records so far.</summary>
    public PSDataCollection<VerboseRecord> Verbose => _shell.Streams.Verbose;

    /// <summary>The warning stream so far.</summary>
    public PSDataCollection<WarningRecord> Warnings => _shell.Streams.Warning;

    /// <summary>Whether the script was asked to stop and the engine has taken that up.</summary>
    public bool IsStopping => _shell.InvocationStateInfo.State is PSInvocationState.Stopping or PSInvocationState.Stopped;

    /// <summary>Whether the script has ended.</summary>
    public bool HasEnded => _call.IsCompleted;

    /// <summary>Waits until the script wrote a number of objects or ended.</summary>
    /// <returns>Whether the objects came within the time.</returns>
    public bool WaitForOutput(int count, TimeSpan limit)
    {
        using var reached = new ManualResetEventSlim();
        void OnAdded(object? sender, DataAddedEventArgs e)
        {
            if (_output.Count >= count)
            {
                reached.Set();
            }
        }

        _output.DataAdded += OnAdded;
        try
        {
            if (_output.Count < count)
            {
                WaitHandle.WaitAny([reached.WaitHandle, _call.AsyncWaitHandle], limit);
            }

            return _output.Count >= count;
        }
        finally
        {
            _output.DataAdded -= OnAdded;
        }
    }

    /// <summary>Asks the script to stop, while another thread waits for its end.</summary>
    public void RequestStop() => _shell.BeginStop(null, null);

    /// <summary>Stops the script and waits until it has stopped.</summary>
    public EngineResult Stop()
    {
        _shell.Stop();
        return Wait();
    }

    /// <summary>Waits for the end.</summary>
    public EngineResult Wait()
    {
        if (_result is not null)
        {
            return _result;
        }

        RuntimeException? failure = null;
        try
        {
            _shell.EndInvoke(_call);
        }
        catch (RuntimeException ended)
        {
            failure = ended;
        }

        return _result = new EngineResult
        {
            Output = [.. _output],
            Errors = [.. _shell.Streams.Error],
            Warnings = [.. _shell.Streams.Warning.Select(record => record.Message)],
            Verbose = [.. _shell.Streams.Verbose.Select(record => record.Message)],
            Debug = [.. _shell.Streams.Debug.Select(record => record.Message)],
            Information = [.. _shell.Streams.Information],
            Progress = [.. _shell.Streams.Progress],
            Failure = failure,
        };
    }

    /// <summary>Stops the script if it still runs, and frees it.</summary>
    public void Dispose()
    {
        _shell.Dispose();
        _output.Dispose();
        _input.Dispose();
    }
}
