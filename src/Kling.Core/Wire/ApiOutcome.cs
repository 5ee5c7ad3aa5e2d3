namespace Kling.Wire;

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
