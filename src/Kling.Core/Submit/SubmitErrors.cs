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
