using Kling.Journal;
using Kling.Models;

namespace Kling.Batch;

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
