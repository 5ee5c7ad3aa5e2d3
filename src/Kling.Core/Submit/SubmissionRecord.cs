using Kling.Journal;

namespace Kling.Submit;

/// <summary>What a submission writes into its task and into the journal.</summary>
/// <param name="journal">The journal.</param>
/// <param name="task">The task.</param>
/// <param name="claim">Records the intent, or returns the task that was bought instead; null where the journal alone records it.</param>
internal sealed class SubmissionRecord(ITaskJournal journal, KlingTask task, Func<KlingTask, KlingTask?>? claim)
{
    private readonly bool _sentBefore = task.BillingState == BillingState.Unknown;
    private bool _isBegun;

    /// <summary>Writes the intent once; where that fails, or another task was bought instead, nothing may be sent.</summary>
    /// <param name="mayYield">Whether another task may take its place. One that the service has keeps it.</param>
    internal KlingTask? Begin(bool mayYield = true)
    {
        if (_isBegun)
        {
            return null;
        }

        // Written as Unknown: that is what it is for whoever finds this record after a crash.
        Set(KlingTaskStatus.Submitting, BillingState.Unknown);
        try
        {
            KlingTask? other = null;
            if (mayYield && claim is not null)
            {
                other = claim(task);
            }
            else
            {
                journal.Append(JournalEvent.Intent, task);
            }

            _isBegun = other is null;
            return other;
        }
        finally
        {
            if (!_isBegun)
            {
                Set(_sentBefore ? KlingTaskStatus.Unknown : KlingTaskStatus.Failed, _sentBefore ? BillingState.Unknown : BillingState.NotCharged);
            }
        }
    }

    /// <summary>Changes the states of the task. Its errors are replaced.</summary>
    internal void Set(
        string status, string billing, IReadOnlyList<KlingTaskError>? errors = null,
        DateTimeOffset? submittedAt = null, DateTimeOffset? completedAt = null)
    {
        lock (task)
        {
            task.Status = status;
            task.BillingState = billing;
            task.Errors = [.. errors ?? []];
            task.SubmittedAt = submittedAt ?? task.SubmittedAt;
            task.CompletedAt = completedAt;
        }
    }

    /// <summary>Records an end. Nothing is lost where that fails: an open intent reads as Unknown, the careful side.</summary>
    internal JournalException? TryEnd(JournalEvent journalEvent)
    {
        try
        {
            if (_isBegun)
            {
                journal.Append(journalEvent, task);
            }

            return null;
        }
        catch (JournalException failure)
        {
            return failure;
        }
    }
}
