using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;
using Microsoft.PowerShell;

namespace Kling.Hosting;

/// <summary>One runspace of PowerShell, hosted in this process.</summary>
public sealed partial class EngineHost : IDisposable
{
    private readonly Runspace _runspace;
    private readonly PSHost _host;

    /// <summary>Opens a runspace.</summary>
    /// <exception cref="InvalidOperationException">The module could not be imported.</exception>
    public EngineHost(EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        _host = options.Host ?? new CaptureHost();

        var state = InitialSessionState.CreateDefault();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        foreach (SessionStateCommandEntry entry in options.Commands)
        {
            state.Commands.Add(entry);
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        try
        {
            if (options.Location is not null)
            {
                _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(options.Location));
            }

            if (options.ModulePath is not null)
            {
                ImportModule(options.ModulePath);
            }
        }
        catch
        {
            _runspace.Dispose();
            throw;
        }
    }

    /// <summary>The host, when it is a capturing one.</summary>
    /// <exception cref="InvalidOperationException">Another host was given.</exception>
    public CaptureHost Capture => _host as CaptureHost ?? throw new InvalidOperationException("This engine runs under a host that captures nothing.");

    /// <summary>The runspace, for what this class does not offer.</summary>
    public Runspace Runspace => _runspace;

    /// <summary>Removes the escape sequences that colour text.</summary>
    public static string StripAnsi(string text) => AnsiPattern().Replace(text, "");

    /// <summary>Imports a module by the full path of its manifest.</summary>
    /// <exception cref="InvalidOperationException">It could not be imported.</exception>
    public void ImportModule(string manifest) =>
        Run("param($manifest) Import-Module -Name $manifest -Force -ErrorAction Stop", null, new Hashtable { ["manifest"] = manifest }).Check();

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">The script's text.</param>
    /// <param name="input">Objects to pipe into it; null for none.</param>
    /// <param name="parameters">Values for its param block; null for none.</param>
    public EngineResult Run(string script, IEnumerable? input = null, IDictionary? parameters = null)
    {
        using RunningScript running = Start(script, input, parameters);
        return running.Wait();
    }

    /// <summary>Runs a script file.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="parameters">Values for its param block; null for none.</param>
    public EngineResult RunFile(string path, IDictionary? parameters = null)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddCommand(path);
        if (parameters is not null)
        {
            shell.AddParameters(parameters);
        }

        using var running = new RunningScript(shell, null);
        return running.Wait();
    }

    /// <summary>Starts a script, to be waited for or stopped.</summary>
    /// <param name="script">The script's text.</param>
    /// <param name="input">Objects to pipe into it; null for none.</param>
    /// <param name="parameters">Values for its param block; null for none.</param>
    public RunningScript Start(string script, IEnumerable? input = null, IDictionary? parameters = null)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        if (parameters is not null)
        {
            shell.AddParameters(parameters);
        }

        return new RunningScript(shell, input);
    }

    /// <summary>
    /// Runs a script as the console does, its errors among its output, and returns what a person would see, without
    /// colours. Needs a capturing host.
    /// </summary>
    public string RenderText(string script)
    {
        int start = Capture.UI.Lines.Count;
        RunConsole(script);
        return string.Join("\n", Capture.UI.Lines.Skip(start).Select(line => StripAnsi(line.Text).TrimEnd()));
    }

    /// <summary>Runs a script with its output and errors shown by the host.</summary>
    /// <returns>What ended it early; null when it ran to its end.</returns>
    public RuntimeException? RunConsole(string script)
    {
        using RunningScript running = StartConsole(script);
        return running.Wait().Failure;
    }

    /// <summary>Starts a script with its output and errors shown by the host.</summary>
    public RunningScript StartConsole(string script)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        return new RunningScript(shell, null);
    }

    /// <summary>Closes the runspace.</summary>
    public void Dispose() => _runspace.Dispose();

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;;.*?\x1b\\")]
    private static partial Regex AnsiPattern();
}
