using System.Management.Automation;
using Kling.Binding;
using Kling.Models;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Waits for tasks and emits each as it ends. Stopping leaves the tasks running at the service.</summary>
[Cmdlet(VerbsLifecycle.Wait, "KlingTask", DefaultParameterSetName = TaskSet)]
[OutputType(typeof(KlingTask))]
public sealed class WaitKlingTaskCommand : TaskCmdlet
{
    /// <summary>Seconds to wait for each task, counted from the call; 1800 when left out, 0 looks once, -1 has no limit.</summary>
    [Parameter]
    [TimeoutCell]
    public decimal? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        KlingServices services = KlingSession.Services();
        foreach (KlingTask task in GivenTasks(services))
        {
            Track(task);
            Bridge.Start(token => WaitAsync(services, task, token));
        }

        Bridge.Drain(int.MaxValue);
    });

    private protected override string Activity => "Waiting for Kling tasks";

    private async Task WaitAsync(KlingServices services, KlingTask given, CancellationToken token)
    {
        KlingTask task = given;
        try
        {
            // What was piped may be older than what another command has seen since.
            task = await NewestAsync(given, token).ConfigureAwait(false);
            KlingTask ended = task.IsTerminal
                ? task
                : await services.Poller.WaitAsync(task, WaitTime.From(Timeout), token).ConfigureAwait(false);
            Bridge.Post(() => WriteTask(ended.Snapshot()));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Bridge.Post(() => WriteFailure(failure, task));
        }

        Bridge.Post(() => WriteUnrecorded(services));
        Untrack(task);
    }
}
