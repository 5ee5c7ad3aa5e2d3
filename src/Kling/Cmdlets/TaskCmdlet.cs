using System.Management.Automation;
using Kling.Errors;
using Kling.Models;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>The cmdlets that take tasks from the pipeline or by id.</summary>
public abstract class TaskCmdlet : KlingCmdlet
{
    private readonly List<KlingTask> _open = [];

    /// <summary>Tasks, as New-KlingVideo emitted them.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Task", Mandatory = true)]
    public KlingTask[] Task { get; set; } = [];

    /// <summary>Ids of tasks, also of other sessions and machines.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Id", Mandatory = true)]
    [Alias("Id", "TaskUUID")]
    public Guid[] TaskId { get; set; } = [];

    /// <summary>The tasks of this record, as this process knows them best.</summary>
    private protected IEnumerable<KlingTask> ReadTasks(KlingEngine engine)
    {
        IEnumerable<KlingTask> given = ParameterSetName == "Id" ? TaskId.Select(id => KlingSession.Recall(id, engine.Api.Endpoint)) : Task;
        foreach (KlingTask task in given)
        {
            if (task.Endpoint is not null && task.Endpoint != engine.Api.Endpoint.AbsoluteUri)
            {
                WriteFailure(new InputException(ErrorCatalog.InvalidRequest,
                    $"Task: {task.TaskId:D} lives at {task.Endpoint}, and this session is connected to {engine.Api.Endpoint.AbsoluteUri}; allowed: tasks of the connected service.",
                    "Get-KlingConnection"), task);
                continue;
            }

            yield return task;
        }
    }

    /// <summary>The connected engine; ends the cmdlet where there is none.</summary>
    private protected KlingEngine RequireEngine()
    {
        try
        {
            return KlingSession.Engine();
        }
        catch (InputException failure)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, null));
            throw;
        }
    }

    /// <summary>Writes a finished task, and each of its failures once.</summary>
    private protected void WriteTask(KlingTask task)
    {
        WriteObject(task);
        foreach (KlingTaskError error in task.Errors)
        {
            WriteFailure(TaskFailures.For(task, error), task);
        }
    }

    /// <summary>Work that is open now, named if the user stops the cmdlet.</summary>
    private protected void Track(KlingTask task)
    {
        lock (_open)
        {
            _open.Add(task);
        }
    }

    private protected void Untrack(KlingTask task)
    {
        lock (_open)
        {
            _open.Remove(task);
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        lock (_open)
        {
            DetachNotice.Show(Host, _open);
        }
    }
}
