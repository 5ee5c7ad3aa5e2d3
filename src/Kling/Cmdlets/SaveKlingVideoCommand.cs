using System.Management.Automation;
using Kling.Binding;
using Kling.Errors;
using Kling.Models;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Downloads the videos of tasks, waiting where needed, and emits the checked files.</summary>
[Cmdlet(VerbsData.Save, "KlingVideo", DefaultParameterSetName = "Id", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveKlingVideoCommand : TaskCmdlet
{
    private volatile string? _directory;

    /// <summary>The folder to save to; it is made when it does not exist. The current location when left out.</summary>
    [Parameter(Position = 1)]
    public string OutDirectory { get; set; } = ".";

    /// <summary>Seconds to wait for each task; 1800 when left out, 0 looks once, -1 has no limit.</summary>
    [Parameter]
    [TimeoutCell]
    public decimal? Timeout { get; set; }

    /// <summary>Overwrites files that are already there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string? TargetDirectory => _directory;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KlingEngine engine = RequireEngine();
        string directory = _directory = OutDirectories.Prepare(this, OutDirectory);
        foreach (KlingTask task in ReadTasks(engine))
        {
            if (ShouldProcess(task.TaskId.ToString("D"), $"Save to {directory}"))
            {
                Track(task);
                Bridge.Start(token => SaveAsync(engine, task, directory, token));
                Bridge.Drain(3);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Bridge.Drain(0);

    private async Task SaveAsync(KlingEngine engine, KlingTask task, string directory, CancellationToken token)
    {
        try
        {
            KlingTask ended = task.IsTerminal
                ? task
                : await engine.Poller.WaitAsync(task, WaitTime.From(Timeout), token).ConfigureAwait(false);
            foreach (KlingTaskError error in ended.Errors)
            {
                Bridge.Post(() => WriteFailure(TaskFailures.For(ended, error), ended));
            }

            await VideoSaver.SaveAllAsync(engine, ended, directory, Force, file => Bridge.Post(() => WriteFile(file, ended)),
                failure => Bridge.Post(() => WriteFailure(failure, ended)), token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Bridge.Post(() => WriteFailure(failure, task));
        }

        Untrack(task);
    }

    private void WriteFile(string path, KlingTask task)
    {
        var file = new PSObject(new FileInfo(path));
        file.Properties.Add(new PSNoteProperty("Task", task.Snapshot()));
        WriteObject(file);
    }
}
