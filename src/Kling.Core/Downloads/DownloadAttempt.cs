using System.Net.Http;
using System.Net.Http.Headers;
using Kling.Support;

namespace Kling.Downloads;

/// <summary>One request for a video or the rest of it, and the reading of its reply into the part.</summary>
internal sealed class DownloadAttempt(DownloadConnection connection, DownloadTarget target, PartFile part, IClock clock, Func<string, long?> freeSpace, Action<long> received)
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Reads as much as comes.</summary>
    /// <param name="stall">How long a single wait may take.</param>
    /// <param name="token">The caller's stop.</param>
    /// <returns>Null when the part is complete, otherwise what may pass.</returns>
    /// <exception cref="DownloadException">What does not pass.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped.</exception>
    internal async Task<DownloadSetback?> RunAsync(TimeSpan stall, CancellationToken token)
    {
        using var patience = new DownloadPatience(stall, token);
        bool answered = false;
        try
        {
            string? tag = part.Length > 0 ? part.Tag : null;
            long offset = tag is null ? 0 : part.Length;
            using HttpResponseMessage reply = await connection.GetAsync(target, offset, tag, patience.Begin()).ConfigureAwait(false);
            patience.End();
            answered = true;
            return await JudgeAsync(reply, offset, tag, patience).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            token.ThrowIfCancellationRequested();
            string what = patience.Ended ? $"nothing came for {patience.Limit}"
                : answered ? "the connection broke off"
                : "the host could not be reached";
            return new DownloadSetback(answered ? DownloadFailure.Incomplete : DownloadFailure.Unreachable, what, Cause: fault);
        }
    }

    private async Task<DownloadSetback?> JudgeAsync(HttpResponseMessage reply, long offset, string? tag, DownloadPatience patience)
    {
        int status = (int)reply.StatusCode;
        switch (status)
        {
            case 200:
                return await WholeAsync(reply, patience).ConfigureAwait(false);
            case 206 when DownloadReplies.Misfit(reply, offset, tag, part.Total) is string misfit:
                part.Distrust();
                return new DownloadSetback(DownloadFailure.Incomplete, misfit);
            case 206:
                return await RestAsync(reply, patience).ConfigureAwait(false);
            case 416 when tag is not null:
                part.Distrust();
                return new DownloadSetback(DownloadFailure.Refused, "the host does not know the missing part", AtOnce: true);
            case 401 or 403:
                throw target.Fail(DownloadFailure.Expired,
                    FormattableString.Invariant($"the address has expired or was refused (status {status}); the video is paid: Get-KlingTask may give a fresh one"));
            case 404 or 410:
                throw target.Fail(DownloadFailure.NotFound,
                    FormattableString.Invariant($"the host has no video at the address (status {status}); the video is paid: Get-KlingTask may give a fresh one"));
            case 408 or 429 or >= 500:
                return new DownloadSetback(DownloadFailure.Unreachable,
                    FormattableString.Invariant($"the host answered with status {status}"), DownloadReplies.RetryAfter(reply, clock.UtcNow));
            default:
                throw target.Fail(DownloadFailure.Refused, FormattableString.Invariant($"the host answered with status {status}"));
        }
    }

    /// <summary>Nothing that is here is touched before the new bytes have proved to be a video.</summary>
    private async Task<DownloadSetback?> WholeAsync(HttpResponseMessage reply, DownloadPatience patience)
    {
        if (DownloadReplies.IsText(reply))
        {
            throw target.Fail(DownloadFailure.WrongContent, $"what the host sent is not a video but '{reply.Content.Headers.ContentType?.MediaType}'");
        }

        long? total = reply.Content.Headers.ContentLength;
        using Stream body = await reply.Content.ReadAsStreamAsync().ConfigureAwait(false);
        int head = 0;
        for (int read = -1; head < VideoSignature.HeadBytes && read != 0; head += read)
        {
            read = await ReadAsync(body, head, patience).ConfigureAwait(false);
        }

        if (head < VideoSignature.HeadBytes && head < total)
        {
            return Short(head, total);
        }

        if (VideoSignature.Mismatch(target.FileName, _buffer, head) is string mismatch)
        {
            throw target.Fail(DownloadFailure.WrongContent, mismatch);
        }

        // The bytes that are here make room when they are thrown away.
        target.RequireSpace(total - part.Length, freeSpace);
        await part.BeginAsync(DownloadReplies.StrongTag(reply), total).ConfigureAwait(false);
        return await CopyAsync(body, head, total, patience).ConfigureAwait(false);
    }

    private async Task<DownloadSetback?> RestAsync(HttpResponseMessage reply, DownloadPatience patience)
    {
        // A length not known before is known now; one that is still not known ends with this part.
        long? end = reply.Content.Headers.ContentRange?.To + 1;
        long? total = reply.Content.Headers.ContentRange?.Length ?? part.Total ?? end;
        target.RequireSpace(total - part.Length, freeSpace);
        using Stream body = await reply.Content.ReadAsStreamAsync().ConfigureAwait(false);
        DownloadSetback? setback = await CopyAsync(body, 0, end, patience).ConfigureAwait(false);
        return setback is null && part.Length < total ? Short(part.Length, total) : setback;
    }

    /// <summary>Writes what is in the buffer already and all that follows, up to the announced end.</summary>
    private async Task<DownloadSetback?> CopyAsync(Stream body, int filled, long? end, DownloadPatience patience)
    {
        int count = filled > 0 ? filled : await ReadAsync(body, 0, patience).ConfigureAwait(false);
        while (count > 0)
        {
            if (part.Length + count > end)
            {
                // Nobody knows which of its bytes are the video's.
                await part.BeginAsync(null, null).ConfigureAwait(false);
                return new DownloadSetback(DownloadFailure.Incomplete, "the host sent more than it had announced");
            }

            await part.WriteAsync(_buffer, count).ConfigureAwait(false);
            received(part.Length);
            count = await ReadAsync(body, 0, patience).ConfigureAwait(false);
        }

        return part.Length < end ? Short(part.Length, end) : null;
    }

    private async Task<int> ReadAsync(Stream body, int at, DownloadPatience patience)
    {
        int read = await body.ReadAsync(_buffer.AsMemory(at), patience.Begin()).ConfigureAwait(false);
        patience.End();
        return read;
    }

    private static DownloadSetback Short(long have, long? total) =>
        new(DownloadFailure.Incomplete, FormattableString.Invariant($"only {have} of {total} bytes arrived"));
}

/// <summary>Ends a wait for the network that takes too long, and every wait when the caller stops.</summary>
internal sealed class DownloadPatience : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _limit;

    internal DownloadPatience(TimeSpan limit, CancellationToken caller)
    {
        _limit = limit;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
    }

    /// <summary>How long one wait may take, as text.</summary>
    internal string Limit => FormattableString.Invariant($"{_limit.TotalSeconds:0.###} s");

    internal bool Ended => _source.IsCancellationRequested;

    /// <summary>Starts a wait; the token ends it.</summary>
    internal CancellationToken Begin()
    {
        _source.CancelAfter(_limit);
        return _source.Token;
    }

    /// <summary>The wait is over; what follows is the disk's time.</summary>
    internal void End() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}

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

/// <summary>An attempt that failed in a way that may pass.</summary>
/// <param name="Reason">What to report when no attempt is left.</param>
/// <param name="What">What happened, as the end of a sentence.</param>
/// <param name="RetryAfter">How long the host asked to wait.</param>
/// <param name="AtOnce">Whether the next attempt is a correction of the request: no wait, and not counted.</param>
/// <param name="Cause">The failure behind it.</param>
internal sealed record DownloadSetback(
    DownloadFailure Reason, string What, TimeSpan? RetryAfter = null, bool AtOnce = false, Exception? Cause = null);
