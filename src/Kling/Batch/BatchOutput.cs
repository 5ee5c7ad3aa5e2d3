using Kling.Downloads;
using Kling.Journal;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Rows;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>What one invocation of New-KlingVideo writes: tasks, errors, the sum at its end. Used on the pipeline thread only.</summary>
internal sealed class BatchOutput(KlingCmdlet cmdlet, BatchState state, SpendBudget budget, VideoBatchOptions options, BatchReport report)
{
    /// <summary>Where the tasks are recorded; null until one was.</summary>
    internal TaskJournal? Journal { get; set; }

    /// <summary>Called when the batch ends early, before anything is waited for: what was not sent yet is given up.</summary>
    internal Action? Ending { get; set; }

    /// <summary>Writes a task that has come as far as was asked, and each of its failures.</summary>
    internal void Write(KlingTask task, RequestItem item, bool isSaved)
    {
        state.Close(task, item, failed: task.Errors.Any(error => !ReportedCost.IsKeptBy(error)) || !isSaved);
        WarnOfBill();
        if (isSaved && task.File is not null)
        {
            state.CountsAsFull(false);
        }

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
            // Where nothing was piped, the command itself is the target.
            state.CountFailure(target as string == cmdlet.MyInvocation.MyCommand.Name ? null : target);
        }

        if (state.IsEnded)
        {
            Tell(failure, target, task);
        }
        else if (!cmdlet.StopsOnError || !state.HasPaid)
        {
            cmdlet.WriteFailure(failure, target, task);
        }
        else
        {
            End(failure, target, delivers: false);
        }
    }

    /// <summary>Writes why a video could not be saved; where the disk refuses one after the other, nothing more is bought for it.</summary>
    internal void FailSave(Exception failure, KlingTask task, RequestItem item)
    {
        bool isFull = state.CountsAsFull(failure is DownloadException { Reason: DownloadFailure.Disk or DownloadFailure.DiskFull });
        if (isFull && !state.IsEnded)
        {
            End(failure, item.Target);
        }

        Fail(failure, item.Target, task.TaskId);
    }

    /// <summary>The record of a paid task could not be written: nothing more is bought. The task is waited for and saved all the same.</summary>
    internal void FailRecord(JournalException failure, RequestItem item)
    {
        if (!state.IsEnded)
        {
            End(failure, item.Target);
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
                state.Close(task, item, failed: true);
            }

            End(failure, item.Target);
            return;
        }

        state.Close(task, item, failed: true);
        if (task.BillingState != BillingState.NotCharged)
        {
            // A task that may cost money is never only an error: it goes down the pipeline, so that it can be waited for.
            Emit(task, item);
        }

        Fail(failure, item.Target, task.TaskId);
    }

    /// <summary>Says what came of a batch of several items. Where it ended before anything was sent, its error says all there is.</summary>
    internal void SumUp()
    {
        if (report.Items > 1 && (!state.IsEnded || state.Done + state.GoingOn > 0))
        {
            cmdlet.Say(report.Line());
        }
    }

    /// <summary>
    /// Ends the batch: nothing more is bought. What is paid is waited for and saved as was asked, and the error that carries it is thrown then.
    /// Where no answer can be had any more, or errors stop the command, the delivery ends too.
    /// </summary>
    internal void End(Exception failure, object? target) => End(failure, target, delivers: true);

    private void End(Exception failure, object? target, bool delivers)
    {
        state.End(options.Waits && delivers && failure is not KlingApiException { Category: KlingErrorCategory.Authentication or KlingErrorCategory.Connection });
        if (state.IsDelivering && state.OpenCount > 0)
        {
            cmdlet.WriteWarning($"Nothing more is bought: {failure.Message} What is paid is waited for{(options.Save is not null ? " and saved" : "")} before the command ends.");
        }

        Ending?.Invoke();
        cmdlet.FinishWork();
        foreach (OpenItem open in state.Open())
        {
            Emit(open.Task, open.Item);
        }

        SumUp();
        cmdlet.ThrowTerminatingError(ErrorCatalog.EndOfBatch(failure, target, PaidTasks(), state.Started));
    }

    /// <summary>Writes what fails while the batch ends. Its own error comes last, and must not be cut off by these.</summary>
    private void Tell(Exception failure, object? target, Guid? task)
    {
        if (!state.IsDelivering || ErrorCatalog.EndsTheBatch(failure))
        {
            return;
        }

        if (cmdlet.StopsOnError)
        {
            cmdlet.WriteWarning(failure.Message);
        }
        else
        {
            cmdlet.WriteFailure(failure, target, task);
        }
    }

    /// <summary>Says once that the service bills more than its list price.</summary>
    private void WarnOfBill()
    {
        if (budget.TakeOverrun() is Overrun bill)
        {
            string ceiling = budget.Ceiling is null ? "" : " -MaxCost counts the bill for this task, and for equal ones that follow.";
            cmdlet.WriteWarning($"Task {bill.TaskId:D} was billed {PriceText.Money(bill.Bill)}; its list price is {PriceText.Money(bill.Estimate)}.{ceiling}");
        }
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
