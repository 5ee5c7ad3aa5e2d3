using System.Net.Http;
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
