using Kling.Models;

namespace Kling.Client;

/// <summary>Placeholder; replaced by the client room.</summary>
public static class RetryPolicy
{
    /// <summary>How long to wait before the next attempt; null when there is none.</summary>
    public static TimeSpan? NextDelay(int attempt, ApiReply reply, double random, int maxAttempts)
    {
        if (attempt >= maxAttempts)
        {
            return null;
        }

        TimeSpan delay = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, attempt - 1)) * (0.75 + (random / 4)));
        return reply.RetryAfter > delay ? reply.RetryAfter : delay;
    }

    /// <summary>What the reply to a submit tells.</summary>
    public static SubmitVerdict Classify(ApiReply reply, Guid taskId, bool earlierAttempt)
    {
        if (reply.Outcome != ApiOutcome.Envelope)
        {
            return reply.Outcome == ApiOutcome.Unsent ? SubmitVerdict.Unsent
                : reply.HttpStatus == 429 ? SubmitVerdict.RetryLater : SubmitVerdict.Ambiguous;
        }

        if (reply.Items.Any(item => item.TaskId == taskId))
        {
            return SubmitVerdict.Acknowledged;
        }

        KlingTaskError? error = reply.Errors.Count == 0 ? null : reply.Errors[0];
        return error?.Category switch
        {
            null => reply.HttpStatus == 429 ? SubmitVerdict.RetryLater : SubmitVerdict.Acknowledged,
            KlingErrorCategory.Conflict => earlierAttempt ? SubmitVerdict.Conflict : SubmitVerdict.Refused,
            KlingErrorCategory.RateLimit => SubmitVerdict.RetryLater,
            KlingErrorCategory.Server => SubmitVerdict.Ambiguous,
            _ => SubmitVerdict.Refused,
        };
    }
}
