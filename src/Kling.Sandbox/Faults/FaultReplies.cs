using System.Globalization;
using System.Text;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Faults;

/// <summary>The replies of faults that answer a whole request.</summary>
internal static class FaultReplies
{
    /// <summary>A web page, which some faults send in place of the reply or the video.</summary>
    internal static readonly byte[] Page =
        "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h1>Service unavailable</h1></body></html>"u8.ToArray();

    /// <summary>The reply; null for kinds that change how the request is processed instead.</summary>
    internal static SandboxReply? For(SandboxFault fault, IReadOnlyList<Guid> ids, DateTimeOffset now)
    {
        double seconds = fault.RetryAfterSeconds ?? 1;
        Guid? id = ids.Count > 0 ? ids[0] : null;
        return fault.Kind switch
        {
            SandboxFaultKind.LostAckBeforeAccept or SandboxFaultKind.LostAckAfterAccept => SandboxReply.Silent(SandboxBodyTail.Truncate),
            SandboxFaultKind.Reset => SandboxReply.Silent(SandboxBodyTail.Reset),
            SandboxFaultKind.Stall => SandboxReply.Silent(SandboxBodyTail.Stall),
            SandboxFaultKind.Conflict409 => Refusal(409, Conflict(id), showsEmptyData: true),
            SandboxFaultKind.Conflict400 => Refusal(400, Conflict(id), showsEmptyData: true),
            SandboxFaultKind.Unauthorized401 => Refusal(401, InvalidKey()),
            SandboxFaultKind.NoCredit402 => Refusal(402, NoCredit(id)),
            SandboxFaultKind.TooMany429 => Refusal(429, TooMany(id)),
            SandboxFaultKind.TooMany429RetryAfterHeader =>
                Refusal(429, TooMany(id), "Retry-After", Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture)),
            SandboxFaultKind.TooMany429RetryAfterDate => Refusal(429, TooMany(id), "Retry-After", Date(now, seconds)),
            SandboxFaultKind.TooMany429RetryAfterBody => Refusal(429, Overloaded(id, seconds)),
            SandboxFaultKind.Server500Envelope => Refusal(500, new SandboxError("internalServerError", "An internal error occurred.") { TaskId = id }),
            SandboxFaultKind.Server503Html => SandboxReply.Of(503, "text/html; charset=utf-8", Page),
            SandboxFaultKind.Server500Empty => new SandboxReply { Status = 500 },
            SandboxFaultKind.EmptyPoll => new SandboxEnvelope().ToReply(),
            SandboxFaultKind.UnreadableReply => SandboxReply.Of(200, SandboxJson.ContentType, Encoding.UTF8.GetBytes("{\"data\":[{\"taskType\":")),
            SandboxFaultKind.ChunkRefused =>
                Refusal(400, new SandboxError("invalidRequest", "Only one task can be looked at per request.") { Parameters = ["taskUUID"] }),
            SandboxFaultKind.ExpiredDownload => Expired(),
            _ => null,
        };
    }

    internal static SandboxError Conflict(Guid? id) => new("conflictTaskUUID", "A task with this taskUUID exists already.")
    {
        Parameters = ["taskUUID"],
        TaskType = SandboxSchema.Submit,
        TaskId = id,
    };

    internal static SandboxError InvalidKey() => new("invalidApiKey", "Invalid API key.")
    {
        Status = 401,
        Parameters = ["apiKey"],
        Type = "string",
        TaskType = SandboxSchema.Authentication,
    };

    internal static SandboxError NoCredit(Guid? id) => new("insufficientCredits", "The balance does not cover this task.") { Status = 402, TaskId = id };

    /// <summary>The reply for a video that is gone or never was.</summary>
    internal static SandboxReply Expired() => SandboxReply.Of(404, "text/plain; charset=utf-8", "Not found"u8.ToArray());

    /// <summary>The reply to a method that the path does not take.</summary>
    internal static SandboxReply NotAllowed(string methods) =>
        Refusal(405, new SandboxError("methodNotAllowed", $"Allowed here: {methods}."), "Allow", methods);

    internal static SandboxReply Refusal(int status, SandboxError error, string? headerName = null, string? headerValue = null, bool showsEmptyData = false)
    {
        var envelope = new SandboxEnvelope { ShowsEmptyData = showsEmptyData };
        envelope.Add(error);
        return SandboxReply.Of(status, SandboxJson.ContentType, SandboxJson.Object(envelope.Write), headerName, headerValue);
    }

    private static SandboxError Overloaded(Guid? id, double seconds) =>
        new("serviceOverloaded", "The service is temporarily unavailable due to high demand.") { RetryAfter = seconds, TaskId = id };

    private static SandboxError TooMany(Guid? id) => new("rateLimitExceeded", "Too many requests.") { TaskId = id };

    /// <summary>An HTTP date has whole seconds; it is rounded up so that coming back then is not too early.</summary>
    private static string Date(DateTimeOffset now, double seconds)
    {
        DateTimeOffset at = now.AddSeconds(seconds);
        long rest = at.UtcTicks % TimeSpan.TicksPerSecond;
        return (rest == 0 ? at : at.AddTicks(TimeSpan.TicksPerSecond - rest)).ToString("R", CultureInfo.InvariantCulture);
    }
}
