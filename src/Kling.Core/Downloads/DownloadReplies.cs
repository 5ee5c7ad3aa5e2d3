using System.Net.Http;
using System.Net.Http.Headers;

namespace Kling.Downloads;

/// <summary>Reads the heads of replies. Pure.</summary>
internal static class DownloadReplies
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    /// <summary>The reply's entity tag where it is a strong one: only that promises the same bytes (RFC 9110, If-Range).</summary>
    internal static string? StrongTag(HttpResponseMessage reply) =>
        reply.Headers.ETag is { IsWeak: false } tag && tag.Tag.Length > 2 ? tag.Tag : null;

    /// <summary>Whether the body says of itself that it is a page or an error and not a video.</summary>
    internal static bool IsText(HttpResponseMessage reply)
    {
        string type = reply.Content.Headers.ContentType?.MediaType ?? "";
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What is wrong with a 206 for the rest of a file from <paramref name="offset"/>; null when it fits.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="offset">The first byte asked for.</param>
    /// <param name="tag">The tag of the bytes already here; null when no part was asked for.</param>
    /// <param name="total">The file's length as far as known, in bytes.</param>
    internal static string? Misfit(HttpResponseMessage reply, long offset, string? tag, long? total)
    {
        ContentRangeHeaderValue? range = reply.Content.Headers.ContentRange;
        return tag is null ? "the host sent a part of the file where all of it was asked for"
            : range is not { HasRange: true, Unit: "bytes" } ? "the host sent a part of the file without saying which"
            : range.From != offset ? "the host sent another part of the file than was asked for"
            : range.Length is long length && total is long known && length != known ? "the file's length has changed"
            : reply.Content.Headers.ContentLength is long body && body != range.To - range.From + 1 ? "the announced part and its length differ"
            : reply.Headers.ETag is EntityTagHeaderValue other && other.Tag != tag ? "the file has changed"
            : null;
    }

    /// <summary>How long the host asks to wait, from 0 to one hour (RFC 9110, Retry-After).</summary>
    internal static TimeSpan? RetryAfter(HttpResponseMessage reply, DateTimeOffset now)
    {
        RetryConditionHeaderValue? asked = reply.Headers.RetryAfter;
        TimeSpan? wait = asked?.Delta ?? (asked?.Date - now);
        return wait is not TimeSpan time ? null
            : time < TimeSpan.Zero ? TimeSpan.Zero
            : time > s_longestWait ? s_longestWait
            : time;
    }
}
