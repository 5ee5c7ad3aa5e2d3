using Kling.Models;

namespace Kling.Wire;

/// <summary>What became of one HTTP attempt.</summary>
public sealed class ApiReply
{
    /// <summary>How the attempt ended, as far as the wire tells.</summary>
    public ApiOutcome Outcome { get; init; }

    /// <summary>HTTP status; null when no reply arrived.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The items of <c>data</c> that are not failures.</summary>
    public IReadOnlyList<ResultItem> Items { get; init; } = [];

    /// <summary>All errors, whichever of the known shapes carried them.</summary>
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
