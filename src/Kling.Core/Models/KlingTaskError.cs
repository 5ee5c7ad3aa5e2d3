namespace Kling.Models;

/// <summary>One error as the service reported it, with its own code and text kept.</summary>
public sealed class KlingTaskError
{
    /// <summary>The service's code, for example <c>timeoutProvider</c>; never empty.</summary>
    public string Code { get; init; } = "unknownError";

    /// <summary>The service's text.</summary>
    public string Message { get; init; } = "";

    /// <summary>The category the code belongs to.</summary>
    public KlingErrorCategory Category { get; init; }

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

    /// <inheritdoc/>
    public override string ToString() => Message.Length == 0 ? Code : $"{Code}: {Message}";
}

/// <summary>A small, stable classification of the service's many error codes (protocol note, errors).</summary>
public enum KlingErrorCategory
{
    /// <summary>None of the rules knows the code.</summary>
    Unknown,

    /// <summary>A parameter is missing, unknown or out of its limits.</summary>
    Validation,

    /// <summary>This task id was already submitted.</summary>
    Conflict,

    /// <summary>No key, or a key the service refuses.</summary>
    Authentication,

    /// <summary>Not enough credit.</summary>
    Quota,

    /// <summary>Too many requests, or the service is overloaded; worth a later try.</summary>
    RateLimit,

    /// <summary>Moderation refused the prompt, the image or the result.</summary>
    Safety,

    /// <summary>The connection failed or broke.</summary>
    Connection,

    /// <summary>Something took too long.</summary>
    Timeout,

    /// <summary>The service does not know the task or the model (any more).</summary>
    NotFound,

    /// <summary>A fault on the service's side.</summary>
    Server,

    /// <summary>A fault at the provider behind the service.</summary>
    Provider,

    /// <summary>The reply could not be read.</summary>
    Protocol,
}
