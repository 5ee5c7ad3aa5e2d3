using System.Net.Http;
using Kling.Models;
using Kling.Support;

namespace Kling.Media;

/// <summary>
/// Saves videos: into a <c>.part</c> that a later try continues, checked for length and kind, then renamed. Never sends a key or a
/// cookie, never overwrites unless told to, and never leaves an unchecked file under the final name.
/// </summary>
public sealed class VideoDownloader : IDisposable
{
    private readonly HttpClient _http;
    private readonly IClock _clock;

    /// <summary>Creates the downloader with a connection of its own.</summary>
    /// <param name="handler">The HTTP stack; it must not follow redirects by itself. A plain one when left out.</param>
    /// <param name="clock">Time and chance; the real ones when left out.</param>
    public VideoDownloader(HttpMessageHandler? handler = null, IClock? clock = null)
    {
        // Redirects are followed here, where their targets are checked.
        _http = new HttpClient(handler ?? new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
        _clock = clock ?? SystemClock.Instance;
    }

    /// <summary>Saves one video.</summary>
    /// <param name="video">The video; its address may be used by anyone who knows it and is not shown.</param>
    /// <param name="directory">The folder; it is made when it does not exist.</param>
    /// <param name="fileName">The file's name, without a path; its extension says which kind of file is expected.</param>
    /// <param name="force">Whether a file of that name may be replaced.</param>
    /// <param name="progress">Gets the bytes that are there, those of earlier tries included.</param>
    /// <param name="token">Stops the download; what arrived stays for the next try.</param>
    /// <returns>The file's full path.</returns>
    /// <exception cref="ArgumentException"><paramref name="fileName"/> is empty or has a path.</exception>
    /// <exception cref="DownloadException">It was not saved; see its <see cref="DownloadException.Reason"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public async Task<string> SaveAsync(
        KlingVideo video, string directory, string fileName, bool force, IProgress<long>? progress, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (string.IsNullOrWhiteSpace(fileName) || fileName is "." or ".." || fileName.IndexOfAny(['/', '\\']) >= 0)
        {
            throw new ArgumentException("The file name is empty or has a path.", nameof(fileName));
        }

        string target = Path.GetFullPath(Path.Combine(directory, fileName));
        RefuseExisting(video, target, fileName, force);
        if (!Uri.TryCreate(video.VideoUrl, UriKind.Absolute, out Uri? url) || !DownloadUrl.IsAllowed(url))
        {
            throw new DownloadException(DownloadFailure.UnusableUrl,
                $"Video {video.VideoId} has no address that may be downloaded from: it must be https.", video, fileName);
        }

        using PartFile part = OpenPart(video, target, fileName);

        // Another download of the same name may have finished just before this one took over.
        RefuseExisting(video, target, fileName, force);
        await new VideoDownload(_http, _clock, video, url, part, fileName, progress).RunAsync(token).ConfigureAwait(false);
        try
        {
            part.MoveTo(target, force);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            RefuseExisting(video, target, fileName, force);
            throw Unwritable(video, target, fileName, failure);
        }

        return target;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static void RefuseExisting(KlingVideo video, string target, string fileName, bool force)
    {
        if (Directory.Exists(target) || (!force && File.Exists(target)))
        {
            throw new DownloadException(DownloadFailure.FileExists,
                $"Video {video.VideoId} was not saved: {target} is already there.", video, fileName);
        }
    }

    private static PartFile OpenPart(KlingVideo video, string target, string fileName)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            return PartFile.Open(target, video);
        }
        catch (IOException failure) when (File.Exists(target + ".part"))
        {
            throw new DownloadException(DownloadFailure.Busy,
                $"Video {video.VideoId} was not saved: another download is writing {target}.part.", video, fileName, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(video, target, fileName, failure);
        }
    }

    private static DownloadException Unwritable(KlingVideo video, string target, string fileName, Exception failure) =>
        new(DownloadFailure.Unwritable, $"Video {video.VideoId} could not be written to {target}: {failure.Message}", video, fileName, failure);
}
