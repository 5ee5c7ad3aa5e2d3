using Kling.Journal;

namespace Kling.Batch;

/// <summary>Decides whether a task id the user gave may be sent: a new one, or the same request again whose outcome is unknown.</summary>
internal static class RepeatedTask
{
    /// <summary>
    /// Gives the task the billing state that the journal knows for its id. Another machine may have sent an id that it does not know, or this
    /// one, and its record was removed.
    /// </summary>
    /// <exception cref="InputException">The journal knows the id with another request, or as accepted.</exception>
    internal static void Prepare(TaskJournal journal, KlingTask task)
    {
        IReadOnlyList<KlingTask> found = journal.Find([task.TaskId]);
        if (found.Count == 0)
        {
            return;
        }

        KlingTask known = found[0];
        CommandLine look = $"Get-KlingTask -TaskId {task.TaskId}";
        if (known.Fingerprint != task.Fingerprint)
        {
            throw new InputException(ErrorCatalog.TaskIdInUse,
                $"TaskId: {task.TaskId:D} was given, which the journal knows with another request; allowed: a new id, or the same request.", look);
        }

        if (known.BillingState is BillingState.Accepted or BillingState.Billed || known is { IsTerminal: true, IsRefused: false })
        {
            throw new InputException(ErrorCatalog.TaskIdInUse,
                $"TaskId: {task.TaskId:D} was given, which the service has already accepted ({known.Status}); allowed: a new id, or one whose outcome is unknown.",
                look);
        }

        task.BillingState = known.BillingState;
    }
}
