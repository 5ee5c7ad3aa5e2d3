namespace Kling.Models;

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
