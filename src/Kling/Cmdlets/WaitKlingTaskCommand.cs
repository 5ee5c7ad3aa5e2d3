using Kling.Binding;
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
            Start(services, task, readsJournal: true, Timeout);
        }

        Bridge.Drain(int.MaxValue);
    });

    private protected override Task<bool> FinishAsync(KlingServices services, KlingTask ended, CancellationToken token)
    {
        KlingTask result = ended.Snapshot();
        Bridge.Post(() =>
        {
            WriteObject(result);
            WriteErrors(result);
        });
        return System.Threading.Tasks.Task.FromResult(true);
    }

    private protected override string Activity => "Waiting for Kling tasks";

    private protected override string DoneWord => "done";
}
