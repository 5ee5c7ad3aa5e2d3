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

    // In the result of one task these are about that task alone, and must not end the batch.
    private static string TaskCategory(string category) =>
        category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota ? KlingErrorCategory.Provider : category;
}
