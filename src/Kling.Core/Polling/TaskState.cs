using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// Puts what a reply says about one task into the task. Pure: no clock, no IO. The same reply a second time changes nothing.
/// </summary>
/// <remarks>
/// A task has ended when it has as many finished videos and failures as videos were asked for. So a failure that is counted twice would
/// lose a video that is paid for. Failures are counted as the fewest that the replies can mean:
/// <list type="bullet">
/// <item>A failure that names its video counts as one, unless that video is there: a success outweighs a failure.</item>
/// <item>A failure that names no video counts for itself within one reply, but not beside one of the same code that names its video: the
/// service may report one failure in two shapes (protocol note, getResponse). Over several replies it counts once per code.</item>
/// <item>Failures without a video do not end a task of several videos while one is still reported as running.</item>
/// <item>When only a part of the results is told of, and nothing is reported as running, the whole task may have failed. That is
/// concluded when a known failure is reported again and the task is so old that its other videos would be there.</item>
/// </list>
/// A video that arrives later still counts, whatever was concluded before. A task that ended with fewer videos than were asked for is open
/// again when a reply shows one of them as running beside its other results.
/// </remarks>
public static class TaskState
{
    // Videos take two to four minutes. All of a task are made at the same time.
    private static readonly TimeSpan s_oldEnough = TimeSpan.FromMinutes(10);

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
        bool refused = task.IsRefused;
        if (task.Videos.Count < task.ExpectedResults && (!refused || task.Videos.Count > 0))
        {
            changed |= MergeFailures(task, reported, replacesRefusal: refused);
        }

        reported = [.. reported.Where(error => !IsOfAVideo(task, error))];
        changed |= Bill(task, reply, reported);
        var told = new Told(
            IsRunning: reply.Items.Any(item => item.TaskId == task.TaskId && !ReplyReading.IsFinished(item)),
            HasResult: reported.Length > 0 || Videos(task, reply).Any(),
            Failures: Least(reported, known: false),
            IsRepeated: reported.Any(error => known.Any(error.MayBe)) && !(now - task.SubmittedAt < s_oldEnough));
        changed |= Conclude(task, told, now);
        return ReleaseFailed(task, told, isPoll: reply.HttpStatus is not null) || changed;
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

    private static IEnumerable<KlingVideo> Videos(KlingTask task, ApiReply reply)
    {
        IEnumerable<ResultItem> stored = reply.Stored?.Items.Where(item => item.TaskId is null || item.TaskId == task.TaskId) ?? [];
        return reply.Items.Where(item => item.TaskId == task.TaskId).Concat(stored).Where(ReplyReading.IsFinished).Select(item => item.Video!);
    }

    private static List<KlingTaskError> Failures(KlingTask task, ApiReply reply)
    {
        IEnumerable<KlingTaskError> told = reply.Errors.Where(error => ReplyReading.IsFailureOf(reply, error, task.TaskId));

        // The archive's errors may be those of a later, refused attempt with the same id. Only a failed generation counts.
        IEnumerable<KlingTaskError> stored = reply.Stored?.Errors.Where(error => (error.TaskId is null || error.TaskId == task.TaskId)
            && error.Category is KlingErrorCategory.Provider or KlingErrorCategory.Safety or KlingErrorCategory.Timeout) ?? [];
        return KlingTaskError.Merge(told, stored);
    }

    // Collects the videos of a task over many replies, each once.
    private static bool MergeVideos(KlingTask task, IEnumerable<KlingVideo> reported)
    {
        List<KlingVideo> videos = [.. task.Videos];
        bool news = false;
        bool fresh = false;
        foreach (KlingVideo video in reported)
        {
            int index = videos.FindIndex(known => Key(known) == Key(video));
            if (index < 0)
            {
                videos.Add(video);
                news = true;
                continue;
            }

            KlingVideo known = videos[index];
            KlingVideo merged = KlingVideo.Merge(video, known, known.VideoId);

            // A new signature on the address of the same file is used, but it is no news: it would be recorded on every poll.
            bool isNews = WithoutQuery(merged.VideoUrl) != WithoutQuery(known.VideoUrl) || merged.VideoCost != known.VideoCost
                || merged.Seed != known.Seed || merged.Nsfw != known.Nsfw;
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

    private static string Key(KlingVideo video) =>
        video.VideoId.Length > 0 ? video.VideoId.ToUpperInvariant() : WithoutQuery(video.VideoUrl) ?? "";

    private static string? WithoutQuery(string? url) => url?.Split('?', 2)[0];

    private static bool MergeFailures(KlingTask task, KlingTaskError[] reported, bool replacesRefusal)
    {
        List<KlingTaskError> errors = KlingTaskError.Collect(replacesRefusal ? [] : task.Errors, reported);
        errors.RemoveAll(error => IsOfAVideo(task, error));
        if (task.Model is not null)
        {
            KlingTaskError.Bound(errors, task.ExpectedResults - task.Videos.Count);
        }

        if (errors.SequenceEqual(task.Errors))
        {
            return false;
        }

        task.Errors = errors;
        return true;
    }

    // Whether the video that failed is there after all.
    private static bool IsOfAVideo(KlingTask task, KlingTaskError error) =>
        error.VideoId is string id && task.Videos.Any(video => string.Equals(video.VideoId, id, StringComparison.OrdinalIgnoreCase));

    private static bool Bill(KlingTask task, ApiReply reply, KlingTaskError[] reported)
    {
        BillingState state = task.BillingState;
        decimal[] costs = [.. task.Videos.Select(video => video.VideoCost).Concat(reported.Select(error => error.Cost)).OfType<decimal>()];
        decimal? cost = costs.Length > 0 ? costs.Sum() : null;
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

    private static bool Conclude(KlingTask task, Told told, DateTimeOffset now)
    {
        KlingTaskStatus? end = End(task, told);
        if (end is null && task.IsTerminal && !task.IsRefused && told is { IsRunning: true, HasResult: true })
        {
            // "Running" alone is also said of tasks that the service has forgotten. Beside a result it is true, and the end came too early.
            task.Status = KlingTaskStatus.Processing;
            task.BillingState = task.BillingState == BillingState.NotCharged ? BillingState.Accepted : task.BillingState;
            task.CompletedAt = null;
            return true;
        }

        if (end is null || end == task.Status)
        {
            return false;
        }

        if (end == KlingTaskStatus.Succeeded)
        {
            task.Errors = [];
        }

        task.Status = end.Value;
        task.CompletedAt = now;
        return true;
    }

    // The service charges what it delivers (protocol note, learned since). A webhook's body proves nothing.
    private static bool ReleaseFailed(KlingTask task, Told told, bool isPoll)
    {
        bool allFailed = Math.Max(Least(task.Errors, known: true), told.Failures) >= task.ExpectedResults;
        if (!isPoll || !allFailed || task is not { Status: KlingTaskStatus.Failed, BillingState: BillingState.Accepted, Cost: null })
        {
            return false;
        }

        task.BillingState = BillingState.NotCharged;
        task.WasTaken = true;
        return true;
    }

    private static KlingTaskStatus? End(KlingTask task, Told told)
    {
        int videos = task.Videos.Count;
        int expected = task.ExpectedResults;

        // It is not known how many videos a task of another machine has. While one is running, the task has not ended.
        bool isCountUnknown = task.NumberResults is null && task.Model is null;
        if (videos >= expected && !(isCountUnknown && told.IsRunning))
        {
            return KlingTaskStatus.Succeeded;
        }

        int named = task.Errors.Count(error => error.VideoId is not null);
        int failures = Math.Max(Least(task.Errors, known: true), told.Failures);
        bool ended = videos + named >= expected
            || (videos + failures >= expected && ((expected == 1 && !isCountUnknown) || !told.IsRunning))
            || (told.IsRepeated && !told.IsRunning);
        if (!ended || failures == 0 || (isCountUnknown && told.IsRunning))
        {
            return null;
        }

        return videos > 0 ? KlingTaskStatus.PartiallySucceeded : KlingTaskStatus.Failed;
    }

    // The fewest failures that these can be. Those known from several replies may repeat each other in other words.
    private static int Least(IEnumerable<KlingTaskError> errors, bool known) => errors.GroupBy(error => error.Code).Sum(same =>
    {
        int unnamed = same.Count(error => error.VideoId is null);
        return Math.Max(same.Count() - unnamed, known ? Math.Min(1, unnamed) : unnamed);
    });

    /// <summary>What one reply says about one task.</summary>
    /// <param name="IsRunning">Whether a result of it is reported as not finished.</param>
    /// <param name="HasResult">Whether a result of it is reported, good or bad.</param>
    /// <param name="Failures">The fewest failures that are reported.</param>
    /// <param name="IsRepeated">Whether a known failure is reported again, long after the task was accepted.</param>
    private readonly record struct Told(bool IsRunning, bool HasResult, int Failures, bool IsRepeated);
}
