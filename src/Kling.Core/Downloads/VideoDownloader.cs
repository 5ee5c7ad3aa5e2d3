namespace Kling.Downloads;

/// <summary>
/// Saves finished videos: into a <c>.part</c> file that a later call continues, verified by length and by the container's own sizes, then
/// renamed. It sends no key, no cookie and no credentials, and is safe to use from several threads.
/// </summary>
public sealed class VideoDownloader : IDisposable
{
    private const int MaxRetries = 4;
    private readonly DownloadConnection _connection;
    private readonly IClock _clock;

    /// <summary>Creates the downloader.</summary>
    /// <param name="handler">Replaces the network, in tests; the downloader disposes it. It must not follow redirects.</param>
    /// <param name="clock">Replaces the real clock.</param>
    public VideoDownloader(HttpMessageHandler? handler = null, IClock? clock = null)
    {
        _connection = new DownloadConnection(handler);
        _clock = clock ?? SystemClock.Instance;
    }

    /// <summary>How long one wait for the network may take.</summary>
    internal TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Opens a part for this saver alone; replaced in tests of a failing disk.</summary>
    internal Func<string, FileStream> OpenFile { get; init; } = PartFile.Exclusive;

    /// <summary>Tells how many bytes a folder's disk can take; null where it cannot tell.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = DiskSpace.Free;

    /// <summary>
    /// Downloads a video. A broken transfer is continued up to four times; after that, or when the caller stops, the bytes
    /// stay in <c>&lt;fileName&gt;.part</c> and the next call continues them if the host still has the same file.
    /// </summary>
    /// <param name="video">The video; its <see cref="KlingVideo.VideoUrl"/> is read, nothing of it is changed.</param>
    /// <param name="directory">The folder; created where it does not exist.</param>
    /// <param name="fileName">The file's name, without a folder; its extension says which container is expected.</param>
    /// <param name="force">Whether an existing file is replaced, once the new one is complete.</param>
    /// <param name="progress">Hears the number of bytes that are here; never a smaller one than before.</param>
    /// <param name="token">Stops; what arrived is kept.</param>
    /// <returns>Full path of the saved file.</returns>
    /// <exception cref="DownloadException">The video was not saved; its Reason says why.</exception>
    /// <exception cref="ArgumentException">The file name is not a plain name.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped.</exception>
    public async Task<string> SaveAsync(
        KlingVideo video, string directory, string fileName, bool force, IProgress<long>? progress, CancellationToken token)
    {
        DownloadTarget target = DownloadTarget.Create(video, directory, fileName);
        target.RefuseTaken(force);
        token.ThrowIfCancellationRequested();
        using PartFile part = PartFile.Open(target, OpenFile);

        // Another saver may have finished between the first look and the lock.
        target.RefuseTaken(force);
        if (!part.IsComplete || part.FindShortfall() is not null)
        {
            await FillAsync(target, part, progress, token).ConfigureAwait(false);
        }

        part.Finish(force);
        return target.Path;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private async Task FillAsync(DownloadTarget target, PartFile part, IProgress<long>? progress, CancellationToken token)
    {
        long highest = 0;
        var attempt = new DownloadAttempt(_connection, target, part, _clock, Stall, FreeSpace, length =>
        {
            if (length > highest)
            {
                highest = length;
                progress?.Report(length);
            }
        });
        int retries = 0;
        while (await attempt.RunAsync(token).ConfigureAwait(false) is DownloadSetback setback)
        {
            if (setback.AtOnce)
            {
                continue;
            }

            if (retries++ == MaxRetries)
            {
                throw target.Fail(setback.Reason, FormattableString.Invariant($"{setback.What}, after {MaxRetries + 1} attempts"), setback.Cause);
            }

            await _clock.DelayAsync(Backoff.Delay(retries, setback.RetryAfter, _clock.NextDouble()), token).ConfigureAwait(false);
        }
    }
}
