using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// What webhook bodies claim of tasks. Each call of the service reports one result of a task (protocol note, webhooks), so the bodies
/// given to one instance add up. Nothing proves who sent a body, so nothing of this is ever recorded.
/// </summary>
/// <param name="clock">Tells when a body was read.</param>
public sealed class WebhookTasks(IClock clock)
{
    private readonly Dictionary<Guid, KlingTask> _tasks = [];

    /// <summary>The tasks that a body names, in its order.</summary>
    /// <param name="body">A body as <see cref="WebhookReader"/> read it.</param>
    public static IReadOnlyList<Guid> IdsOf(ApiReply body) =>
        [.. body.Items.Select(item => item.TaskId).Concat(body.Errors.Select(error => error.TaskId)).OfType<Guid>().Distinct()];

    /// <summary>The tasks that a body names, with what it claims of them, in its order.</summary>
    /// <param name="body">A body as <see cref="WebhookReader"/> read it.</param>
    public IReadOnlyList<KlingTask> Claims(ApiReply body) => [.. IdsOf(body).Select(id =>
    {
        if (!_tasks.TryGetValue(id, out KlingTask? task))
        {
            _tasks.Add(id, task = KlingTask.Bare(id, null));
        }

        TaskState.Apply(task, body, clock.UtcNow);
        return task.Snapshot();
    })];
}
