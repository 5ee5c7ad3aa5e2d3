using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// Puts what a reply says about one task into the task. Pure: no clock, no IO. The same reply a second time changes nothing.
/// </summary>
/// <remarks>
/// A task has ended when it has as many finished videos and failures as videos were asked for. This is how failures are counted:
/// <list type="bullet">
/// <item>A failure that names its video counts as one, unless that video is there: a success outweighs a failure.</item>
/// <item>A failure that names no video counts once per code. It does not count beside a failure of the same code and text that
/// names a video: the service may report one failure in two shapes (protocol note, getResponse). Failures without a video do not
/// end a task of several videos while one is still reported as running, because a paid video would be lost.</item>
/// <item>When a known failure is reported again and no video is reported as running any more, the whole task has failed. This takes
/// two replies, so that one reply that leaves out a running video ends nothing.</item>
/// </list>
/// A video that arrives later still counts, whatever was concluded before.
/// </remarks>
public static class TaskState
{
    // A service that tells another failure each time must not fill memory and journal.
    private const int MostErrors = 100;

    // No model makes more at once.
    private const int MostVideos = 100;

    // The number of a task of another machine may not be known.
    private static readonly int s_mostOfUnknown = (int)(ModelSpec.Kling21Standard.Row(nameof(KlingTask.NumberResults)).Max ?? 1m);

    /// <summary>Applies a reply to a getResponse or getTaskDetails; items and errors of other tasks are ignored.</summary>
    /// <param name="task">The task to bring up to date; the caller holds its lock.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="now">When the reply arrived.</param>
    /// <returns>Whether anything worth recording changed.</returns>
    public static bool Apply(KlingTask task, ApiReply reply, DateTimeOffset now)
    {
        bool changed = FillRequest(task, reply.Stored);
        IReadOnlyList<KlingTaskError> known = task.Errors;
        KlingTaskError[] reported = [.. Failures(task, reply)];

        changed |= MergeVideos(task, Videos(task, reply));
        bool refused = task.Status == KlingTaskStatus.Failed && task.BillingState == BillingState.NotCharged;
        if (task.Videos.Count < task.ExpectedResults && (!refused || task.Videos.Count > 0))
        {
            changed |= MergeFailures(task, reported, replacesRefusal: refused);
        }

        changed |= Bill(task, reply);
        bool running = reply.Items.Any(item => item.TaskId == task.TaskId && !ReplyReading.IsFinished(item));
        bool again = !running && reported.Any(error => IsKnown(known, error));
        return Conclude(task, running, again, now) || changed;
    }

    /// <summary>Whether a task is in the state in which it generates, so that the news "not finished" changes nothing.</summary>
    internal static bool IsRunning(KlingTask task)
    {
        lock (task)
        {
            return task.Status == KlingTaskStatus.Processing && task.BillingState is BillingState.Accepted or BillingState.Billed;
        }
    }

    // A task that another machine sent gets its request from the archive.
    private static bool FillRequest(KlingTask task, StoredReply? stored)
    {
        if (task.Model is not null || stored?.Find(task.TaskId) is not StoredRequest request || request.Settings.Model is null)
        {
            return false;
        }

        task.Settings = request.Settings;
        task.Image = request.Image;
        return true;
    }

    private static IEnumerable<ResultItem> Videos(KlingTask task, ApiReply reply)
    {
        IEnumerable<ResultItem> stored = reply.Stored?.Items.Where(item => item.TaskId is null || item.TaskId == task.TaskId) ?? [];
        return reply.Items.Where(item => item.TaskId == task.TaskId).Concat(stored).Where(ReplyReading.IsFinished);
    }

    private static IEnumerable<KlingTaskError> Failures(KlingTask task, ApiReply reply)
    {
        IEnumerable<KlingTaskError> told = reply.Errors.Where(error => ReplyReading.IsFailureOf(reply, error, task.TaskId));

        // The archive's errors may be those of a later, refused attempt with the same id. Only a failed generation counts.
        IEnumerable<KlingTaskError> stored = reply.Stored?.Errors.Where(error => (error.TaskId is null || error.TaskId == task.TaskId)
            && error.Category is KlingErrorCategory.Provider or KlingErrorCategory.Safety or KlingErrorCategory.Timeout) ?? [];
        return told.Concat(stored);
    }

    // Collects the videos of a task over many replies, each once, and never more than were asked for.
    private static bool MergeVideos(KlingTask task, IEnumerable<ResultItem> reported)
    {
        int most = Math.Clamp(task.NumberResults ?? (task.Model is null ? s_mostOfUnknown : 1), 1, MostVideos);
        List<KlingVideo> videos = [.. task.Videos];
        bool news = false;
        bool fresh = false;
        foreach (ResultItem item in reported)
        {
            KlingVideo video = Believed(task, item);
            string key = Key(video);
            int index = videos.FindIndex(known => Key(known) == key);

            // The one video of a task, without an id and at a new address, is still that video.
            index = index < 0 && most == 1 && videos.Count == 1 && ItemReader.IsFromAddress(videos[0].VideoId) && ItemReader.IsFromAddress(video.VideoId) ? 0 : index;
            if (index < 0)
            {
                if (videos.Count < most)
                {
                    videos.Add(video);
                    KeepCost(task, video, item);
                    news = true;
                }

                continue;
            }

            KlingVideo known = videos[index];
            KlingVideo merged = KlingVideo.Merge(video, known, known.VideoId);

            // A new address of the same video is used, but it is no news: it would be recorded on every poll. Nor is a value that changes.
            bool isNews = KeepCost(task, merged, item) || IsNew(known.VideoUrl, merged.VideoUrl) || IsNew(known.Seed, merged.Seed)
                || IsNew(known.Nsfw, merged.Nsfw) || merged.VideoCost > (known.VideoCost ?? -1m);
            if (isNews || merged.VideoUrl != known.VideoUrl)
            {
                videos[index] = merged;
                fresh = true;
                news |= isNews;
            }
        }

        if (news || fresh)
        {
            task.Videos = videos;
        }

        return news;
    }

    private static bool IsNew<T>(T? known, T? told) => known is null && told is not null;

    /// <summary>The video of an item, without a cost that is not believed.</summary>
    private static KlingVideo Believed(KlingTask task, ResultItem item) => OddCost(task, item) is null ? item.Video! : item.Video!.WithoutCost();

    private static string? OddCost(KlingTask task, ResultItem item) =>
        item.OddCost ?? (item.Video!.VideoCost is decimal cost && (cost < 0m || cost > ReportedCost.MostOfVideo(task.Settings)) ? ReportedCost.Text(cost) : null);

    /// <summary>Keeps a cost that is not believed as an error, once for a video; true where it is new.</summary>
    private static bool KeepCost(KlingTask task, KlingVideo video, ResultItem item)
    {
        if (OddCost(task, item) is not string cost || task.Errors.Any(error => ReportedCost.IsKeptBy(error) && IsSameId(error.VideoId, video.VideoId)))
        {
            return false;
        }

        task.Errors = [.. task.Errors, ReportedCost.Keep(task, video.VideoId, cost)];
        return true;
    }

    private static string Key(KlingVideo video) =>
        video.VideoId.Length > 0 ? video.VideoId.ToUpperInvariant() : WithoutQuery(video.VideoUrl) ?? "";

    private static string? WithoutQuery(string? url) => url?.Split('?', 2)[0];

    // Keeps each failure once; the rule is on the class.
    private static bool MergeFailures(KlingTask task, KlingTaskError[] reported, bool replacesRefusal)
    {
        KlingTaskError[] before = replacesRefusal ? [] : [.. task.Errors];
        List<KlingTaskError> errors = [.. before];
        foreach (KlingTaskError error in reported)
        {
            if (errors.Count < MostErrors && !IsKnown(before, error) && !errors.Exists(other => IsSame(other, error)))
            {
                errors.Add(error);
            }
        }

        errors.RemoveAll(error => !ReportedCost.IsKeptBy(error) && error.VideoId is string id && task.Videos.Any(video => IsSameId(video.VideoId, id)));
        if (errors.SequenceEqual(task.Errors))
        {
            return false;
        }

        task.Errors = errors;
        return true;
    }

    // Whether an earlier reply reported this failure. A text may differ from poll to poll (seconds, request ids), so where no
    // video is named, only the code tells failures of different replies apart.
    private static bool IsKnown(IEnumerable<KlingTaskError> known, KlingTaskError error) =>
        known.Any(other => IsSame(other, error) || (error.VideoId is null && other.VideoId is null && other.Code == error.Code));

    private static bool IsSame(KlingTaskError one, KlingTaskError other) =>
        one.Code == other.Code && one.Message == other.Message && IsSameId(one.VideoId, other.VideoId);

    private static bool IsSameId(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static bool Bill(KlingTask task, ApiReply reply)
    {
        BillingState state = task.BillingState;
        decimal? cost = task.Videos.Any(video => video.VideoCost is not null) ? task.Videos.Sum(video => video.VideoCost ?? 0m) : null;
        bool changed = cost > (task.Cost ?? decimal.MinValue);
        if (changed)
        {
            task.Cost = cost;
        }

        if (task.Cost is not null)
        {
            task.BillingState = BillingState.Billed;
        }
        else if (task.BillingState is BillingState.NotCharged or BillingState.Unknown && IsAccepted(task, reply))
        {
            task.BillingState = BillingState.Accepted;
        }

        if (task.BillingState is BillingState.Accepted or BillingState.Billed && task.Status is KlingTaskStatus.Submitting or KlingTaskStatus.Unknown)
        {
            task.Status = KlingTaskStatus.Processing;
            changed = true;
        }

        return changed || task.BillingState != state;
    }

    private static bool IsAccepted(KlingTask task, ApiReply reply)
    {
        if (task.Videos.Count > 0)
        {
            return true;
        }

        // A report of a refusal does not make a refused task an accepted one.
        return task.BillingState == BillingState.Unknown && SubmitRules.ProvesAcceptance(reply, task.TaskId);
    }

    private static bool Conclude(KlingTask task, bool running, bool failedAsAWhole, DateTimeOffset now)
    {
        KlingTaskStatus? end = End(task, running, failedAsAWhole);
        if (end is null || end == task.Status)
        {
            return false;
        }

        if (end == KlingTaskStatus.Succeeded)
        {
            task.Errors = [.. task.Errors.Where(ReportedCost.IsKeptBy)];
        }

        task.Status = end.Value;
        task.CompletedAt = now;
        return true;
    }

    private static KlingTaskStatus? End(KlingTask task, bool running, bool failedAsAWhole)
    {
        int videos = task.Videos.Count;
        int expected = task.ExpectedResults;

        // It is not known how many videos a task of another machine has. While one is running, the task has not ended.
        if (videos >= expected && !(task.NumberResults is null && task.Model is null && running))
        {
            return KlingTaskStatus.Succeeded;
        }

        KlingTaskError[] errors = [.. task.Errors.Where(error => !ReportedCost.IsKeptBy(error))];
        KlingTaskError[] ofVideos = [.. errors.Where(error => error.VideoId is not null)];
        int named = ofVideos.DistinctBy(error => error.VideoId, StringComparer.OrdinalIgnoreCase).Count();
        int unnamed = errors
            .Where(error => error.VideoId is null && !ofVideos.Any(other => other.Code == error.Code && other.Message == error.Message))
            .DistinctBy(error => error.Code)
            .Count();
        int failures = named + unnamed;
        bool ended = videos + named >= expected
            || (videos + failures >= expected && (expected == 1 || !running))
            || (failures > 0 && failedAsAWhole);
        if (!ended || failures == 0)
        {
            return null;
        }

        return videos > 0 ? KlingTaskStatus.PartiallySucceeded : KlingTaskStatus.Failed;
    }
}
