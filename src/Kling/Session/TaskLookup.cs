using Kling.Journal;
using Kling.Models;

namespace Kling.Session;

/// <summary>Finds tasks by id: what the journal knows, or a bare task that only the service can fill.</summary>
internal static class TaskLookup
{
    internal static IReadOnlyList<KlingTask> ById(TaskJournal journal, Uri endpoint, IReadOnlyCollection<Guid> ids)
    {
        var known = new Dictionary<Guid, KlingTask>();
        foreach (KlingTask task in journal.Find(ids))
        {
            known[task.TaskId] = task;
        }

        return [.. ids.Distinct().Select(id => known.TryGetValue(id, out KlingTask task) ? task : Foreign(id, endpoint))];
    }

    /// <summary>The tasks as the journal knows them; where it holds none of that id, as they were given.</summary>
    internal static IReadOnlyList<KlingTask> Newest(TaskJournal journal, IReadOnlyCollection<KlingTask> tasks)
    {
        var known = journal.Find([.. tasks.Select(task => task.TaskId)]).ToDictionary(task => task.TaskId);
        return [.. tasks.Select(task => known.TryGetValue(task.TaskId, out KlingTask recorded) ? recorded : task)];
    }

    private static KlingTask Foreign(Guid id, Uri endpoint) => new()
    {
        TaskId = id,
        Status = KlingTaskStatus.Unknown,
        BillingState = BillingState.Unknown,
        Endpoint = endpoint.AbsoluteUri,
    };
}
