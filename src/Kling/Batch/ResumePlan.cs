using Kling.Errors;
using Kling.Journal;
using Kling.Models;

namespace Kling.Batch;

/// <summary>
/// Finds what was already bought: the n-th identical item of one invocation matches the n-th recorded task that is not
/// closed. A failed or refused task is closed; its item is bought anew.
/// </summary>
internal sealed class ResumePlan
{
    private readonly JournalIndex _index;

    // Only fingerprints the journal knows are in here, so that a batch of new items leaves nothing behind.
    private readonly Dictionary<string, int> _passed;

    internal ResumePlan(JournalIndex index)
        : this(index, [])
    {
    }

    private ResumePlan(JournalIndex index, Dictionary<string, int> passed)
    {
        _index = index;
        _passed = passed;
    }

    /// <summary>The recorded task this item stands for, or null when it has to be bought.</summary>
    internal KlingTask? Take(string fingerprint)
    {
        IReadOnlyList<Guid> ids = _index.TasksOf(fingerprint);
        _passed.TryGetValue(fingerprint, out int next);
        while (next < ids.Count)
        {
            KlingTask? task = _index.Read(ids[next++]);
            _passed[fingerprint] = next;
            if (task is not null && task.Status != KlingTaskStatus.Failed)
            {
                return task;
            }
        }

        return null;
    }

    /// <summary>A plan of its own that goes on from here, for looking ahead.</summary>
    internal ResumePlan Copy() => new(_index, new Dictionary<string, int>(_passed));
}

/// <summary>The tasks of an invocation that may cost money, for the error that ends it.</summary>
internal static class PaidTasks
{
    /// <summary>What has ended, as the journal has it, then what is open. A task the journal cannot show is there with its id and states.</summary>
    internal static IReadOnlyList<KlingTask> Of(BatchState state, TaskJournal? journal)
    {
        Dictionary<Guid, KlingTask> recorded = Recorded(state, journal);
        var tasks = new List<KlingTask>(state.Paid.Count);
        foreach (ClosedTask closed in state.Paid)
        {
            KlingTask task = recorded.TryGetValue(closed.Id, out KlingTask? found) ? found : new KlingTask { TaskId = closed.Id };

            // The journal may be what failed; these are not older than what it says.
            task.Status = closed.Status;
            task.BillingState = closed.BillingState;
            tasks.Add(task);
        }

        tasks.AddRange(state.Open().Select(item => item.Task.Snapshot()));
        return tasks;
    }

    private static Dictionary<Guid, KlingTask> Recorded(BatchState state, TaskJournal? journal)
    {
        try
        {
            return state.Paid.Count == 0 || journal is null
                ? []
                : journal.Find([.. state.Paid.Select(closed => closed.Id)]).ToDictionary(task => task.TaskId);
        }
        catch (JournalException)
        {
            return [];
        }
    }
}

/// <summary>Decides whether a task id the user gave may be sent: a new one, or the same request again whose outcome is unknown.</summary>
internal static class RepeatedTask
{
    /// <summary>
    /// Takes over from the journal what is known of this id, so that the engine looks before it sends. False where the journal
    /// does not know it: another machine may have sent it, or this one before its record was removed.
    /// </summary>
    /// <exception cref="InputException">The journal knows the id with another request, or as accepted.</exception>
    internal static bool Prepare(TaskJournal journal, KlingTask task)
    {
        IReadOnlyList<KlingTask> found = journal.Find([task.TaskId]);
        if (found.Count == 0)
        {
            return false;
        }

        KlingTask known = found[0];

        string exit = $"Get-KlingTask -TaskId {task.TaskId:D}";
        if (known.Fingerprint != task.Fingerprint)
        {
            throw new InputException(ErrorCatalog.TaskIdInUse,
                $"TaskId: {task.TaskId:D} was given, which the journal knows with another request; allowed: a new id, or the same request.", exit);
        }

        if (known.BillingState is BillingState.Accepted or BillingState.Billed)
        {
            throw new InputException(ErrorCatalog.TaskIdInUse,
                $"TaskId: {task.TaskId:D} was given, which the service has already accepted ({known.Status}); allowed: a new id, or one whose outcome is unknown.", exit);
        }

        task.BillingState = known.BillingState;
        return true;
    }
}
