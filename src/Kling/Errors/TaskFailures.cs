namespace Kling.Errors;

/// <summary>Puts one failure of a task into an exception that names the task and its money.</summary>
internal static class TaskFailures
{
    internal static KlingApiException For(KlingTask task, KlingTaskError error) =>
        new($"Task {task.TaskId:D}: {error} (billing: {task.BillingState})", TaskCategory(error.Category), task.BillingState)
        {
            TaskId = task.TaskId,
            Errors = [error],
            Tasks = [task],
        };

    /// <summary>Nobody could tell whether the service has the task. The message names both ways out.</summary>
    internal static KlingApiException StillUnknown(KlingTask task) =>
        new($"It could not be found out whether the service accepted task {task.TaskId:D}; it may be charged. "
            + $"New-KlingVideo … -TaskId {task.TaskId:D} sends the same id again; Remove-KlingTask -TaskId {task.TaskId:D} gives it up.",
            KlingErrorCategory.Unknown, BillingState.Unknown)
        {
            TaskId = task.TaskId,
        };

    // In the result of one task these are about that task alone, and must not end the batch.
    private static KlingErrorCategory TaskCategory(KlingErrorCategory category) =>
        category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota ? KlingErrorCategory.Provider : category;
}
