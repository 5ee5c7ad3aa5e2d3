using Kling.Requests;
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
    // A service that tells another failure each time must not fill memory and journal.
    private const int MostErrors = 100;

    // No model makes more at once.
    private const int MostVideos = 100;

    // The number of a task of another machine may not be known.
    private static readonly int s_mostOfUnknown = (int)(ModelSpec.Kling21Standard.Row(nameof(KlingTask.NumberResults)).Max ?? 1m);

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
        KlingTaskError[] known = [.. FailuresOf(task)];
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
        task.LastImage = request.LastImage;
        return true;
    }

    private static IEnumerable<ResultItem> Videos(KlingTask task, ApiReply reply)
    {
        IEnumerable<ResultItem> stored = reply.Stored?.Items.Where(item => item.TaskId is null || item.TaskId == task.TaskId) ?? [];
        return reply.Items.Where(item => item.TaskId == task.TaskId).Concat(stored).Where(ReplyReading.IsFinished);
    }

    private static List<KlingTaskError> Failures(KlingTask task, ApiReply reply)
    {
        IEnumerable<KlingTaskError> told = reply.Errors.Where(error => ReplyReading.IsFailureOf(reply, error, task.TaskId));

        // The archive's errors may be those of a later, refused attempt with the same id. Only a failed generation counts.
        IEnumerable<KlingTaskError> stored = reply.Stored?.Errors.Where(error => (error.TaskId is null || error.TaskId == task.TaskId)
            && error.Category is KlingErrorCategory.Provider or KlingErrorCategory.Safety or KlingErrorCategory.Timeout) ?? [];
        return KlingTaskError.Merge(told, stored);
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
        if (OddCost(task, item) is not string cost || task.Errors.Any(error => ReportedCost.IsKeptBy(error) && string.Equals(error.VideoId, video.VideoId, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        task.Errors = [.. task.Errors, ReportedCost.Keep(task, video.VideoId, cost)];
        return true;
    }

    private static string Key(KlingVideo video) =>
        video.VideoId.Length > 0 ? video.VideoId.ToUpperInvariant() : WithoutQuery(video.VideoUrl) ?? "";

    private static string? WithoutQuery(string? url) => url?.Split('?', 2)[0];

    private static bool MergeFailures(KlingTask task, KlingTaskError[] reported, bool replacesRefusal)
    {
        // A cost that is not believed is no failure, and stays beside its video.
        KlingTaskError[] kept = [.. task.Errors.Where(ReportedCost.IsKeptBy)];
        List<KlingTaskError> failures = KlingTaskError.Collect(replacesRefusal ? [] : FailuresOf(task), reported);
        failures.RemoveAll(error => IsOfAVideo(task, error));
        if (task.Model is not null)
        {
            KlingTaskError.Bound(failures, task.ExpectedResults - task.Videos.Count);
        }

        KlingTaskError[] errors = [.. kept, .. failures.Take(MostErrors)];
        if (errors.SequenceEqual(task.Errors))
        {
            return false;
        }

        task.Errors = errors;
        return true;
    }

    private static IEnumerable<KlingTaskError> FailuresOf(KlingTask task) => task.Errors.Where(error => !ReportedCost.IsKeptBy(error));

    // Whether the video that failed is there after all.
    private static bool IsOfAVideo(KlingTask task, KlingTaskError error) =>
        error.VideoId is string id && task.Videos.Any(video => string.Equals(video.VideoId, id, StringComparison.OrdinalIgnoreCase));

    private static bool Bill(KlingTask task, ApiReply reply, KlingTaskError[] reported)
    {
        string state = task.BillingState;
        decimal most = ReportedCost.MostOfVideo(task.Settings);
        decimal? cost = null;
        foreach (KlingVideo video in task.Videos)
        {
            cost = video.VideoCost <= most ? (cost ?? 0m) + video.VideoCost : cost;
        }

        foreach (KlingTaskError error in reported)
        {
            cost = error.Cost <= most ? (cost ?? 0m) + error.Cost : cost;
        }

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
        string? end = End(task, told);
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
            task.Errors = [.. task.Errors.Where(ReportedCost.IsKeptBy)];
        }

        task.Status = end;
        task.CompletedAt = now;
        return true;
    }

    // The service charges what it delivers (protocol note, learned since). A webhook's body proves nothing.
    private static bool ReleaseFailed(KlingTask task, Told told, bool isPoll)
    {
        bool allFailed = Math.Max(Least(FailuresOf(task), known: true), told.Failures) >= task.ExpectedResults;
        if (!isPoll || !allFailed || task.Errors.Any(ReportedCost.IsKeptBy) || task is not { Status: KlingTaskStatus.Failed, BillingState: BillingState.Accepted, Cost: null })
        {
            return false;
        }

        task.BillingState = BillingState.NotCharged;
        task.WasTaken = true;
        return true;
    }

    private static string? End(KlingTask task, Told told)
    {
        int videos = task.Videos.Count;
        int expected = task.ExpectedResults;

        // It is not known how many videos a task of another machine has. While one is running, the task has not ended.
        bool isCountUnknown = task.NumberResults is null && task.Model is null;
        if (videos >= expected && !(isCountUnknown && told.IsRunning))
        {
            return KlingTaskStatus.Succeeded;
        }

        int named = FailuresOf(task).Count(error => error.VideoId is not null);
        int failures = Math.Max(Least(FailuresOf(task), known: true), told.Failures);
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
