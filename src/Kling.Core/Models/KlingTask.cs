namespace Kling.Models;

/// <summary>
/// A video task: what was asked, under the parameters' own names, and what became of it.
/// The property names are a contract; see docs/ARCHITECTURE.md.
/// </summary>
public sealed class KlingTask
{
    /// <summary>Our id of the task (<c>taskUUID</c>), which is also its idempotency key.</summary>
    public Guid TaskId { get; init; }

    /// <summary>Where the task stands: one of <see cref="KlingTaskStatus"/>.</summary>
    public string Status { get; set; } = KlingTaskStatus.Submitting;

    /// <summary>What is known about its money: one of <see cref="Models.BillingState"/>.</summary>
    public string BillingState { get; set; } = Models.BillingState.NotCharged;

    /// <summary>The model's id, for example <c>klingai:5@1</c>.</summary>
    public string? Model { get => Settings.Model; set => Settings = Settings with { Model = value }; }

    /// <summary>The image as it was named: path, URL or media UUID; inline data as length and hash.</summary>
    public string? Image { get; set; }

    /// <summary>The prompt.</summary>
    public string? Prompt { get => Settings.Prompt; set => Settings = Settings with { Prompt = value }; }

    /// <summary>Length of the video in seconds; null when it was left to the service.</summary>
    public decimal? Duration { get => Settings.Duration; set => Settings = Settings with { Duration = value }; }

    /// <summary>Width in pixels; null when it was left to the service.</summary>
    public int? Width { get => Settings.Width; set => Settings = Settings with { Width = value }; }

    /// <summary>Height in pixels; null when it was left to the service.</summary>
    public int? Height { get => Settings.Height; set => Settings = Settings with { Height = value }; }

    /// <summary>Guidance scale, 0 to 1.</summary>
    public decimal? CfgScale { get => Settings.CfgScale; set => Settings = Settings with { CfgScale = value }; }

    /// <summary>How many videos were asked for; null means one.</summary>
    public int? NumberResults { get => Settings.NumberResults; set => Settings = Settings with { NumberResults = value }; }

    /// <summary>MP4, WEBM or MOV.</summary>
    public string? OutputFormat { get => Settings.OutputFormat; set => Settings = Settings with { OutputFormat = value }; }

    /// <summary>Compression quality, 20 to 99.</summary>
    public int? OutputQuality { get => Settings.OutputQuality; set => Settings = Settings with { OutputQuality = value }; }

    /// <summary>Whether a safety check was asked for.</summary>
    public bool? CheckContent { get => Settings.CheckContent; set => Settings = Settings with { CheckContent = value }; }

    /// <summary>none, fast or full.</summary>
    public string? SafetyMode { get => Settings.SafetyMode; set => Settings = Settings with { SafetyMode = value }; }

    /// <summary>How long the service keeps the video, in seconds.</summary>
    public int? Ttl { get => Settings.Ttl; set => Settings = Settings with { Ttl = value }; }

    /// <summary>What the video shall not show.</summary>
    public string? NegativePrompt { get => Settings.NegativePrompt; set => Settings = Settings with { NegativePrompt = value }; }

    /// <summary>Whether the video gets sound.</summary>
    public bool? Sound { get => Settings.Sound; set => Settings = Settings with { Sound = value }; }

    /// <summary>The resolution, by its name.</summary>
    public string? Resolution { get => Settings.Resolution; set => Settings = Settings with { Resolution = value }; }

    /// <summary>Other fields of the model, by their paths on the wire, as JSON.</summary>
    public string? Setting { get => Settings.Setting; set => Settings = Settings with { Setting = value }; }

    /// <summary>The last frame, named as <see cref="Image"/> is.</summary>
    public string? LastImage { get; set; }

    /// <summary>SHA-256 of the image's bytes in lower-case hex; null for images that were only named.</summary>
    public string? ImageSha256 { get; set; }

    /// <summary>SHA-256 of the last frame's bytes in lower-case hex; null for images that were only named.</summary>
    public string? LastImageSha256 { get; set; }

    /// <summary>List price of the whole task in USD; null when the model's price is unknown.</summary>
    public decimal? EstimatedCost { get; set; }

    /// <summary>What the service billed so far in USD; null when it reported nothing.</summary>
    public decimal? Cost { get; set; }

    /// <summary>The finished videos.</summary>
    public IReadOnlyList<KlingVideo> Videos { get; set => field = JoinedList<KlingVideo>.Of(value); } = JoinedList<KlingVideo>.None;

    /// <summary>The first saved file.</summary>
    public string? File => Videos.FirstOrDefault(v => v.File is not null)?.File;

    /// <summary>What failed, each failure once.</summary>
    public IReadOnlyList<KlingTaskError> Errors { get; set => field = JoinedList<KlingTaskError>.Of(value); } = JoinedList<KlingTaskError>.None;

    /// <summary>When the service acknowledged the task.</summary>
    public DateTimeOffset? SubmittedAt { get; set; }

    /// <summary>When the task was seen finished.</summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>From acknowledgement to the end.</summary>
    public TimeSpan? Elapsed => CompletedAt - SubmittedAt;

    /// <summary>The API address the task lives at.</summary>
    public string? Endpoint { get; set; }

    /// <summary>What was asked beside the image: the properties above that are parameters' names.</summary>
    internal VideoSettings Settings { get; set; } = new();

    /// <summary>What makes two requests the same purchase, for <c>-Resume</c>; null when nobody computed it.</summary>
    internal string? Fingerprint { get; set; }

    /// <summary>Whether the task has ended, well or badly.</summary>
    internal bool IsTerminal => Status is KlingTaskStatus.Succeeded or KlingTaskStatus.PartiallySucceeded or KlingTaskStatus.Failed;

    /// <summary>
    /// Whether the service took the task and it ended with fewer videos than were asked for. A reply may have told too little, so that
    /// such a task is looked at again.
    /// </summary>
    internal bool IsShort => IsTerminal && !IsRefused && Videos.Count < ExpectedResults;

    /// <summary>Whether the service reported that all results of the task failed: it had the task, although that is not charged.</summary>
    internal bool WasTaken { get; set; }

    /// <summary>Whether the service never took the task.</summary>
    internal bool IsRefused => Status == KlingTaskStatus.Failed && BillingState == Models.BillingState.NotCharged && !WasTaken;

    /// <summary>Whether a video of the task is still to come, or may be, or has no file yet.</summary>
    internal bool IsUnsaved => !IsTerminal || Videos.Any(video => video.File is null);

    /// <summary>How many videos end the task.</summary>
    internal int ExpectedResults => NumberResults ?? 1;

    /// <summary>A task of which nothing is known but its id and where it is.</summary>
    internal static KlingTask Bare(Guid id, string? endpoint) =>
        new() { TaskId = id, Status = KlingTaskStatus.Unknown, BillingState = Models.BillingState.Unknown, Endpoint = endpoint };

    /// <summary>A copy for the pipeline, which the engine does not change any more.</summary>
    internal KlingTask Snapshot() => (KlingTask)MemberwiseClone();

    /// <inheritdoc/>
    public override string ToString() => TaskId.ToString("D");
}

/// <summary>Where a task stands. The values are texts, since ConvertTo-Json would write the number of an enum.</summary>
public static class KlingTaskStatus
{
    /// <summary>The request is on its way; the service has not answered yet.</summary>
    public const string Submitting = nameof(Submitting);

    /// <summary>The service accepted the task and has not finished all of its videos.</summary>
    public const string Processing = nameof(Processing);

    /// <summary>Every requested video is ready.</summary>
    public const string Succeeded = nameof(Succeeded);

    /// <summary>The task ended with some videos ready and some failed.</summary>
    public const string PartiallySucceeded = nameof(PartiallySucceeded);

    /// <summary>The task ended without a video, or was refused.</summary>
    public const string Failed = nameof(Failed);

    /// <summary>Whether the service accepted the task could not be found out.</summary>
    public const string Unknown = nameof(Unknown);

    /// <summary>Every one, as text.</summary>
    internal static IReadOnlyList<string> All { get; } = [Submitting, Processing, Succeeded, PartiallySucceeded, Failed, Unknown];
}

/// <summary>What is known about the money of a task or an error, as text.</summary>
public static class BillingState
{
    /// <summary>Nothing was charged: the request was never sent, the service refused it, or it reported that all results failed, and no cost.</summary>
    public const string NotCharged = nameof(NotCharged);

    /// <summary>It could not be found out whether the service accepted, and so charges, the task.</summary>
    public const string Unknown = nameof(Unknown);

    /// <summary>The service accepted the task; a cost was not reported (yet).</summary>
    public const string Accepted = nameof(Accepted);

    /// <summary>The service reported a cost.</summary>
    public const string Billed = nameof(Billed);

    /// <summary>Every one, as text.</summary>
    internal static IReadOnlyList<string> All { get; } = [NotCharged, Unknown, Accepted, Billed];
}
