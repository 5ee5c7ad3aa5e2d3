namespace Kling.Sandbox;

/// <summary>What goes wrong. Each says what it lets you rehearse, and the target it has unless another is given.</summary>
public enum SandboxFaultKind
{
    /// <summary>
    /// The connection closes without a reply and the task was not accepted. Rehearse: a look that finds nothing, then the same id
    /// sent again. Target: Submit.
    /// </summary>
    LostAckBeforeAccept,

    /// <summary>
    /// The task is accepted and will be billed, but the connection closes without a reply. Rehearse: attaching to it instead of
    /// paying twice. Target: Submit.
    /// </summary>
    LostAckAfterAccept,

    /// <summary>HTTP 409 <c>conflictTaskUUID</c>. Rehearse: an id that is taken, in the status one would expect. Target: Submit.</summary>
    Conflict409,

    /// <summary>HTTP 400 <c>conflictTaskUUID</c>, the status that was seen. Rehearse: telling a conflict from a bad parameter. Target: Submit.</summary>
    Conflict400,

    /// <summary>HTTP 401 <c>invalidApiKey</c>. Rehearse: a key revoked before or in the middle of a batch. Target: Any.</summary>
    Unauthorized401,

    /// <summary>HTTP 402 <c>insufficientCredits</c>. Rehearse: a batch that runs out of money. Target: Submit.</summary>
    NoCredit402,

    /// <summary>HTTP 429 without a word on when to come back. Rehearse: own back-off. Target: Any.</summary>
    TooMany429,

    /// <summary>HTTP 429 with <c>Retry-After</c> in seconds. Rehearse: waiting as told. Target: Any.</summary>
    TooMany429RetryAfterHeader,

    /// <summary>HTTP 429 with <c>Retry-After</c> as a date. Rehearse: the header's other form. Target: Any.</summary>
    TooMany429RetryAfterDate,

    /// <summary>HTTP 429 <c>serviceOverloaded</c> with <c>retryAfter</c> in the error. Rehearse: the form that was seen. Target: Any.</summary>
    TooMany429RetryAfterBody,

    /// <summary>HTTP 500 with an error envelope. Rehearse: a failure the service itself reports. Target: Any.</summary>
    Server500Envelope,

    /// <summary>HTTP 503 with an HTML page. Rehearse: a proxy answering for the service. Target: Any.</summary>
    Server503Html,

    /// <summary>HTTP 500 with an empty body. Rehearse: a failure that tells nothing. Target: Any.</summary>
    Server500Empty,

    /// <summary>The connection is reset; a download's is reset in the middle. Rehearse: a broken network. Target: Any.</summary>
    Reset,

    /// <summary>No reply ever comes; a download stops in the middle. Rehearse: time limits and Ctrl+C. Target: Any.</summary>
    Stall,

    /// <summary>An empty <c>data</c>. Rehearse: a look that proves nothing. Target: Poll.</summary>
    EmptyPoll,

    /// <summary>HTTP 200 with JSON cut short. Rehearse: a reply that cannot be read. Target: Any.</summary>
    UnreadableReply,

    /// <summary>One result of the next accepted task, the last, fails and the others succeed. Rehearse: keeping what was paid for. Target: Submit.</summary>
    PartialResult,

    /// <summary>Every result of the next accepted task fails, told in top-level <c>errors</c>. Rehearse: the documented failure shape. Target: Submit.</summary>
    FailureTopLevel,

    /// <summary>The same, told as an <c>error</c> object inside a <c>data</c> item. Rehearse: the schema's failure shape. Target: Submit.</summary>
    FailureNested,

    /// <summary>The same, told as <c>code</c> and <c>message</c> flat in a <c>data</c> item. Rehearse: the third failure shape. Target: Submit.</summary>
    FailureFlat,

    /// <summary>The same, told as <c>error</c> being plain text. Rehearse: the fourth failure shape. Target: Submit.</summary>
    FailureText,

    /// <summary>The next accepted task is refused by content moderation. Rehearse: a prompt or image that is not allowed. Target: Submit.</summary>
    Moderation,

    /// <summary>The next accepted task stays in progress for ever. Rehearse: -Timeout and re-attaching. Target: Submit.</summary>
    NeverEnding,

    /// <summary>A look at more than one id is refused as a whole with HTTP 400. Rehearse: falling back to one id per request. Target: Poll.</summary>
    ChunkRefused,

    /// <summary>A look at more than one id leaves every second one out. Rehearse: ids that get no answer. Target: Poll.</summary>
    OmitIds,

    /// <summary>A download announces its full length and ends cleanly in the middle. Rehearse: verifying and resuming. Target: Download.</summary>
    TruncatedDownload,

    /// <summary>HTTP 404, as after the video's lifetime. Rehearse: a video that is gone. Target: Download.</summary>
    ExpiredDownload,

    /// <summary>HTTP 200 with a video's content type and a web page's bytes. Rehearse: checking the container. Target: Download.</summary>
    WrongContentDownload,

    /// <summary>
    /// A look does not know an id that was accepted: it is answered like an unknown one. Rehearse: not believing "not found" at
    /// once. Target: Poll and Details.
    /// </summary>
    LaggingLook,

    /// <summary>
    /// The service has forgotten every image it kept, and refuses a task that names one of them. Rehearse: an upload whose time is
    /// over. Target: Submit.
    /// </summary>
    ForgottenMedia,
}
