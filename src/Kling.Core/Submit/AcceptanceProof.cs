using Kling.Models;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>
/// Reads from a look whether the service took a task we sent and got no answer for. <c>processing</c> alone proves nothing
/// (it is answered for ids never submitted: protocol note, getResponse), and neither does a not-found.
/// </summary>
internal static class AcceptanceProof
{
    /// <summary>Whether the reply proves it. Only for ids that we sent: a conflict proves an earlier submit, whoever made it.</summary>
    internal static bool IsIn(ApiReply reply, Guid taskId) =>
        reply.Items.Any(item => item.TaskId == taskId && ReplyReading.IsFinished(item))
        || reply.Errors.Any(error => ReplyReading.IsFailureOf(reply, error, taskId) || (error.TaskId == taskId && IsConflict(error, taskId)))
        || (reply.Stored is StoredReply stored && IsIn(stored, taskId));

    private static bool IsIn(StoredReply stored, Guid taskId)
    {
        if (stored.Items.Any(item => (item.TaskId is null || item.TaskId == taskId) && item.Video is not null)
            || stored.Errors.Any(error => IsConflict(error, taskId)))
        {
            return true;
        }

        // The archive keeps refused requests too; one that holds our request with its refusal proves no acceptance.
        return stored.HasRequest(taskId) && !stored.Errors.Any(IsRefusal);
    }

    private static bool IsConflict(KlingTaskError error, Guid taskId) =>
        error.Category == KlingErrorCategory.Conflict && (error.TaskId is null || error.TaskId == taskId);

    private static bool IsRefusal(KlingTaskError error) =>
        error.Category is KlingErrorCategory.Validation or KlingErrorCategory.Quota or KlingErrorCategory.Authentication or KlingErrorCategory.RateLimit;
}
