using Kling.Models;
using Kling.Wire;

namespace Kling.Submit;

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
