namespace Kling.Downloads;

/// <summary>
/// Saves finished videos: into a <c>.part</c> file that a later call continues, verified by length and by the container's own sizes, then
/// renamed. It sends no key, no cookie and no credentials, and is safe to use from several threads.
/// </summary>
public sealed class VideoDownloader : IDisposable
{
    private const int MaxRetries = 4;

    // A host may show a video a little later than the service does.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(30);

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
    internal Func<string, FileMode, FileStream> OpenFile { get; init; } = PartFile.Exclusive;

    /// <summary>Tells how many bytes a folder's disk can take; null where it cannot tell.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = DiskSpace.Free;

    /// <summary>
    /// Downloads a video. A broken transfer is continued up to four times; after that, or when the caller stops, the bytes
    /// stay in <c>&lt;fileName&gt;.part</c> and the next call continues them if the host still has the same file.
    /// </summary>
    /// <param name="video">The video; its <see cref="KlingVideo.VideoUrl"/> is read, nothing of it is changed.</param>
    /// <param name="directory">The folder; created where it does not exist.</param>
    /// <param name="fileName">The file's name, without a folder; its extension says which container is expected.</param>
    /// <param name="options">Whether a file is replaced, and the limits; the defaults when null.</param>
    /// <param name="token">Stops; what arrived is kept.</param>
    /// <returns>Full path of the saved file.</returns>
    /// <exception cref="DownloadException">The video was not saved; its Reason says why.</exception>
    /// <exception cref="ArgumentException">The file name is not a plain name.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped.</exception>
    public async Task<string> SaveAsync(KlingVideo video, string directory, string fileName, DownloadOptions? options, CancellationToken token)
    {
        options ??= new DownloadOptions();
        DownloadTarget target = DownloadTarget.Create(video, directory, fileName);
        if (PartFile.TakeUp(target, OpenFile, options))
        {
            return target.Path;
        }

        target.RefuseTaken(options.Force);
        token.ThrowIfCancellationRequested();
        using PartFile part = PartFile.Open(target, OpenFile);

        // Another saver may have finished between the first look and the lock.
        target.RefuseTaken(options.Force);
        if (!part.IsComplete || part.FindShortfall() is not null)
        {
            await FillAsync(target, part, options, token).ConfigureAwait(false);
        }

        part.Finish(options);
        return target.Path;
    }

    /// <summary>Saves a video that comes inside of a reply of the service. It cannot be continued, so each attempt begins anew.</summary>
    /// <param name="video">The video.</param>
    /// <param name="directory">The folder; created where it does not exist.</param>
    /// <param name="fileName">The file's name, without a folder.</param>
    /// <param name="source">Brings the bytes.</param>
    /// <param name="options">Whether a file is replaced, and the limits.</param>
    /// <param name="token">Stops.</param>
    /// <returns>Full path of the saved file; null where the service does not send the video this way.</returns>
    /// <exception cref="DownloadException">The video was not saved; its Reason says why.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped.</exception>
    internal async Task<string?> SaveAsync(
        KlingVideo video, string directory, string fileName, InlineSource source, DownloadOptions options, CancellationToken token)
    {
        DownloadTarget target = DownloadTarget.Create(video, directory, fileName, source.Service);
        if (PartFile.TakeUp(target, OpenFile, options))
        {
            return target.Path;
        }

        target.RefuseTaken(options.Force);
        token.ThrowIfCancellationRequested();
        using PartFile part = PartFile.Open(target, OpenFile, isForOneUse: true);
        target.RefuseTaken(options.Force);
        var limits = new DownloadLimits(target, options, _clock);
        int number = source.Number;
        for (int attempt = 1; ; attempt++)
        {
            await part.BeginAsync(null, null).ConfigureAwait(false);
            int? came = await source.ReadAsync(number, async bytes =>
            {
                limits.RequireTime(TimeSpan.Zero);
                limits.RequireSize(part.Length + bytes.Length);
                await part.WriteAsync(bytes).ConfigureAwait(false);
                options.Progress?.Report(part.Length);
            }, token).ConfigureAwait(false);
            if (came is null)
            {
                return null;
            }

            string? missing = came < 0 ? "the connection broke off" : came != number ? "another video came" : part.FindShortfall();
            if (missing is null)
            {
                part.Finish(options);
                return target.Path;
            }

            if (attempt > MaxRetries)
            {
                throw target.Fail(DownloadFailure.Incomplete, FormattableString.Invariant($"{missing}, after {attempt} attempts"));
            }

            // Where another video came, its place is known now.
            number = came < 0 ? number : came.Value;
            TimeSpan pause = Backoff.Delay(attempt, null, _clock.NextDouble());
            limits.RequireTime(pause);
            await _clock.DelayAsync(pause, token).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private async Task FillAsync(DownloadTarget target, PartFile part, DownloadOptions options, CancellationToken token)
    {
        long highest = 0;
        var limits = new DownloadLimits(target, options, _clock);
        var attempt = new DownloadAttempt(_connection, target, part, _clock, Stall, limits, FreeSpace, total => options.Total?.Report(total ?? 0), length =>
        {
            if (length > highest)
            {
                highest = length;
                options.Progress?.Report(length);
            }
        });
        TimeSpan settling = s_settle - (_clock.UtcNow - (options.EndedAt ?? DateTimeOffset.MinValue));
        settling = settling < s_settle ? settling : s_settle;
        int retries = 0;
        int early = 0;
        while (await attempt.RunAsync(token).ConfigureAwait(false) is DownloadSetback setback)
        {
            TimeSpan pause = TimeSpan.Zero;
            if (setback.MayBeEarly)
            {
                if (settling <= TimeSpan.Zero)
                {
                    throw target.Fail(setback.Reason, setback.What);
                }

                pause = Backoff.Delay(++early, null, _clock.NextDouble());
                pause = pause < settling ? pause : settling;
                settling -= pause;
            }
            else if (!setback.AtOnce)
            {
                if (retries++ == MaxRetries)
                {
                    throw target.Fail(setback.Reason, FormattableString.Invariant($"{setback.What}, after {MaxRetries + 1} attempts"), setback.Cause);
                }

                pause = Backoff.Delay(retries, setback.RetryAfter, _clock.NextDouble());
            }

            if (pause > TimeSpan.Zero)
            {
                limits.RequireTime(pause);
                await _clock.DelayAsync(pause, token).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>How one video is saved.</summary>
public sealed record DownloadOptions
{
    /// <summary>Whether an existing file is replaced, once the new one is complete.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// Called once the file has its name, to record it. If the process ends before that, the next call for this video takes the file for its own.
    /// </summary>
    public Action? Saved { get; init; }

    /// <summary>Hears the number of bytes that are here; never a smaller one than before.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Hears how many bytes the host announces; 0 where it announces none. It is what the host says, and nothing relies on it.</summary>
    public IProgress<long>? Total { get; init; }

    /// <summary>The most bytes that a video may have: 2 GB unless told otherwise. Ten seconds of video have some ten million.</summary>
    public long MaxBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How long the download may take, all attempts together; null for no limit.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>
    /// When the task ended, where that is known. In the half minute after it, a host that has no video yet (401, 403, 404, 410, nothing, or a
    /// page) is asked again.
    /// </summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>Where a video comes from that has no address.</summary>
/// <param name="Service">The service's address, for messages.</param>
/// <param name="Number">Which of the videos of a reply it may be, from 0.</param>
/// <param name="ReadAsync">
/// Asks for the video of a number and hands out its bytes. Tells which number the video has; null where there is none, -1 where no reply came.
/// </param>
internal sealed record InlineSource(Uri Service, int Number, Func<int, Func<ReadOnlyMemory<byte>, Task>, CancellationToken, Task<int?>> ReadAsync);
