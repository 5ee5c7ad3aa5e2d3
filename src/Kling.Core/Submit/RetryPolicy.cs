using Kling.Models;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>Decides what a reply means and how long to wait. Pure: no clock, no chance, no network of its own.</summary>
public static class RetryPolicy
{
    private const double FirstDelaySeconds = 1;
    private const double LongestDelaySeconds = 30;

    /// <summary>How long to wait before the next attempt; null when there is to be none.</summary>
    /// <param name="attempt">The attempt just made, from 1.</param>
    /// <param name="reply">Its reply.</param>
    /// <param name="random">A random number in [0, 1).</param>
    /// <param name="maxAttempts">How many attempts there may be in all.</param>
    /// <returns>
    /// 1 s, doubled with each attempt up to 30 s, of which a random half is kept; never less than the service asked for.
    /// </returns>
    public static TimeSpan? NextDelay(int attempt, ApiReply reply, double random, int maxAttempts)
    {
        if (attempt >= maxAttempts || reply.BodyChanged)
        {
            return null;
        }

        // 2^5 is past the longest delay; a larger exponent only overflows.
        double full = Math.Min(LongestDelaySeconds, FirstDelaySeconds * Math.Pow(2, Math.Min(Math.Max(attempt, 1), 6) - 1));
        TimeSpan delay = TimeSpan.FromSeconds(full * (0.5 + (0.5 * Math.Min(1, Math.Max(0, random)))));
        return reply.RetryAfter is TimeSpan asked && asked > delay ? asked : delay;
    }

    /// <summary>
    /// Whether the call itself failed in a way that may pass, so that a call which costs nothing (a look, a poll) is worth
    /// repeating. An error that belongs to a task and came with a good status is an answer, not a failed call.
    /// </summary>
    public static bool IsTransient(ApiReply reply) => reply switch
    {
        { BodyChanged: true } => false,
        { Outcome: not ApiOutcome.Envelope } => true,
        { HttpStatus: 408 or 429 or >= 500 } => true,
        _ => reply.Items.Count == 0 && reply.Errors.Count > 0 && reply.Errors.All(PassesBy),
    };

    /// <summary>What a reply to a submission means for one task of it.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="earlierAttempt">Whether an earlier attempt with this id reached the wire (its verdict was not Unsent).</param>
    public static SubmitVerdict Classify(ApiReply reply, Guid taskId, bool earlierAttempt)
    {
        if (reply.Outcome != ApiOutcome.Envelope)
        {
            return reply.Outcome == ApiOutcome.Unsent ? SubmitVerdict.Unsent : SubmitVerdict.Ambiguous;
        }

        bool good = reply.HttpStatus is null or (>= 200 and < 300);
        List<KlingTaskError> errors = [.. reply.Errors.Where(error => error.TaskId is null || error.TaskId == taskId)];
        List<ResultItem> items = [.. reply.Items.Where(item => item.TaskId == taskId)];
        if (IsConflict(reply, taskId))
        {
            return earlierAttempt ? SubmitVerdict.Conflict
                : good && items.Count > 0 ? SubmitVerdict.Ambiguous
                : SubmitVerdict.Refused;
        }

        if (good && items.Exists(item => item.Video is not null || item.Status is not null))
        {
            return SubmitVerdict.Acknowledged;
        }

        if (errors.Count > 0)
        {
            // An acknowledgement beside an error contradicts itself, and the look decides.
            return good && items.Count > 0 ? SubmitVerdict.Ambiguous : OfErrors(errors, reply.HttpStatus);
        }

        return good && (items.Count > 0 || IsSilent(reply)) ? SubmitVerdict.Acknowledged : SubmitVerdict.Ambiguous;
    }

    /// <summary>Whether the service says that it already has this id, from whomever.</summary>
    internal static bool IsConflict(ApiReply reply, Guid taskId) =>
        reply.Errors.Any(error => error.Category == KlingErrorCategory.Conflict && (error.TaskId is null || error.TaskId == taskId));

    // {"data":[]} is an acknowledgement too (protocol note, section 2), and so is one that leaves the id out.
    private static bool IsSilent(ApiReply reply) => reply.Errors.Count == 0 && reply.Items.All(item => item.TaskId is null);

    private static SubmitVerdict OfErrors(List<KlingTaskError> errors, int? status)
    {
        if (errors.TrueForAll(error => error.Category == KlingErrorCategory.RateLimit)
            || (status == 503 && errors.TrueForAll(IsUnavailable)))
        {
            return SubmitVerdict.RetryLater;
        }

        return status is not >= 500 && errors.Exists(error => Refuses(error, status))
            ? SubmitVerdict.Refused
            : SubmitVerdict.Ambiguous;
    }

    private static bool Refuses(KlingTaskError error, int? status) => error.Category switch
    {
        KlingErrorCategory.Validation or KlingErrorCategory.Safety or KlingErrorCategory.NotFound
            or KlingErrorCategory.Quota or KlingErrorCategory.Authentication or KlingErrorCategory.Protocol => true,

        // An unknown reason is a refusal only where the status says so.
        KlingErrorCategory.Unknown => status is >= 400 and < 500 and not 408,
        _ => false,
    };

    private static bool IsUnavailable(KlingTaskError error) =>
        error.Category == KlingErrorCategory.RateLimit
        || string.Equals(error.Code, "serviceUnavailable", StringComparison.OrdinalIgnoreCase);

    private static bool PassesBy(KlingTaskError error) => error.Category switch
    {
        KlingErrorCategory.RateLimit => error.TaskId is null || error.Code.IndexOf("provider", StringComparison.OrdinalIgnoreCase) < 0,
        KlingErrorCategory.Server or KlingErrorCategory.Timeout or KlingErrorCategory.Connection => error.TaskId is null,
        _ => false,
    };
}

/// <summary>What one attempt to submit a task means for the task and its money.</summary>
public enum SubmitVerdict
{
    /// <summary>The service has the task.</summary>
    Acknowledged,

    /// <summary>The service refused the task; nothing is charged.</summary>
    Refused,

    /// <summary>The service did not take the task now; the same id may be sent again later.</summary>
    RetryLater,

    /// <summary>The request never left; the same id may be sent again.</summary>
    Unsent,

    /// <summary>The service may or may not have the task: look before anything is sent again.</summary>
    Ambiguous,

    /// <summary>The service has this id from an earlier attempt of ours: proof that that one was accepted.</summary>
    Conflict,
}

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

/// <summary>
/// Decides what a refusal says about an earlier attempt with the same bytes. Only a rule that reads nothing but the
/// request itself must have refused the earlier one too; key, credit, pace, moderation and fetching the image may change in between.
/// </summary>
internal static class RepeatedRefusal
{
    private static readonly string[] s_rulesOnText = ["invalid", "missing", "unsupported", "unknownParameter", "incompatible"];
    private static readonly string[] s_mayChange = ["upload", "download", "fetch", "image", "media", "uuid", "url"];

    internal static bool CoversEarlierAttempts(ApiReply reply) =>
        !ReplyReading.HasCallStatus(reply) && reply.Errors.Count > 0 && reply.Errors.All(IsRuleOnText);

    private static bool IsRuleOnText(KlingTaskError error) =>
        error.Category == KlingErrorCategory.Validation
        && s_rulesOnText.Any(start => error.Code.StartsWith(start, StringComparison.OrdinalIgnoreCase))
        && !s_mayChange.Any(word => Has(error.Code, word) || Has(error.Parameter, word));

    private static bool Has(string? text, string word) => text?.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
