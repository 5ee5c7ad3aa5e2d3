using Kling.Models;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>The replies tests are made of.</summary>
internal static class Replies
{
    public static ApiReply Ambiguous(int? status = null, TimeSpan? retryAfter = null) =>
        new() { Outcome = ApiOutcome.Ambiguous, HttpStatus = status, Fault = "connection reset", RetryAfter = retryAfter };

    public static ApiReply Unsent() => new() { Outcome = ApiOutcome.Unsent, Fault = "connection refused" };

    public static ApiReply Empty() => new() { HttpStatus = 200 };

    public static ApiReply Acknowledged(Guid id) =>
        new() { HttpStatus = 200, Items = [new ResultItem { TaskId = id, TaskType = "videoInference" }] };

    public static ApiReply Processing(params Guid[] ids) => new() { HttpStatus = 200, Items = [.. ids.Select(Running)] };

    public static ApiReply Data(params ResultItem[] items) => new() { HttpStatus = 200, Items = items };

    public static ApiReply Error(int status, KlingTaskError error, TimeSpan? retryAfter = null) =>
        new() { HttpStatus = status, Errors = [error], RetryAfter = retryAfter };

    public static ApiReply Invalid(Guid id) => Error(400, Failure(id, "unsupportedDuration", KlingErrorCategory.Validation, parameter: "duration"));

    public static ApiReply NoCredit(Guid id) => Error(402, Failure(id, "insufficientCredits", KlingErrorCategory.Quota));

    public static ApiReply RefusedKey() => Error(401, Failure(null, "invalidApiKey", KlingErrorCategory.Authentication));

    public static ApiReply Limited(TimeSpan? retryAfter = null, Guid? id = null) =>
        Error(429, Failure(id, "rateLimitExceeded", KlingErrorCategory.RateLimit), retryAfter);

    public static ApiReply Conflict(Guid id) => Error(400, Failure(id, "conflictTaskUUID", KlingErrorCategory.Conflict));

    public static ApiReply NotFound(Guid id) => Error(404, Failure(id, "taskNotFound", KlingErrorCategory.NotFound));

    public static ApiReply Archive(Guid id, StoredRequest? request = null, ResultItem[]? items = null, KlingTaskError[]? errors = null) =>
        new()
        {
            HttpStatus = 200,
            Stored = new StoredReply { Requests = [request ?? new StoredRequest { TaskId = id }], Items = items ?? [], Errors = errors ?? [] },
        };

    public static KlingTaskError Failure(
        Guid? id, string code = "timeoutProvider", string category = KlingErrorCategory.Provider, string? video = null, string message = "failed", string? parameter = null) =>
        new() { TaskId = id, Code = code, Category = category, VideoId = video, Message = message, Parameter = parameter };

    public static ResultItem Running(Guid id) => new() { TaskId = id, TaskType = "videoInference", Status = "processing" };

    public static ResultItem Video(Guid id, string video = "v1", decimal? cost = 0.1848m, string? url = null) => new()
    {
        TaskId = id,
        TaskType = "videoInference",
        Status = "success",
        Video = new KlingVideo { VideoId = video, VideoUrl = url ?? $"https://vm.example.com/{video}.mp4", VideoCost = cost },
    };
}
