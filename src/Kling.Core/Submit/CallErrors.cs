using Kling.Wire;

namespace Kling.Submit;

/// <summary>The exceptions of failed calls and their texts: what happened, what it means for the money, and what to do next.</summary>
internal static class CallErrors
{
    /// <summary>The exception of a call, with what its reply told.</summary>
    internal static KlingApiException Of(
        string message, string category, string billing, ApiReply? reply, Guid? taskId = null, Exception? inner = null) =>
        new(message, category, billing, inner)
        {
            TaskId = taskId,
            Errors = reply?.Errors ?? [],
            HttpStatus = reply?.HttpStatus,
        };

    /// <summary>An unpaid call failed. The message says what could not be done, and the last reply tells why. A refused key would fail every call alike.</summary>
    internal static KlingApiException Unpaid(string message, ApiReply reply)
    {
        string category = ErrorCategorizer.OfFailedCall(reply);
        return Of(category == KlingErrorCategory.Authentication
            ? $"{KeyRefused(reply)} Nothing was charged."
            : $"{message} ({Reason(reply).TrimEnd('.')}). The call is free: nothing was charged.", category, BillingState.NotCharged, reply);
    }

    /// <summary>The service refused the key, whatever was asked.</summary>
    internal static string KeyRefused(ApiReply reply) => $"The service refused the key ({Reason(reply).TrimEnd('.')}).";

    /// <summary>A look got no answer at all. It costs nothing, so the billing state is the one the tasks had before.</summary>
    internal static KlingApiException NoAnswer(IReadOnlyList<KlingTask> tasks, ApiReply reply)
    {
        string named = tasks.Count == 1 ? $"task {tasks[0].TaskId:D}" : FormattableString.Invariant($"{tasks.Count} tasks");
        string billing = tasks.All(task => task.BillingState == tasks[0].BillingState) ? tasks[0].BillingState : BillingState.Unknown;
        return Of($"The service could not be asked about {named} ({Reason(reply)}); what is known is unchanged.",
            ErrorCategorizer.OfFailedCall(reply), billing, reply, tasks.Count == 1 ? tasks[0].TaskId : null);
    }

    /// <summary>The service says that it does not know a task, though it was asked for long enough.</summary>
    internal static KlingApiException NotFound(KlingTask task)
    {
        return Of($"The service does not know task {task.TaskId:D}, and whether it ever did could not be found out.{Ways(task)}",
            KlingErrorCategory.NotFound, BillingState.Unknown, null, task.TaskId);
    }

    /// <summary>The service shows no more of a task than of an id that was never submitted, and its archive does not hold it.</summary>
    internal static KlingApiException NotShown(KlingTask task)
    {
        return Of($"Nothing shows that the service has task {task.TaskId:D}: its archive does not hold it, and a look says no more than of an id that was never "
            + $"submitted.{(task.Model is null ? "" : " A task that it took would have ended by now.")}{Ways(task)}",
            KlingErrorCategory.NotFound, BillingState.Unknown, null, task.TaskId);
    }

    /// <summary>The service had a task and keeps saying that it does not know it.</summary>
    internal static KlingApiException Forgotten(KlingTask task) => Of(
        $"The service does not know task {task.TaskId:D} any more, though it had accepted it (billing: {task.BillingState}). {GiveUp(task.TaskId)}",
        KlingErrorCategory.NotFound, task.BillingState, null, task.TaskId);

    /// <summary>The way out of a task that the service had accepted and has forgotten.</summary>
    internal static string GiveUp(Guid taskId) => $"Remove-KlingTask -TaskId {taskId:D} gives it up; New-KlingVideo -Resume then buys it anew.";

    /// <summary>The two ways out of a task whose outcome stays unknown. Looking and waiting again is what the error recommends.</summary>
    internal static string NextSteps(Guid taskId) =>
        $"New-KlingVideo … -TaskId {taskId:D} sends the same id again; Remove-KlingTask -TaskId {taskId:D} gives it up.";

    // The request of a task of another machine is not known here, so it cannot be sent again; its id was typed.
    private static string Ways(KlingTask task) => task.Model is null ? " Check the id and the endpoint." : " " + NextSteps(task.TaskId);

    /// <summary>What a reply says went wrong, in a few words.</summary>
    internal static string Reason(ApiReply? reply) => reply switch
    {
        null => "no reply",
        { Errors.Count: > 0 } => string.Join("; ", reply.Errors.Select(error => error.ToString().TrimEnd('.')).Distinct().Take(3)),
        { Fault: string fault } => fault,
        { HttpStatus: int status } => FormattableString.Invariant($"HTTP {status}"),
        _ => "no reply",
    };
}
