using System.Net.Http.Headers;

namespace Kling.Downloads;

/// <summary>One request for a video or the rest of it, and the reading of its reply into the part.</summary>
internal sealed class DownloadAttempt(
    DownloadConnection connection, DownloadTarget target, PartFile part, IClock clock, TimeSpan stall, DownloadLimits limits, Func<string, long?> freeSpace, Action<long?> announced, Action<long> received)
{
    private static readonly TimeSpan s_longestRetryAfter = TimeSpan.FromHours(1);
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Reads as much as comes.</summary>
    /// <returns>Null when the part is complete, otherwise the failure that the next attempt may not meet.</returns>
    /// <exception cref="DownloadException">A failure that every attempt would meet.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped.</exception>
    internal async Task<DownloadSetback?> RunAsync(CancellationToken token)
    {
        // It runs down while the network is waited for, and stands still while the disk writes.
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(token);
        bool answered = false;
        try
        {
            string? tag = part.Length > 0 ? part.Tag : null;
            long offset = tag is null ? 0 : part.Length;
            wait.CancelAfter(limits.Wait(stall));
            using HttpResponseMessage reply = await connection.GetAsync(target, offset, tag, wait.Token).ConfigureAwait(false);
            wait.CancelAfter(Timeout.InfiniteTimeSpan);
            answered = true;
            return await JudgeAsync(reply, offset, tag, wait).ConfigureAwait(false)
                ?? (part.FindShortfall() is string missing ? new DownloadSetback(DownloadFailure.Incomplete, missing) : null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            token.ThrowIfCancellationRequested();
            limits.RequireTime(TimeSpan.Zero);
            string what = wait.IsCancellationRequested ? FormattableString.Invariant($"nothing came for {stall.TotalSeconds:0.###} s")
                : answered ? "the connection broke off"
                : "the host could not be reached";
            return new DownloadSetback(answered ? DownloadFailure.Incomplete : DownloadFailure.Unreachable, what, Cause: WithoutSecrets(fault));
        }
    }

    // What the network says may name the proxy with its password, at any depth.
    private static Exception WithoutSecrets(Exception fault)
    {
        var messages = new List<string>();
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            messages.Add(cause.Message);
        }

        string all = string.Join(" ", messages.Distinct());
        return Masking.Clean(all) == all ? fault : new HttpRequestException(Masking.Clean(all));
    }

    private async Task<DownloadSetback?> JudgeAsync(HttpResponseMessage reply, long offset, string? tag, CancellationTokenSource wait)
    {
        int status = (int)reply.StatusCode;
        switch (status)
        {
            case 200:
                return await WholeAsync(reply, wait).ConfigureAwait(false);
            case 206 when Misfit(reply, offset, tag) is string misfit:
                part.Distrust();
                return new DownloadSetback(DownloadFailure.Incomplete, misfit);
            case 206:
                return await RestAsync(reply, wait).ConfigureAwait(false);
            case 416 when tag is not null:
                part.Distrust();
                return new DownloadSetback(DownloadFailure.Refused, "the host does not know the missing part", AtOnce: true);
            case 401 or 403:
                return Early(DownloadFailure.Expired,
                    FormattableString.Invariant($"the address has expired or was refused (status {status})"));
            case 404 or 410:
                return Early(DownloadFailure.NotFound,
                    FormattableString.Invariant($"the host has no video at the address (status {status})"));
            case 408 or 429 or >= 500:
                return new DownloadSetback(DownloadFailure.Unreachable, FormattableString.Invariant($"the host answered with status {status}"), RetryAfter(reply));
            default:
                throw target.Fail(DownloadFailure.Refused, FormattableString.Invariant($"the host answered with status {status}"));
        }
    }

    /// <summary>Reads the whole file. The bytes already here stay until the new ones have proved to be a video.</summary>
    private async Task<DownloadSetback?> WholeAsync(HttpResponseMessage reply, CancellationTokenSource wait)
    {
        if (IsText(reply))
        {
            return Early(DownloadFailure.WrongContent, $"what the host sent is not a video but '{reply.Content.Headers.ContentType?.MediaType}'");
        }

        long? total = reply.Content.Headers.ContentLength;
        limits.RequireSize(total);
        announced(total);
        using Stream body = await reply.Content.ReadAsStreamAsync().ConfigureAwait(false);
        int head = 0;
        for (int read = -1; head < VideoSignature.HeadBytes && read != 0; head += read)
        {
            read = await ReadAsync(body, head, wait).ConfigureAwait(false);
        }

        if (head < VideoSignature.HeadBytes && head < total)
        {
            return Short(head, total);
        }

        if (VideoSignature.Mismatch(target.FileName, _buffer, head) is string mismatch)
        {
            return VideoSignature.IsKnown(_buffer, head) ? throw target.Fail(DownloadFailure.WrongContent, mismatch) : Early(DownloadFailure.WrongContent, mismatch);
        }

        // The bytes that are here make room when they are thrown away.
        target.RequireSpace(total - part.Length, freeSpace);

        // Only a strong entity tag promises the same bytes (RFC 9110, If-Range).
        string? tag = reply.Headers.ETag is { IsWeak: false, Tag.Length: > 2 } strong ? strong.Tag : null;
        await part.BeginAsync(tag, total).ConfigureAwait(false);
        return await CopyAsync(body, head, total, wait).ConfigureAwait(false);
    }

    private async Task<DownloadSetback?> RestAsync(HttpResponseMessage reply, CancellationTokenSource wait)
    {
        // A length not known before is known now; one that is still not known ends with this part.
        long? end = reply.Content.Headers.ContentRange?.To + 1;
        long? total = reply.Content.Headers.ContentRange?.Length ?? part.Total ?? end;
        limits.RequireSize(total);
        announced(total);
        target.RequireSpace(total - part.Length, freeSpace);
        using Stream body = await reply.Content.ReadAsStreamAsync().ConfigureAwait(false);
        DownloadSetback? setback = await CopyAsync(body, 0, end, wait).ConfigureAwait(false);
        return setback is null && part.Length < total ? Short(part.Length, total) : setback;
    }

    /// <summary>Writes what is in the buffer already and all that follows, up to the announced end.</summary>
    private async Task<DownloadSetback?> CopyAsync(Stream body, int filled, long? end, CancellationTokenSource wait)
    {
        int count = filled > 0 ? filled : await ReadAsync(body, 0, wait).ConfigureAwait(false);
        while (count > 0)
        {
            if (part.Length + count > end)
            {
                // Nobody knows which of its bytes are the video's.
                await part.BeginAsync(null, null).ConfigureAwait(false);
                return new DownloadSetback(DownloadFailure.Incomplete, "the host sent more than it had announced");
            }

            await RequireSizeAsync(part.Length + count).ConfigureAwait(false);
            await part.WriteAsync(_buffer.AsMemory(0, count)).ConfigureAwait(false);
            received(part.Length);
            count = await ReadAsync(body, 0, wait).ConfigureAwait(false);
        }

        return part.Length < end ? Short(part.Length, end) : null;
    }

    private async Task<int> ReadAsync(Stream body, int at, CancellationTokenSource wait)
    {
        wait.CancelAfter(limits.Wait(stall));
        int read = await body.ReadAsync(_buffer.AsMemory(at), wait.Token).ConfigureAwait(false);
        wait.CancelAfter(Timeout.InfiniteTimeSpan);
        return read;
    }

    /// <summary>Whether the body says of itself that it is a page or an error and not a video.</summary>
    private static bool IsText(HttpResponseMessage reply)
    {
        string type = reply.Content.Headers.ContentType?.MediaType ?? "";
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What is wrong with a 206 for the bytes from <paramref name="offset"/>; null when it fits those of <paramref name="tag"/>.</summary>
    private string? Misfit(HttpResponseMessage reply, long offset, string? tag)
    {
        ContentRangeHeaderValue? range = reply.Content.Headers.ContentRange;
        return tag is null ? "the host sent a part of the file where all of it was asked for"
            : range is not { HasRange: true, Unit: "bytes" } ? "the host sent a part of the file without saying which"
            : range.From != offset ? "the host sent another part of the file than was asked for"
            : range.Length is long length && part.Total is long known && length != known ? "the file's length has changed"
            : reply.Content.Headers.ContentLength is long body && body != range.To - range.From + 1 ? "the announced part and its length differ"
            : reply.Headers.ETag is EntityTagHeaderValue other && other.Tag != tag ? "the file has changed"
            : null;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage reply)
    {
        TimeSpan? asked = reply.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? RetryAfterReader.Read(values, clock.UtcNow) : null;
        return asked > s_longestRetryAfter ? s_longestRetryAfter : asked;
    }

    private async Task RequireSizeAsync(long bytes)
    {
        try
        {
            limits.RequireSize(bytes);
        }
        catch (DownloadException)
        {
            // What is too large stays too large. Kept, it would only fill the disk.
            await part.BeginAsync(null, null).ConfigureAwait(false);
            throw;
        }
    }

    private static DownloadSetback Early(DownloadFailure reason, string what) => new(reason, what, MayBeEarly: true);

    private static DownloadSetback Short(long have, long? total) =>
        new(DownloadFailure.Incomplete, FormattableString.Invariant($"only {have} of {total} bytes arrived"));
}

/// <summary>A failed attempt that another one may make good.</summary>
/// <param name="Reason">What to report when no attempt is left.</param>
/// <param name="What">What happened, as the end of a sentence.</param>
/// <param name="RetryAfter">How long the host asked to wait.</param>
/// <param name="AtOnce">Whether the next attempt is a correction of the request: no wait, and not counted.</param>
/// <param name="MayBeEarly">Whether it may only mean that the host has no video yet; otherwise it is final at once.</param>
/// <param name="Cause">The failure behind it.</param>
internal sealed record DownloadSetback(
    DownloadFailure Reason, string What, TimeSpan? RetryAfter = null, bool AtOnce = false, bool MayBeEarly = false, Exception? Cause = null);
