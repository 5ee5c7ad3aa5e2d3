using Kling.Models;

namespace Kling.Wire;

/// <summary>
/// Tells an error of a call from an error of a task (protocol note, errors and getResponse): the first says nothing about
/// any task, whatever id it names.
/// </summary>
internal static class ReplyReading
{
    /// <summary>Whether the HTTP status speaks of the call alone: key, credit, pace, the service's own faults.</summary>
    internal static bool HasCallStatus(ApiReply reply) => reply.HttpStatus is 401 or 402 or 403 or 407 or 408 or 429 or >= 500;

    /// <summary>Whether the service answered the question; only then can a missing task mean anything.</summary>
    internal static bool IsAnswered(ApiReply reply) =>
        reply.Outcome == ApiOutcome.Envelope && !HasCallStatus(reply) && !reply.Errors.Any(IsCallError);

    /// <summary>Whether an error ends (a part of) the task with this id.</summary>
    internal static bool IsFailureOf(ApiReply reply, KlingTaskError error, Guid taskId)
    {
        if (error.TaskId != taskId || HasCallStatus(reply) || IsCallError(error) || IsNotFound(error) || error.Category == KlingErrorCategory.Conflict)
        {
            return false;
        }

        // A refused poll (its own parameters) is not a failed generation.
        return error.Category != KlingErrorCategory.Validation || (IsSuccessStatus(reply) && error.Parameter is not ("taskUUID" or "taskType"));
    }

    /// <summary>Whether the service says it does not know the task (any more); the provider behind it saying so is a failure.</summary>
    internal static bool IsNotFound(KlingTaskError error) => error.Category == KlingErrorCategory.NotFound && !IsProviders(error);

    /// <summary>Whether all the reply tells of a task is that it is not finished yet. A plain loop: it is asked for every open task at every look.</summary>
    internal static bool IsOnlyRunning(ApiReply reply, Guid taskId)
    {
        for (int i = 0; i < reply.Errors.Count; i++)
        {
            if (reply.Errors[i].TaskId == taskId)
            {
                return false;
            }
        }

        bool told = false;
        for (int i = 0; i < reply.Items.Count; i++)
        {
            ResultItem item = reply.Items[i];
            if (item.TaskId == taskId)
            {
                if (IsFinished(item))
                {
                    return false;
                }

                told = true;
            }
        }

        return told;
    }

    /// <summary>Whether an item is a video that is ready.</summary>
    internal static bool IsFinished(ResultItem item) => item.Video is not null && !ItemReader.IsUnfinished(item.Status);

    /// <summary>Whether an error of the account, the pace or the connection is meant; it may name a task all the same.</summary>
    internal static bool IsCallError(KlingTaskError error)
    {
        if (IsProviders(error))
        {
            return false;
        }

        // Only a status arrived, perhaps from a gateway: the service itself did not answer.
        if (HttpErrors.IsOurs(error.Code))
        {
            return true;
        }

        return error.Category switch
        {
            KlingErrorCategory.Authentication or KlingErrorCategory.RateLimit or KlingErrorCategory.Connection or KlingErrorCategory.Protocol => true,
            KlingErrorCategory.Quota or KlingErrorCategory.Timeout or KlingErrorCategory.Server or KlingErrorCategory.Unknown => error.TaskId is null,
            _ => false,
        };
    }

    /// <summary>Whether an error would meet every other request too: key, credit, pace, connection.</summary>
    internal static bool IsSessionError(KlingTaskError error) => error.TaskId is null && !IsProviders(error)
        && error.Category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota or KlingErrorCategory.RateLimit or KlingErrorCategory.Connection;

    /// <summary>Whether the key or the credit was refused: asking again in a moment would be refused as well.</summary>
    internal static bool IsRefusedSession(ApiReply reply) => reply.HttpStatus is 401 or 402 or 403
        || reply.Errors.Any(error => IsSessionError(error) && error.Category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota);

    // providerRateLimitExceeded and its like come with a finished, failed generation.
    private static bool IsProviders(KlingTaskError error) => error.Code.StartsWith("provider", StringComparison.OrdinalIgnoreCase);

    internal static bool IsSuccessStatus(ApiReply reply) => reply.HttpStatus is null or (>= 200 and < 300);
}
