using System.Globalization;
using Kling.Requests;
using Kling.Wire;

namespace Kling.Submit;

/// <summary>
/// What a reply means for a task that was submitted, and so when it may be sent again. Pure: no clock, no chance, no network.
/// In short: the same id may be sent again after <see cref="SubmitVerdict.RetryLater"/> and <see cref="SubmitVerdict.Unsent"/>. After
/// <see cref="SubmitVerdict.Ambiguous"/> it may be sent again only when a look was answered and did not prove acceptance.
/// </summary>
public static class SubmitRules
{
    // A rule with such a code reads only the text of the request.
    private static readonly string[] s_textCodes = ["invalid", "missing", "unsupported", "unknownParameter", "incompatible"];

    // What these words are about may change between two attempts.
    private static readonly string[] s_changeable = ["upload", "download", "fetch", "image", "media", "uuid", "url"];

    private static readonly string[] s_image = ["image", "media", "upload"];
    private static readonly string[] s_pixels = ["width", "height", "size", "dimension", "ratio", "format", "resolution"];

    /// <summary>What a reply to a submit means for one task of it.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="earlierAttempt">Whether an earlier attempt with this id reached the wire (its verdict was not Unsent).</param>
    public static SubmitVerdict Classify(ApiReply reply, Guid taskId, bool earlierAttempt)
    {
        if (reply.Outcome != ApiOutcome.Envelope)
        {
            return reply.Outcome == ApiOutcome.Unsent ? SubmitVerdict.Unsent : SubmitVerdict.Ambiguous;
        }

        bool good = reply.IsSuccessStatus;
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

    /// <summary>Whether the service says that it already has this id. It does not say from whom.</summary>
    internal static bool IsConflict(ApiReply reply, Guid taskId) => reply.Errors.Any(error => IsConflict(error, taskId));

    /// <summary>
    /// Whether the reply to a look proves that the service took a task. Only for ids that we sent: a conflict proves an earlier submit,
    /// whoever made it. <c>processing</c> alone proves nothing, since it is answered for ids never submitted (protocol note,
    /// getResponse). "Not found" proves nothing either.
    /// </summary>
    internal static bool ProvesAcceptance(ApiReply reply, Guid taskId) =>
        reply.Items.Any(item => item.TaskId == taskId && ReplyReading.IsFinished(item))
        || reply.Errors.Any(error => ReplyReading.IsFailureOf(reply, error, taskId) || (error.TaskId == taskId && IsConflict(error, taskId)))
        || (reply.Stored is StoredReply stored && ProvesAcceptance(stored, taskId));

    /// <summary>
    /// Whether a refusal also covers the earlier attempts with the same bytes. Only a rule that reads nothing but the request itself must have
    /// refused them too. Key, credit, pace, moderation and fetching the image may change in between.
    /// </summary>
    internal static bool CoversEarlierAttempts(ApiReply reply) =>
        !ReplyReading.HasCallStatus(reply) && reply.Errors.Count > 0 && reply.Errors.All(error => error.Category == KlingErrorCategory.Validation
            && s_textCodes.Any(start => error.Code.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            && !s_changeable.Any(word => Has(error.Code, word) || Has(error.Parameter, word)));

    /// <summary>
    /// Whether a refusal can mean that the service has forgotten an uploaded image. The documented code for an image it cannot get is
    /// <c>invalidValueUploadFailed</c> on <c>inputs.frameImages</c> (protocol note, errors); others are guessed by their words.
    /// A wrong guess costs one free upload and one more refusal.
    /// </summary>
    internal static bool MayMeanForgottenImage(KlingApiException refusal) => refusal.BillingState == BillingState.NotCharged && refusal.Errors.Any(error =>
        error.Category is KlingErrorCategory.Validation or KlingErrorCategory.NotFound or KlingErrorCategory.Provider or KlingErrorCategory.Unknown
        && s_image.Any(word => Has(error.Code, word) || Has(error.Parameter, word))
        && !s_pixels.Any(word => Has(error.Code, word)));

    /// <summary>
    /// The names of what a task and the request that the archive holds under its id differ in. What is left to the service is as good as its
    /// default. An image that went in another form cannot be compared, and is no difference.
    /// </summary>
    internal static string[] Differences(KlingTask task, StoredRequest stored)
    {
        ModelSpec spec = ModelSpec.FindOrDefault(task.Model);
        return
        [
            .. VideoSettings.All
                .Where(setting => setting.Fingerprint is not null && Value(setting, task.Settings) != Value(setting, stored.Settings))
                .Select(setting => setting.Name),
            .. AreOtherImages(task.Image, stored.Image) ? [nameof(KlingTask.Image)] : Array.Empty<string>(),
            .. AreOtherImages(task.LastImage, stored.LastImage) || (stored.Image is not null && task.LastImage is null != stored.LastImage is null)
                ? [nameof(KlingTask.LastImage)] : Array.Empty<string>(),
        ];

        string Value(VideoSetting setting, VideoSettings settings)
        {
            string text = FormattableString.Invariant($"{setting.Get(settings) ?? spec.Parameter(setting.Name)?.Default}");
            text = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number.ToString("0.#######", CultureInfo.InvariantCulture) : text;
            return setting.IsProse ? text : text.ToUpperInvariant();
        }
    }

    private static bool AreOtherImages(string? one, string? other) => one is not null && other is not null
        && (Guid.TryParse(one, out Guid id) ? Guid.TryParse(other, out Guid otherId) && id != otherId
            : (one.Contains("://", StringComparison.Ordinal) && other.Contains("://", StringComparison.Ordinal)) && one != other);

    private static bool IsConflict(KlingTaskError error, Guid taskId) =>
        error.Category == KlingErrorCategory.Conflict && (error.TaskId is null || error.TaskId == taskId);

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

    private static bool ProvesAcceptance(StoredReply stored, Guid taskId)
    {
        if (stored.Items.Any(item => (item.TaskId is null || item.TaskId == taskId) && item.Video is not null)
            || stored.Errors.Any(error => IsConflict(error, taskId)))
        {
            return true;
        }

        // The archive keeps refused requests too; one that holds our request with its refusal proves no acceptance.
        return stored.HasRequest(taskId) && !stored.Errors.Any(error => error.Category
            is KlingErrorCategory.Validation or KlingErrorCategory.Quota or KlingErrorCategory.Authentication or KlingErrorCategory.RateLimit);
    }

    private static bool Has(string? text, string word) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;
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
