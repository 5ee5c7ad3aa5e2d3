using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Support;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>What one submission writes into its task and the journal, at its start and at each of its ends.</summary>
internal sealed class SubmissionRecord(ITaskJournal journal, IClock clock, KlingTask task)
{
    /// <summary>Whether the task was sent before: by this machine, as far as its record tells.</summary>
    internal bool SentBefore { get; } = task.BillingState == BillingState.Unknown;

    /// <summary>Writes the intent; where that fails, nothing may be sent.</summary>
    internal void Intent()
    {
        lock (task)
        {
            // Written as Unknown: that is what it is for whoever finds this record after a crash.
            task.Status = KlingTaskStatus.Submitting;
            task.BillingState = BillingState.Unknown;
            task.Errors = [];
            task.CompletedAt = null;
        }

        try
        {
            journal.Append(JournalEvent.Intent, task);
        }
        catch
        {
            SetStates(SentBefore ? KlingTaskStatus.Unknown : KlingTaskStatus.Failed, SentBefore ? BillingState.Unknown : BillingState.NotCharged);
            throw;
        }
    }

    /// <summary>The service has the task.</summary>
    internal void Accept()
    {
        lock (task)
        {
            task.Status = KlingTaskStatus.Processing;
            task.BillingState = BillingState.Accepted;
            task.SubmittedAt = clock.UtcNow;
            task.Errors = [];
        }

        journal.Append(JournalEvent.Accepted, task);
    }

    /// <summary>Every attempt is accounted for, and none was accepted.</summary>
    internal KlingApiException NotCharged(KlingErrorCategory category, string what, ApiReply? reply)
    {
        lock (task)
        {
            task.Status = KlingTaskStatus.Failed;
            task.BillingState = BillingState.NotCharged;
            task.Errors = [.. reply?.Errors ?? []];
            task.CompletedAt = clock.UtcNow;
        }

        Exception? inner = reply is { BodyChanged: true } ? new BodyChangedException(SubmitErrors.Reason(reply)) : null;
        return SubmitErrors.NotCharged(task.TaskId, category, what, reply, TryAppend(JournalEvent.NotCharged) ?? inner);
    }

    /// <summary>It could not be found out.</summary>
    internal KlingApiException Unknown(KlingErrorCategory category, ApiReply? reply)
    {
        SetStates(KlingTaskStatus.Unknown, BillingState.Unknown);
        return SubmitErrors.Unknown(task.TaskId, category, reply, TryAppend(JournalEvent.Unknown));
    }

    /// <summary>Leaves on cancellation: the record stays an open intent, unless every attempt so far provably came to nothing.</summary>
    internal void Abandon(bool mayBeCharged)
    {
        if (mayBeCharged)
        {
            SetStates(KlingTaskStatus.Unknown, BillingState.Unknown);
            return;
        }

        SetStates(KlingTaskStatus.Failed, BillingState.NotCharged);
        TryAppend(JournalEvent.NotCharged);
    }

    private void SetStates(KlingTaskStatus status, BillingState billing)
    {
        lock (task)
        {
            task.Status = status;
            task.BillingState = billing;
        }
    }

    /// <summary>Records an end that loses nothing if it stays unrecorded: the open intent reads as Unknown, the careful side.</summary>
    private JournalException? TryAppend(JournalEvent what)
    {
        try
        {
            journal.Append(what, task);
            return null;
        }
        catch (JournalException failure)
        {
            return failure;
        }
    }
}
