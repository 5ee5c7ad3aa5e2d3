using Kling.Models;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>The texts of failed submits: what happened, what it means for the money, and the way on.</summary>
internal static class SubmitErrors
{
    internal static KlingApiException Unknown(Guid taskId, KlingErrorCategory category, ApiReply? reply, Exception? inner) =>
        new($"It could not be found out whether the service accepted task {taskId:D} ({Reason(reply)}); it may be charged. {Exits(taskId)}",
            category, BillingState.Unknown, inner)
        {
            TaskId = taskId,
            Errors = reply?.Errors ?? [],
            HttpStatus = reply?.HttpStatus,
        };

    internal static KlingApiException NotCharged(Guid taskId, KlingErrorCategory category, string what, ApiReply? reply, Exception? inner) =>
        new($"{what} Nothing was charged.", category, BillingState.NotCharged, inner)
        {
            TaskId = taskId,
            Errors = reply?.Errors ?? [],
            HttpStatus = reply?.HttpStatus,
        };

    /// <summary>The ways out of an unknown outcome, ready to paste.</summary>
    internal static string Exits(Guid taskId) =>
        $"Get-KlingTask -TaskId {taskId:D} looks again; New-KlingVideo … -TaskId {taskId:D} sends the same id again; Remove-KlingTask -TaskId {taskId:D} gives it up.";

    /// <summary>What a reply says went wrong, in a few words.</summary>
    internal static string Reason(ApiReply? reply) => reply switch
    {
        null => "no reply",
        { Errors.Count: > 0 } => string.Join("; ", reply.Errors.Select(error => error.ToString().TrimEnd('.')).Distinct().Take(3)),
        { Fault: string fault } => fault,
        { HttpStatus: int status } => FormattableString.Invariant($"HTTP {status}"),
        _ => "no reply",
    };

    /// <summary>The category of what a reply says went wrong.</summary>
    internal static KlingErrorCategory CategoryOf(ApiReply? reply) => reply switch
    {
        { Errors.Count: > 0 } => reply.Errors[0].Category,
        { Outcome: ApiOutcome.Envelope } => KlingErrorCategory.Unknown,
        { HttpStatus: >= 500 } => KlingErrorCategory.Server,
        _ => KlingErrorCategory.Connection,
    };
}

/// <summary>The exceptions of looks; a look costs nothing, so they carry the billing state the tasks had before.</summary>
internal static class LookFailures
{
    /// <summary>A look that got no answer at all.</summary>
    internal static KlingApiException NoAnswer(IReadOnlyList<KlingTask> tasks, ApiReply reply) =>
        new($"The service could not be asked about {Named(tasks)} ({SubmitErrors.Reason(reply)}); what is known is unchanged.", Category(reply), Common(tasks))
        {
            TaskId = tasks.Count == 1 ? tasks[0].TaskId : null,
            Errors = reply.Errors,
            HttpStatus = reply.HttpStatus,
        };

    /// <summary>A task that the service says it does not know, though it was asked for long enough.</summary>
    internal static KlingApiException NotFound(KlingTask task)
    {
        string way = task.Model is null
            ? $"Check the id and the endpoint; Get-KlingTask -TaskId {task.TaskId:D} looks again."
            : SubmitErrors.Exits(task.TaskId);
        return new KlingApiException($"The service does not know task {task.TaskId:D}, and whether it ever did could not be found out. {way}",
            KlingErrorCategory.NotFound, BillingState.Unknown)
        {
            TaskId = task.TaskId,
        };
    }

    private static string Named(IReadOnlyList<KlingTask> tasks) =>
        tasks.Count == 1 ? $"task {tasks[0].TaskId:D}" : FormattableString.Invariant($"{tasks.Count} tasks");

    private static BillingState Common(IReadOnlyList<KlingTask> tasks) =>
        tasks.All(task => task.BillingState == tasks[0].BillingState) ? tasks[0].BillingState : BillingState.Unknown;

    /// <summary>What kind of failure a reply without an answer is.</summary>
    internal static KlingErrorCategory Category(ApiReply reply)
    {
        if (reply.Errors.Count > 0 && reply.Errors[0].Category != KlingErrorCategory.Unknown)
        {
            return reply.Errors[0].Category;
        }

        return reply.HttpStatus switch
        {
            401 or 403 => KlingErrorCategory.Authentication,
            402 => KlingErrorCategory.Quota,
            408 => KlingErrorCategory.Timeout,
            429 => KlingErrorCategory.RateLimit,
            >= 500 => KlingErrorCategory.Server,
            null => KlingErrorCategory.Connection,
            _ => KlingErrorCategory.Protocol,
        };
    }
}
