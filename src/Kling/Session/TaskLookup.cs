using Kling.Journal;

namespace Kling.Session;

/// <summary>
/// Finds tasks for one cmdlet: what the journal knows, or a bare task that only the service can fill. Each look reads what the
/// journal's side file does not know, so tasks that come one by one through the pipeline share a reading.
/// </summary>
internal sealed class TaskLookup(TaskJournal journal, Uri endpoint)
{
    private readonly CallBatcher<Guid, JournalIndex> _records = new((ids, _) => Task.FromResult(journal.Index(ids)));

    /// <summary>Looks at tasks, each with those that others want to look at meanwhile.</summary>
    internal static CallBatcher<KlingTask, bool> SharedLooks(KlingServices services) => new(async (tasks, token) =>
    {
        await services.Poller.LookAsync(tasks, token).ConfigureAwait(false);
        return true;
    });

    /// <summary>The tasks with these ids, in that order.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal async Task<IReadOnlyList<KlingTask>> ByIdAsync(IReadOnlyList<Guid> ids, CancellationToken token)
    {
        JournalIndex records = await _records.AskAsync(ids, token).ConfigureAwait(false);
        return [.. ids.Select(id => records.Read(id) ?? KlingTask.Bare(id, endpoint.AbsoluteUri))];
    }

    /// <summary>A task as the journal knows it, which may be newer than what was piped; where that tells no more, a copy of what was.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal async Task<KlingTask> NewestAsync(KlingTask given, CancellationToken token)
    {
        JournalIndex records = await _records.AskAsync([given.TaskId], token).ConfigureAwait(false);
        return records.Read(given.TaskId) is KlingTask recorded && IsNewer(recorded, given) ? recorded : given.Snapshot();
    }

    // Of thousands of open tasks, nearly all are as they were piped: their texts need not be there twice.
    private static bool IsNewer(KlingTask recorded, KlingTask given) =>
        given.Model is null || recorded.IsTerminal || recorded.Status != given.Status || recorded.BillingState != given.BillingState
        || recorded.Videos.Count != given.Videos.Count || recorded.Errors.Count != given.Errors.Count;
}
