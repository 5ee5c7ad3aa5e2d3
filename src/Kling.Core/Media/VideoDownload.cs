using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using Kling.Models;
using Kling.Support;

namespace Kling.Media;

/// <summary>One download: fetches, continues and checks until the unfinished file is whole.</summary>
internal sealed class VideoDownload(HttpClient http, IClock clock, KlingVideo video, Uri url, PartFile part, string fileName, IProgress<long>? progress)
{
    private const int Attempts = 4;
    private const int MostRedirects = 5;
    private const int BufferSize = 128 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(120);
    private readonly StallGuard _guard = new(clock, s_patience);

    internal async Task RunAsync(CancellationToken token)
    {
        for (int attempt = 1; ; attempt++)
        {
            string trouble;
            TimeSpan? retryAfter = null;
            Exception? failure = null;
            try
            {
                (bool whole, trouble, retryAfter) = await AttemptAsync(token).ConfigureAwait(false);
                if (whole)
                {
                    CheckKind();
                    return;
                }
            }
            catch (Exception broken) when (IsConnectionTrouble(broken, token))
            {
                failure = broken;
                trouble = broken is StalledException ? broken.Message : "the connection broke";
            }

            if (attempt == Attempts || retryAfter > s_longestPause)
            {
                throw Fail(DownloadFailure.Incomplete,
                    FormattableString.Invariant($"Video {video.VideoId} could not be downloaded completely from {url.Host} ({trouble}); {part.Length} bytes are kept and the next try goes on from there."), failure);
            }

            double seconds = Math.Pow(2, attempt - 1) * (0.75 + (clock.NextDouble() / 4));
            TimeSpan pause = TimeSpan.FromSeconds(seconds);
            await clock.DelayAsync(retryAfter > pause ? retryAfter.Value : pause, token).ConfigureAwait(false);
        }
    }

    /// <summary>One request, and all bytes it brings; whole only when the length is what the host said.</summary>
    private async Task<(bool Whole, string Trouble, TimeSpan? RetryAfter)> AttemptAsync(CancellationToken token)
    {
        using HttpResponseMessage response = await FetchAsync(token).ConfigureAwait(false);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                part.Restart(VersionOf(response));
                return await ReceiveAsync(response, response.Content.Headers.ContentLength, token).ConfigureAwait(false);

            case HttpStatusCode.PartialContent when Continues(response):
                return await ReceiveAsync(response, response.Content.Headers.ContentRange!.Length, token).ConfigureAwait(false);

            case HttpStatusCode.PartialContent:
                part.Restart(null);
                return (false, "the host sent another part than was asked for", null);

            case HttpStatusCode.RequestedRangeNotSatisfiable when part.Length > 0:
                if (response.Content.Headers.ContentRange?.Length == part.Length)
                {
                    return (true, "", null);
                }

                part.Restart(null);
                return (false, "the host does not have the part that was asked for", null);

            case HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone:
                throw Fail(DownloadFailure.Expired, FormattableString.Invariant(
                    $"The address of video {video.VideoId} at {url.Host} has expired or was withdrawn (HTTP {(int)response.StatusCode}). The video was paid; Get-KlingTask with its task's id asks for a fresh address as long as the service keeps it."), null);

            case HttpStatusCode.RequestTimeout or (HttpStatusCode)429 or >= HttpStatusCode.InternalServerError:
                return (false, FormattableString.Invariant($"HTTP {(int)response.StatusCode}"), RetryAfterOf(response));

            default:
                throw Fail(DownloadFailure.Refused, FormattableString.Invariant(
                    $"{url.Host} refused video {video.VideoId} (HTTP {(int)response.StatusCode}). The video was paid; try again with Save-KlingVideo."), null);
        }
    }

    private async Task<HttpResponseMessage> FetchAsync(CancellationToken token)
    {
        Uri address = url;
        for (int hop = 0; hop <= MostRedirects; hop++)
        {
            using HttpRequestMessage request = Request(address);
            HttpResponseMessage response = await _guard.RunAsync(
                stop => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop), token).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return response;
            }

            Uri? location = response.Headers.Location;
            response.Dispose();
            Uri? next = location is null ? null : new Uri(address, location);
            if (next is null || !DownloadUrl.MayLead(address, next))
            {
                throw Fail(DownloadFailure.UnusableUrl,
                    $"{address.Host} sends the download of video {video.VideoId} to an address that must not be followed: only https is.", null);
            }

            address = next;
        }

        throw Fail(DownloadFailure.UnusableUrl, $"{url.Host} redirects the download of video {video.VideoId} again and again.", null);
    }

    private HttpRequestMessage Request(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);

        // Packed bytes would have another length than the file.
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (part.Length > 0 && part.Version is string version)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.TryAddWithoutValidation("If-Range", version);
        }

        return request;
    }

    private async Task<(bool Whole, string Trouble, TimeSpan? RetryAfter)> ReceiveAsync(HttpResponseMessage response, long? total, CancellationToken token)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        progress?.Report(part.Length);
        while (true)
        {
            int count = await _guard.RunAsync(stop => stream.ReadAsync(buffer, 0, buffer.Length, stop), token).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            await WriteAsync(buffer, count, token).ConfigureAwait(false);
            progress?.Report(part.Length);
        }

        if (part.Length > 0 && (total is null || part.Length == total))
        {
            return (true, "", null);
        }

        string trouble = FormattableString.Invariant($"{part.Length} of {total?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} bytes arrived");
        if (part.Length > total)
        {
            // More than there is: these bytes are of no use.
            part.Restart(null);
        }

        return (false, trouble, null);
    }

    private async Task WriteAsync(byte[] buffer, int count, CancellationToken token)
    {
        try
        {
            await part.AppendAsync(buffer, count, token).ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            // A full disk is not a broken connection: another try would not help.
            throw Fail(DownloadFailure.Unwritable, $"Video {video.VideoId} could not be written: {failure.Message}", failure);
        }
    }

    private bool Continues(HttpResponseMessage response)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        string? version = VersionOf(response);
        return part.Length > 0 && range is { Unit: "bytes", HasRange: true } && range.From == part.Length && (version is null || version == part.Version);
    }

    private void CheckKind()
    {
        if (ContainerSignature.Matches(part.Head(), fileName))
        {
            return;
        }

        long length = part.Length;
        part.Restart(null);
        throw Fail(DownloadFailure.NotAVideo, FormattableString.Invariant(
            $"What {url.Host} sent for video {video.VideoId} ({length} bytes) is not a {Path.GetExtension(fileName).TrimStart('.')} video; it was not kept."), null);
    }

    // A weak ETag does not promise the same bytes, so nothing is continued on its word.
    private static string? VersionOf(HttpResponseMessage response) =>
        response.Headers.ETag is EntityTagHeaderValue tag
            ? tag.IsWeak ? null : tag.Tag
            : response.Content.Headers.LastModified?.ToString("r", CultureInfo.InvariantCulture);

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - clock.UtcNow);

    private static bool IsConnectionTrouble(Exception failure, CancellationToken token) =>
        failure is HttpRequestException or IOException || (failure is OperationCanceledException && !token.IsCancellationRequested);

    private DownloadException Fail(DownloadFailure reason, string message, Exception? inner) => new(reason, message, video, fileName, inner);
}
