using Kling.Wire;

namespace Kling.Polling;

/// <summary>How the requests of one look went.</summary>
internal sealed class LookReport
{
    /// <summary>How many requests got an answer.</summary>
    internal int Answered { get; private set; }

    /// <summary>The last reply that was no answer; null when all were.</summary>
    internal ApiReply? Fault { get; private set; }

    /// <summary>The longest time the service asked to wait.</summary>
    internal TimeSpan? RetryAfter { get; private set; }

    /// <summary>Whether more requests of this look would only meet the same: no connection, no key, no credit, too fast.</summary>
    internal bool Stop { get; private set; }

    internal void Count(ApiReply reply, bool answered)
    {
        if (reply.RetryAfter is TimeSpan asked && !(RetryAfter >= asked))
        {
            RetryAfter = asked;
        }

        if (answered)
        {
            Answered++;
            return;
        }

        Fault = reply;
        Stop |= reply.Outcome == ApiOutcome.Unsent || reply.RetryAfter is not null || reply.HttpStatus is 401 or 402 or 403 or 429
            || reply.Errors.Any(ReplyReading.IsSessionError);
    }
}
