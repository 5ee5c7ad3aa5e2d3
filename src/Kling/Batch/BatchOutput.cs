using Kling.Journal;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Rows;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>What one invocation of New-KlingVideo writes: tasks, errors, the sum at its end. Used on the pipeline thread only.</summary>
internal sealed class BatchOutput(KlingCmdlet cmdlet, BatchState state, SpendBudget budget)
{
    /// <summary>Where the tasks are recorded; null until one was.</summary>
    internal TaskJournal? Journal { get; set; }

    /// <summary>Called when the batch ends early, before anything is waited for: what was not sent yet is given up.</summary>
    internal Action? Ending { get; set; }

    /// <summary>Writes a task that has come as far as was asked, and each of its failures.</summary>
    internal void Write(KlingTask task, RequestItem item, bool isSaved)
    {
        state.Close(task, failed: task.Errors.Any(error => !ReportedCost.IsKeptBy(error)) || !isSaved);
        Emit(task, item);
        foreach (KlingTaskError error in task.Errors)
        {
            Fail(TaskFailures.For(task, error), item.Target, task.TaskId);
        }
    }

    /// <summary>
    /// Writes an error. Without a task the item never became one, and is counted as failed. Where errors stop the command
    /// (-ErrorAction Stop), what was paid is written first and is on the error.
    /// </summary>
    internal void Fail(Exception failure, object? target, Guid? task = null)
    {
        if (task is null)
        {
            state.CountFailure();
        }

        if (!cmdlet.StopsOnError || !state.HasPaid)
        {
            cmdlet.WriteFailure(failure, target, task);
        }
        else if (!state.IsEnded)
        {
            End(failure, target);
        }
    }

    /// <summary>Writes what went wrong with a task; ends the batch where the next items would fare the same.</summary>
    internal void FailTask(Exception failure, KlingTask task, RequestItem item)
    {
        budget.Settle(task);
        bool dead = failure is KlingApiException { Category: KlingErrorCategory.Connection, BillingState: BillingState.NotCharged };
        if (!state.IsEnded && (ErrorCatalog.EndsTheBatch(failure) || state.CountsAsDead(dead)))
        {
            if (task.BillingState == BillingState.NotCharged)
            {
                state.Close(task, failed: true);
            }

            End(failure, item.Target);
            return;
        }

        state.Close(task, failed: true);
        if (task.BillingState != BillingState.NotCharged)
        {
            // A task that may cost money is never only an error: it goes down the pipeline, so that it can be waited for.
            Emit(task, item);
        }

        if (!state.IsEnded)
        {
            Fail(failure, item.Target, task.TaskId);
        }
    }

    /// <summary>Writes one summary line when something failed in a batch of several items.</summary>
    internal void SumUp()
    {
        if (state.AnyFailure && (cmdlet.MyInvocation.ExpectingInput || state.Items > 1))
        {
            cmdlet.WriteWarning(state.Summary());
        }
    }

    /// <summary>Ends the batch: lets submits on their way finish, writes what may cost money, and throws the error that carries it.</summary>
    internal void End(Exception failure, object? target)
    {
        state.End();
        Ending?.Invoke();
        cmdlet.FinishWork();
        foreach (OpenItem open in state.Open())
        {
            Emit(open.Task, open.Item);
        }

        SumUp();
        cmdlet.ThrowTerminatingError(ErrorCatalog.EndOfBatch(failure, target, PaidTasks(), state.Started));
    }

    private void Emit(KlingTask task, RequestItem item) => cmdlet.WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));

    /// <summary>
    /// The tasks that may cost money: what has ended, as the journal has it, then what is open. Of a task that the journal cannot show,
    /// only id and states are known.
    /// </summary>
    private List<KlingTask> PaidTasks()
    {
        Dictionary<Guid, KlingTask> recorded = RecordedTasks();
        var tasks = new List<KlingTask>(state.Paid.Count);
        foreach (ClosedTask closed in state.Paid)
        {
            KlingTask task = recorded.TryGetValue(closed.Id, out KlingTask? found) ? found : new KlingTask { TaskId = closed.Id };

            // The journal may be what failed; these are never older than what it says.
            task.Status = closed.Status;
            task.BillingState = closed.BillingState;
            tasks.Add(task);
        }

        tasks.AddRange(state.Open().Select(item => item.Task.Snapshot()));
        return tasks;
    }

    private Dictionary<Guid, KlingTask> RecordedTasks()
    {
        try
        {
            return state.Paid.Count == 0 || Journal is null
                ? []
                : Journal.Find([.. state.Paid.Select(closed => closed.Id)]).ToDictionary(task => task.TaskId);
        }
        catch (JournalException)
        {
            return [];
        }
    }
}
