namespace Kling.Downloads;

/// <summary>An attempt that failed in a way that may pass.</summary>
/// <param name="Reason">What to report when no attempt is left.</param>
/// <param name="What">What happened, as the end of a sentence.</param>
/// <param name="RetryAfter">How long the host asked to wait.</param>
/// <param name="AtOnce">Whether the next attempt is a correction of the request: no wait, and not counted.</param>
/// <param name="Cause">The failure behind it.</param>
internal sealed record DownloadSetback(
    DownloadFailure Reason, string What, TimeSpan? RetryAfter = null, bool AtOnce = false, Exception? Cause = null);
