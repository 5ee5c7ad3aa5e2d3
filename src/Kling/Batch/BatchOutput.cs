using Kling.Errors;
using Kling.Journal;
using Kling.Models;
using Kling.Pipeline;
using Kling.Rows;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>What one invocation of New-KlingVideo writes: tasks, errors, the sum at its end. Used on the pipeline thread only.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="state">The invocation's items.</param>
/// <param name="budget">What it spends.</param>
internal sealed class BatchOutput(KlingCmdlet cmdlet, BatchState state, SpendBudget budget)
{
    /// <summary>Where the tasks are recorded; null until one was.</summary>
    internal TaskJournal? Journal { get; set; }

    /// <summary>Writes a task that has come as far as was asked, and each of its failures.</summary>
    internal void Write(KlingTask task, RequestItem item, bool isSaved)
    {
        state.Close(task, failed: task.Errors.Count > 0 || !isSaved);
        cmdlet.WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        foreach (KlingTaskError error in task.Errors)
        {
            Report(TaskFailures.For(task, error), item.Target);
        }
    }

    /// <summary>Counts and writes an item that never became a task.</summary>
    internal void Fail(Exception failure, object? target)
    {
        state.CountFailure();
        Report(failure, target);
    }

    /// <summary>
    /// Writes an error. Where errors stop the command (-ErrorAction Stop), what was paid is written first and is on the error.
    /// </summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="target">The input it is about.</param>
    /// <param name="task">The task it is about, if any.</param>
    internal void Report(Exception failure, object? target, Guid? task = null)
    {
        if (!cmdlet.StopsOnError || !state.HasPaid)
        {
            cmdlet.WriteFailure(failure, target, task);
        }
        else if (!state.IsEnded)
        {
            End(failure, target);
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
            cmdlet.WriteObject(RowColumns.Carry(task.Snapshot(), item.Row));
        }

        if (!state.IsEnded)
        {
            Report(failure, item.Target, task.TaskId);
        }
    }

    /// <summary>Ends the batch: lets submits on their way finish, writes what may cost money, and throws the error that carries it.</summary>
    internal void End(Exception failure, object? target)
    {
        state.End();
        cmdlet.FinishWork();
        foreach (OpenItem open in state.Open())
        {
            cmdlet.WriteObject(RowColumns.Carry(open.Task.Snapshot(), open.Item.Row));
        }

        SumUp();
        cmdlet.ThrowTerminatingError(ErrorCatalog.EndOfBatch(failure, target, PaidTasks.Of(state, Journal), state.Started));
    }
}
