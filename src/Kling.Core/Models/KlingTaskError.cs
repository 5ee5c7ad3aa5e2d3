namespace Kling.Models;

/// <summary>One error as the service reported it, with its own code and text kept.</summary>
public sealed class KlingTaskError
{
    private const string UnknownCode = "unknownError";

    /// <summary>The service's code, for example <c>timeoutProvider</c>; never empty.</summary>
    public string Code { get; init; } = UnknownCode;

    /// <summary>The service's text.</summary>
    public string Message { get; init; } = "";

    /// <summary>The category the code belongs to: one of <see cref="KlingErrorCategory"/>.</summary>
    public string Category { get; init; } = KlingErrorCategory.Unknown;

    /// <summary>The wire name of the parameter at fault; several are joined with a comma.</summary>
    public string? Parameter { get; init; }

    /// <summary>What the service allows there, as text; null when it did not say.</summary>
    public string? Allowed { get; init; }

    /// <summary>The task the error belongs to, if the service said.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The video the error belongs to, if the service said.</summary>
    public string? VideoId { get; init; }

    /// <summary>Seconds to wait before the next try, where the service asked for that.</summary>
    public double? RetryAfterSeconds { get; init; }

    /// <summary>What the service billed for it all the same, in USD; null when it reported nothing, as it does for failures.</summary>
    internal decimal? Cost { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Message.Length == 0 ? Code : $"{Code}: {Message}";

    /// <summary>Whether the service told that something failed, and not why.</summary>
    internal bool IsWithoutReason => Code == UnknownCode && Message.Length == 0;

    /// <summary>
    /// The failures of two reports about one task, each once. A report tells each of its own failures once, so one of it stands for at most
    /// one of the other. A failure that names its video is that of no other video. One without its video or without a reason is the one
    /// that is most like it.
    /// </summary>
    internal static List<KlingTaskError> Merge(IEnumerable<KlingTaskError> known, IEnumerable<KlingTaskError> told)
    {
        List<KlingTaskError> merged = [.. known];
        List<int> free = [.. Enumerable.Range(0, merged.Count)];

        // What says most comes first, so that what says little gets what is left.
        foreach (KlingTaskError error in told.OrderBy(error => error.VideoId is null).ThenBy(error => error.IsWithoutReason))
        {
            int best = free.Count == 0 ? -1 : free.MaxBy(place => merged[place].Likeness(error));
            if (best < 0 || merged[best].Likeness(error) == 0)
            {
                merged.Add(error);
                continue;
            }

            // Where two failures lacked their reason, the reasons may have been taken for each other's.
            int other = merged.FindIndex(one => one.Code == error.Code);
            if (merged[best].Code != error.Code && !merged[best].IsWithoutReason && other >= 0)
            {
                merged[other] = merged[best].Of(merged[other].TaskId, merged[other].VideoId, merged[other].Cost);
            }

            merged[best] = merged[best].With(error);
            free.Remove(best);
        }

        return merged;
    }

    /// <summary>As <see cref="Merge"/>, for what is shown and kept: failures that nothing tells apart are there once.</summary>
    internal static List<KlingTaskError> Collect(IEnumerable<KlingTaskError> known, IEnumerable<KlingTaskError> told) =>
        [.. Merge(known, told).DistinctBy(error => (error.Code, error.Message, error.TaskId, error.VideoId?.ToUpperInvariant()))];

    /// <summary>
    /// There are no more failures than results. What is too many was told twice, and its reason was taken for another's: of two with one
    /// reason, one goes, or it takes the reason of one without a video.
    /// </summary>
    internal static void Bound(List<KlingTaskError> errors, int most)
    {
        while (errors.Count > most)
        {
            List<KlingTaskError> alike = errors.FindAll(error => errors.Exists(other => other != error && other.Code == error.Code));
            int loose = errors.FindLastIndex(error => error.VideoId is null && (alike.Contains(error) || alike.TrueForAll(other => other.VideoId is not null)));
            if (alike.Count == 0 || loose < 0)
            {
                return;
            }

            if (!alike.Contains(errors[loose]))
            {
                KlingTaskError named = alike[^1];
                errors[errors.IndexOf(named)] = errors[loose].Of(named.TaskId, named.VideoId, named.Cost);
            }

            errors.RemoveAt(loose);
        }
    }

    /// <summary>Whether two reports may be about the same failure.</summary>
    internal bool MayBe(KlingTaskError other) => Likeness(other) > 0;

    // Zero means another failure.
    private int Likeness(KlingTaskError other)
    {
        if (TaskId is not null && other.TaskId is not null && TaskId != other.TaskId)
        {
            return 0;
        }

        return VideoId is not null && other.VideoId is not null ? (string.Equals(VideoId, other.VideoId, StringComparison.OrdinalIgnoreCase) ? 4 : 0)
            : Code == other.Code ? (Message == other.Message ? 3 : 2)
            : IsWithoutReason || other.IsWithoutReason ? 1 : 0;
    }

    /// <summary>The failure as the later report tells it, with what only the earlier one told.</summary>
    private KlingTaskError With(KlingTaskError later)
    {
        bool isNews = !later.IsWithoutReason && (Code != later.Code || later.Message.Length > Message.Length);
        return (isNews ? later : this).Of(TaskId ?? later.TaskId, VideoId ?? later.VideoId, Cost ?? later.Cost);
    }

    /// <summary>This reason for another failure.</summary>
    private KlingTaskError Of(Guid? task, string? video, decimal? cost) => TaskId == task && VideoId == video && Cost == cost ? this : new KlingTaskError
    {
        Code = Code,
        Message = Message,
        Category = Category,
        Parameter = Parameter,
        Allowed = Allowed,
        TaskId = task,
        VideoId = video,
        RetryAfterSeconds = RetryAfterSeconds,
        Cost = cost,
    };
}

/// <summary>A small, stable classification of the service's many error codes (protocol note, errors), as text.</summary>
public static class KlingErrorCategory
{
    /// <summary>None of the rules knows the code.</summary>
    public const string Unknown = nameof(Unknown);

    /// <summary>A parameter is missing, unknown or out of its limits.</summary>
    public const string Validation = nameof(Validation);

    /// <summary>This task id was already submitted.</summary>
    public const string Conflict = nameof(Conflict);

    /// <summary>No key, or a key the service refuses.</summary>
    public const string Authentication = nameof(Authentication);

    /// <summary>Not enough credit.</summary>
    public const string Quota = nameof(Quota);

    /// <summary>Too many requests, or the service is overloaded; worth a later try.</summary>
    public const string RateLimit = nameof(RateLimit);

    /// <summary>Moderation refused the prompt, the image or the result.</summary>
    public const string Safety = nameof(Safety);

    /// <summary>The connection failed or broke.</summary>
    public const string Connection = nameof(Connection);

    /// <summary>Something took too long.</summary>
    public const string Timeout = nameof(Timeout);

    /// <summary>The service does not know the task or the model (any more).</summary>
    public const string NotFound = nameof(NotFound);

    /// <summary>A fault on the service's side.</summary>
    public const string Server = nameof(Server);

    /// <summary>A fault at the provider behind the service.</summary>
    public const string Provider = nameof(Provider);

    /// <summary>The reply could not be read.</summary>
    public const string Protocol = nameof(Protocol);

    /// <summary>Every one, as text.</summary>
    internal static IReadOnlyList<string> All { get; } = [Unknown, Validation, Conflict, Authentication, Quota, RateLimit, Safety, Connection, Timeout, NotFound, Server, Provider, Protocol];
}
