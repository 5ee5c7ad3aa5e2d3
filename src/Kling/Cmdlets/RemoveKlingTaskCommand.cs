using Kling.Binding;
using Kling.Journal;
using Kling.Pipeline;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Forgets tasks on this machine. It changes nothing at the service, cancels nothing and refunds nothing.</summary>
[Cmdlet(VerbsCommon.Remove, "KlingTask", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveKlingTaskCommand : KlingCmdlet
{
    /// <summary>The tasks to forget: by their ids, the first 8 digits or more of them, or saved videos or their sidecars.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, Mandatory = true)]
    [Alias("Id", "TaskUUID")]
    [TaskIdCell]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>Asks no question.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        TaskJournal journal = KlingSession.OpenJournal();
        Guid[] ids = new TaskNames(SessionState.Path, () => journal).Find(TaskId, (failure, name) => WriteFailure(failure, name));
        var known = journal.Find(ids).ToDictionary(task => task.TaskId);
        WarnOfDamage(journal);
        foreach (Guid id in ids)
        {
            if (!known.TryGetValue(id, out KlingTask? task))
            {
                WriteFailure(new InputException(ErrorCatalog.TaskUnknown, $"TaskId: {id:D} was given, which this machine's journal does not hold."), id);
            }
            else if (Force || ShouldProcess($"{id:D} ({task.Status}, billing {task.BillingState}, {task.Image})", "Forget the task; nothing changes at the service"))
            {
                journal.Append(JournalEvent.Removed, task);
            }
        }
    });
}
