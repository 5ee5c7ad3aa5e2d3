using Kling.Journal;
using Kling.Models;
using Kling.Support;

namespace Kling.Session;

/// <summary>
/// Finds tasks for one cmdlet: what the journal knows, or a bare task that only the service can fill. The journal is read from its start each
/// time, so tasks that come one by one through the pipeline share a reading.
/// </summary>
internal sealed class TaskLookup(TaskJournal journal, Uri endpoint)
{
    private readonly SharedCall<Guid, Dictionary<Guid, KlingTask>> _records = new((ids, _) => Task.FromResult(journal.Find(ids).ToDictionary(task => task.TaskId)));

    /// <summary>The tasks with these ids, each once, in that order; objects of the caller's own.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal async Task<IReadOnlyList<KlingTask>> ByIdAsync(IReadOnlyCollection<Guid> ids, CancellationToken token)
    {
        Dictionary<Guid, KlingTask> known = await _records.AskAsync(ids, token).ConfigureAwait(false);
        return [.. ids.Distinct().Select(id => known.TryGetValue(id, out KlingTask task) ? task.Snapshot() : Foreign(id, endpoint))];
    }

    /// <summary>The task as the journal knows it, which may be newer than what was piped; where it holds none of that id, as it was given.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal async Task<KlingTask> NewestAsync(KlingTask given, CancellationToken token)
    {
        Dictionary<Guid, KlingTask> known = await _records.AskAsync([given.TaskId], token).ConfigureAwait(false);
        return known.TryGetValue(given.TaskId, out KlingTask task) ? task.Snapshot() : given;
    }

    /// <summary>A task of which nothing is known but its id.</summary>
    internal static KlingTask Foreign(Guid id, Uri endpoint) => new()
    {
        TaskId = id,
        Status = KlingTaskStatus.Unknown,
        BillingState = BillingState.Unknown,
        Endpoint = endpoint.AbsoluteUri,
    };
}
