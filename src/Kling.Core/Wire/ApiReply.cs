namespace Kling.Wire;

/// <summary>What became of one HTTP attempt.</summary>
public sealed record ApiReply
{
    /// <summary>How the attempt ended, as far as the wire tells.</summary>
    public ApiOutcome Outcome { get; init; }

    /// <summary>HTTP status; null when no reply arrived.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Whether the HTTP status is one of success (2xx). A reply that did not come over HTTP counts as one.</summary>
    public bool IsSuccessStatus => HttpStatus is null or (>= 200 and < 300);

    /// <summary>The items of <c>data</c> that are not failures; each video once.</summary>
    public IReadOnlyList<ResultItem> Items { get; init; } = [];

    /// <summary>All errors, in whichever shape they came; a failure that is reported in two places is here once.</summary>
    public IReadOnlyList<KlingTaskError> Errors { get; init; } = [];

    /// <summary>What the archive holds; null unless the reply answers <c>getTaskDetails</c>. Its items are not among <see cref="Items"/>.</summary>
    public StoredReply? Stored { get; init; }

    /// <summary>The account; null unless the reply answers <c>accountManagement</c>.</summary>
    public KlingAccount? Account { get; init; }

    /// <summary>
    /// Whether the image changed between its validation and its sending. The outcome is then <see cref="ApiOutcome.Unsent"/>,
    /// and a repetition would end the same way.
    /// </summary>
    public bool BodyChanged { get; init; }

    /// <summary>How long the service asked to wait (header <c>Retry-After</c> or body <c>retryAfter</c>, the longer one).</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What went wrong below the envelope, redacted; null when nothing did.</summary>
    public string? Fault { get; init; }
}

/// <summary>How one HTTP attempt ended.</summary>
public enum ApiOutcome
{
    /// <summary>A readable envelope arrived (it may hold errors).</summary>
    Envelope,

    /// <summary>The request provably never left: DNS, refused connection, TLS.</summary>
    Unsent,

    /// <summary>It may or may not have arrived: timeout, reset, unreadable or empty reply, 5xx without an envelope.</summary>
    Ambiguous,
}

/// <summary>One non-error item of an envelope's <c>data</c>.</summary>
public sealed class ResultItem
{
    /// <summary>The task the item belongs to; null when it named none that reads as a UUID.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>The item's <c>taskType</c>.</summary>
    public string? TaskType { get; init; }

    /// <summary>The item's <c>status</c>, as sent.</summary>
    public string? Status { get; init; }

    /// <summary>Progress in percent, where the service sends it.</summary>
    public double? Progress { get; init; }

    /// <summary>What the service billed for the item, in USD; null when it did not say.</summary>
    public decimal? Cost { get; init; }

    /// <summary>A cost that is no number, or a negative one, as it was sent; null for any other.</summary>
    public string? OddCost { get; init; }

    /// <summary>Which of the videos inside of this reply the item's is, from 0; null for a video at an address.</summary>
    public int? InlineNumber { get; init; }

    /// <summary>The finished video; null for acknowledgements and unfinished items.</summary>
    public KlingVideo? Video { get; init; }

    /// <summary>The id of an uploaded image (<c>mediaUUID</c> or <c>imageUUID</c>); null for anything else.</summary>
    public Guid? MediaId { get; init; }

    /// <summary>Where an uploaded image is shown; null for anything else, and when it was not told.</summary>
    public string? MediaUrl { get; init; }
}

/// <summary>
/// What the service's archive (<c>getTaskDetails</c>) holds: what was asked and what was answered. The archive keeps the last
/// call with an id, so after a refused repetition it shows that refusal, not the first result (protocol note, recovery).
/// </summary>
public sealed class StoredReply
{
    /// <summary>The stored requests that name a task.</summary>
    public IReadOnlyList<StoredRequest> Requests { get; init; } = [];

    /// <summary>The items of the stored responses that are not failures.</summary>
    public IReadOnlyList<ResultItem> Items { get; init; } = [];

    /// <summary>The errors of the stored responses.</summary>
    public IReadOnlyList<KlingTaskError> Errors { get; init; } = [];

    /// <summary>Whether the archive holds a request for the task, so that it did arrive.</summary>
    public bool HasRequest(Guid taskId) => Find(taskId) is not null;

    /// <summary>The stored request of the task; null when the archive holds none.</summary>
    public StoredRequest? Find(Guid taskId) => Requests.FirstOrDefault(request => request.TaskId == taskId);
}

/// <summary>A request as the service's archive keeps it. Inline images and queries are masked.</summary>
public sealed class StoredRequest
{
    /// <summary>The task's id.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The first frame: a UUID, an address with its query masked, or inline data as length and hash.</summary>
    public string? Image { get; init; }

    /// <summary>The last frame, shown as the first.</summary>
    public string? LastImage { get; init; }

    /// <summary>What was asked beside the image.</summary>
    public VideoSettings Settings { get; init; } = new();

    /// <summary>Whether the reply was to name the cost.</summary>
    public bool? IncludeCost { get; init; }
}
