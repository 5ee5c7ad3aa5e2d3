namespace Kling.Wire;

/// <summary>
/// Tells an error of a call from an error of a task (protocol note, errors and getResponse). An error of a call says nothing
/// about any task, even if it names one.
/// </summary>
internal static class ReplyReading
{
    /// <summary>Whether the HTTP status is about the call alone: key, credit, pace, the service's own faults.</summary>
    internal static bool HasCallStatus(ApiReply reply) => reply.HttpStatus is 401 or 402 or 403 or 407 or 408 or 429 or >= 500;

    /// <summary>Whether the service answered the question; only then can a missing task mean anything.</summary>
    internal static bool IsAnswered(ApiReply reply) =>
        reply.Outcome == ApiOutcome.Envelope && !HasCallStatus(reply) && !reply.Errors.Any(IsCallError);

    /// <summary>Whether an error ends the task with this id, or one of its videos.</summary>
    internal static bool IsFailureOf(ApiReply reply, KlingTaskError error, Guid taskId)
    {
        if (error.TaskId != taskId || HasCallStatus(reply) || IsCallError(error) || IsNotFound(error) || error.Category == KlingErrorCategory.Conflict)
        {
            return false;
        }

        // A refused poll (its own parameters) is not a failed generation.
        return error.Category != KlingErrorCategory.Validation || (reply.IsSuccessStatus && error.Parameter is not ("taskUUID" or "taskType"));
    }

    /// <summary>Whether the service does not know the task, or no longer. If the provider behind it says so, that is a failure.</summary>
    internal static bool IsNotFound(KlingTaskError error) => error.Category == KlingErrorCategory.NotFound && !IsProviders(error);

    /// <summary>Whether the reply says nothing about a task but that it is not finished. Plain loops: every poll asks this for every open task.</summary>
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

    /// <summary>Whether an error is about the account, the pace or the connection. It may name a task nevertheless.</summary>
    internal static bool IsCallError(KlingTaskError error)
    {
        if (IsProviders(error))
        {
            return false;
        }

        // Only a status arrived, perhaps from a gateway. The service itself did not answer.
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

    /// <summary>Whether every other request would get the same error: key, credit, pace, connection.</summary>
    internal static bool IsSessionError(KlingTaskError error) => error.TaskId is null && !IsProviders(error)
        && error.Category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota or KlingErrorCategory.RateLimit or KlingErrorCategory.Connection;

    /// <summary>Whether the key or the credit was refused, so that asking again in a moment would be refused too.</summary>
    internal static bool IsRefusedSession(ApiReply reply) => reply.HttpStatus is 401 or 402 or 403
        || reply.Errors.Any(error => IsSessionError(error) && error.Category is KlingErrorCategory.Authentication or KlingErrorCategory.Quota);

    // providerRateLimitExceeded and its like come with a finished, failed generation.
    private static bool IsProviders(KlingTaskError error) => error.Code.StartsWith("provider", StringComparison.OrdinalIgnoreCase);
}
