using Kling.Downloads;
using Kling.Files;
using Kling.Journal;
using Kling.Session;

namespace Kling.Paths;

/// <summary>Saves videos; one that fails does not keep the others from being saved.</summary>
internal static class VideoSaver
{
    // How often a file is looked at that another command is saving, and how many looks in a row may show no growth of it.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private const int MostIdleLooks = 60;

    /// <summary>
    /// Saves every video of a task: fetches those that are not there yet, refreshes an address once where the host refuses it,
    /// records each file in the journal and writes its sidecar. <c>saved</c> gets the path of each file, fetched now or before;
    /// <c>failed</c> gets what went wrong, and the file may be saved all the same.
    /// </summary>
    internal static async Task SaveAllAsync(
        KlingServices services, KlingTask task, SaveOptions options, Action<string> saved, Action<Exception> failed, CancellationToken token)
    {
        // A refreshed task may have more videos; they are another call's business.
        int count = task.Videos.Count;
        KlingTask named = Named(services, task);
        for (int index = 0; index < count; index++)
        {
            try
            {
                string path = options.PathFor(named, index, task.Videos[index]);
                bool isThere = IsThere(task.Videos[index], path);
                bool replaces = Replaces(isThere, path, options);
                bool isNoted = false;
                void Note()
                {
                    isNoted = true;

                    // Read again: a refreshed address comes with a new object.
                    KlingVideo video = task.Videos[index];
                    bool isRecorded = IsRecorded(video, path);
                    Mark(video, path);
                    if (!isRecorded)
                    {
                        Report(failed, () => services.Journal.Append(JournalEvent.Saved, task), path);
                    }

                    if (options.Sidecar)
                    {
                        Report(failed, () => Sidecar.Save(task, video, SaveOptions.ModuleVersion, replaces), path);
                    }
                }

                // A mark beside it was left by a process that ended, or belongs to one that records the file just now.
                if (replaces || !isThere || File.Exists(DownloadTarget.MarkOf(path)))
                {
                    var how = new DownloadOptions { Force = replaces, Time = options.DownloadTime, EndedAt = task.CompletedAt, Saved = Note };
                    await FetchOnceAsync(services, task, index, path, how, options, token).ConfigureAwait(false);
                }

                if (!isNoted)
                {
                    Note();
                }

                saved(path);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                failed(failure);
            }
        }
    }

    /// <summary>The task as its files are named: an image that was uploaded from a file here has that file's name.</summary>
    private static KlingTask Named(KlingServices services, KlingTask task)
    {
        try
        {
            if (Guid.TryParse(task.Image, out Guid media) && services.Uploads.SourceOf(media) is string source)
            {
                KlingTask named = task.Snapshot();
                named.Image = source;
                return named;
            }
        }
        catch (JournalException)
        {
            // Then the video has a name without the image's.
        }

        return task;
    }

    /// <summary>Saves a video without its task: nothing can be refreshed or recorded, and it gets no sidecar.</summary>
    internal static async Task<string> SaveAsync(KlingServices services, KlingVideo video, int index, SaveOptions options, CancellationToken token)
    {
        string path = options.PathFor(video, index);
        bool isThere = IsThere(video, path);
        bool replaces = Replaces(isThere, path, options);
        if (replaces || !isThere)
        {
            await DownloadAsync(services, video, path, new() { Force = replaces, Time = options.DownloadTime }, options, token).ConfigureAwait(false);
        }

        Mark(video, path);
        return path;
    }

    /// <summary>Fetches a video, unless another command saves it to the same place just now: then that is waited for.</summary>
    private static async Task FetchOnceAsync(
        KlingServices services, KlingTask task, int index, string path, DownloadOptions how, SaveOptions options, CancellationToken token)
    {
        int idle = 0;
        long? size = null;
        while (true)
        {
            try
            {
                await FetchAsync(services, task, index, path, how, options, token).ConfigureAwait(false);
                return;
            }
            catch (DownloadException taken) when (taken.Reason == DownloadFailure.FileExists && !how.Force)
            {
                if (IsSaved(services, task, task.Videos[index], path))
                {
                    return;
                }

                throw;
            }
            catch (DownloadException busy) when (busy.Reason == DownloadFailure.InUse && idle < MostIdleLooks)
            {
                // Another command is at it.
            }

            await services.Submitter.Clock.DelayAsync(s_pause, token).ConfigureAwait(false);
            long? now = Size(path + ".part");
            idle = now == size ? idle + 1 : 0;
            size = now;
        }
    }

    /// <summary>Whether a command has saved this video there, by its sidecar or the journal.</summary>
    private static bool IsSaved(KlingServices services, KlingTask task, KlingVideo video, string path) => IsThere(video, path)
        || services.Journal.Find([task.TaskId]).Any(known => known.Videos.Any(same => same.VideoId == video.VideoId && IsRecorded(same, path)));

    private static async Task FetchAsync(
        KlingServices services, KlingTask task, int index, string path, DownloadOptions how, SaveOptions options, CancellationToken token)
    {
        if (string.IsNullOrWhiteSpace(task.Videos[index].VideoUrl) && await TakeAsync(services, task, index, path, how, options, token).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await DownloadAsync(services, task.Videos[index], path, how, options, token).ConfigureAwait(false);
        }
        catch (DownloadException refused) when (refused.Reason is DownloadFailure.Expired or DownloadFailure.NotFound
            or DownloadFailure.Refused or DownloadFailure.RedirectLoop or DownloadFailure.AddressNotAllowed or DownloadFailure.NoAddress)
        {
            if (!await RefreshAsync(services, task, token).ConfigureAwait(false))
            {
                throw;
            }

            await DownloadAsync(services, task.Videos[index], path, how, options, token).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a video without an address out of the service's reply; false where the reply does not carry it.</summary>
    private static async Task<bool> TakeAsync(
        KlingServices services, KlingTask task, int index, string path, DownloadOptions how, SaveOptions options, CancellationToken token)
    {
        KlingVideo video = task.Videos[index];
        var count = new ByteCount();
        using Transfer? transfer = options.Transfers?.Begin("Saving", Path.GetFileName(path), () => null, () => count.Bytes);
        var source = new InlineSource(services.Api.Endpoint, index,
            (number, write, stop) => services.Inline.ReadAsync(task.TaskId, video.VideoId, number, write, stop));
        return await services.Downloader.SaveAsync(
            video, Path.GetDirectoryName(path)!, Path.GetFileName(path), source, how with { Progress = count }, token).ConfigureAwait(false) is not null;
    }

    /// <summary>Asks the service for the videos' present addresses; false when it did not answer.</summary>
    private static async Task<bool> RefreshAsync(KlingServices services, KlingTask task, CancellationToken token)
    {
        try
        {
            await services.Poller.LookAsync([task], token).ConfigureAwait(false);
            return true;
        }
        catch (KlingApiException)
        {
            // What is wrong is that the video could not be had; that error is reported.
            return false;
        }
    }

    private static async Task<string> DownloadAsync(
        KlingServices services, KlingVideo video, string path, DownloadOptions how, SaveOptions options, CancellationToken token)
    {
        var count = new ByteCount();
        var total = new ByteCount();
        using Transfer? transfer = options.Transfers?.Begin("Saving", Path.GetFileName(path), () => total.Bytes, () => count.Bytes);
        return await services.Downloader.SaveAsync(
            video, Path.GetDirectoryName(path)!, Path.GetFileName(path), how with { Progress = count, Total = total }, token).ConfigureAwait(false);
    }

    private static bool IsRecorded(KlingVideo video, string path) => video.File == path && video.FileBytes == Size(path);

    /// <summary>Whether a file is this video, whole: by what was recorded, or by what its sidecar says.</summary>
    private static bool IsThere(KlingVideo video, string path) =>
        Size(path) is not null && (IsRecorded(video, path) || Sidecar.Describes(path, video.VideoId));

    /// <summary>Whether the file is to be fetched again: the user says so, or an older version took for whole what is cut off.</summary>
    private static bool Replaces(bool isThere, string path, SaveOptions options) => options.Force || (isThere && VideoContainer.IsCutOff(path));

    private static void Mark(KlingVideo video, string path)
    {
        video.File = path;
        video.FileBytes = Size(path);
    }

    private static long? Size(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : null;
    }

    /// <summary>Does what belongs to a saved file. Its failure is reported, and the file stays saved.</summary>
    private static void Report(Action<Exception> failed, Action work, string path)
    {
        try
        {
            work();
        }
        catch (JournalException failure)
        {
            failed(new UnrecordedFileException(path, failure));
        }
        catch (OutputFileException failure)
        {
            failed(failure);
        }
    }
}
