using Kling.Journal;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// Turns webhook bodies into tasks. Each call of the service reports one result of a task (protocol note, webhooks), so the
/// bodies given to one instance add up. They start from what the journal knows of a task, and changes are recorded there.
/// </summary>
/// <param name="journal">This machine's record; null when it is not to be used.</param>
/// <param name="endpoint">The API address of tasks that the journal does not know; null when it is not known.</param>
/// <param name="clock">Tells when a body was read.</param>
public sealed class WebhookTasks(TaskJournal? journal, Uri? endpoint, IClock clock)
{
    private readonly Dictionary<Guid, KlingTask> _tasks = [];
    private readonly HashSet<Guid> _recorded = [];

    /// <summary>The first change that could not be recorded; the change itself is in the task.</summary>
    public JournalException? JournalFault { get; private set; }

    /// <summary>The tasks that a body names, with what it says of them, in its order.</summary>
    /// <param name="body">A body as <see cref="WebhookReader"/> read it.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public IReadOnlyList<KlingTask> Take(ApiReply body)
    {
        Guid[] ids = [.. body.Items.Select(item => item.TaskId).Concat(body.Errors.Select(error => error.TaskId)).OfType<Guid>().Distinct()];
        Load([.. ids.Where(id => !_tasks.ContainsKey(id))]);
        return [.. ids.Select(id => Apply(_tasks[id], body))];
    }

    private void Load(Guid[] ids)
    {
        foreach (KlingTask known in journal?.Find(ids) ?? [])
        {
            _tasks[known.TaskId] = known;
            _recorded.Add(known.TaskId);
        }

        foreach (Guid id in ids.Where(id => !_tasks.ContainsKey(id)))
        {
            _tasks[id] = KlingTask.Bare(id, endpoint?.AbsoluteUri);
        }
    }

    private KlingTask Apply(KlingTask task, ApiReply body)
    {
        try
        {
            if (TaskState.Apply(task, body, clock.UtcNow) && _recorded.Contains(task.TaskId))
            {
                journal!.Append(task.IsTerminal ? JournalEvent.Ended : JournalEvent.Progress, task);
            }
        }
        catch (JournalException failure)
        {
            JournalFault ??= failure;
        }

        return task.Snapshot();
    }
}
