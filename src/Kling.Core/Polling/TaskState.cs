using Kling.Models;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Polling;

/// <summary>
/// What a reply says about one task, put into the task. Pure: no clock, no IO, and the same reply twice changes nothing the second time.
/// </summary>
/// <remarks>
/// A task has ended when its finished videos and its failures are as many as were asked for. How failures are counted:
/// <list type="bullet">
/// <item>A failure that names its video counts as one, unless that video is there: a success outweighs a failure.</item>
/// <item>A failure that names no video counts once per code, and not at all beside one of the same code and text that names a
/// video: the service may report one failure in two shapes (protocol note, getResponse). Such a count does not end a task of
/// several videos while one of them is still reported as running, because a video that was paid would be lost.</item>
/// <item>When a known failure is reported again and no video is reported as running any more, the rest has failed too: the failure was
/// the whole task's. It takes two replies, so that one reply which leaves out a running sibling ends nothing.</item>
/// </list>
/// A video that turns up later still counts, whatever was concluded before.
/// </remarks>
public static class TaskState
{
    /// <summary>Applies a reply to a getResponse or getTaskDetails; items and errors of other tasks are ignored.</summary>
    /// <param name="task">The task to bring up to date; the caller holds its lock.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="now">When the reply arrived.</param>
    /// <returns>Whether anything worth recording changed.</returns>
    public static bool Apply(KlingTask task, ApiReply reply, DateTimeOffset now)
    {
        bool changed = RequestFill.Fill(task, reply.Stored);
        IReadOnlyList<KlingTaskError> known = task.Errors;
        IReadOnlyList<KlingTaskError> reported = [.. Failures(task, reply)];

        changed |= VideoMerge.Into(task, Videos(task, reply));
        bool failed = task.Status == KlingTaskStatus.Failed && task.BillingState == BillingState.NotCharged;
        if (task.Videos.Count < task.ExpectedResults && (!failed || task.Videos.Count > 0))
        {
            changed |= FailureMerge.Into(task, reported, replacesRefusal: failed);
        }

        changed |= Bill(task, reply);
        bool running = reply.Items.Any(item => item.TaskId == task.TaskId && !ReplyReading.IsFinished(item));
        bool again = !running && reported.Any(error => FailureMerge.IsKnown(known, error));
        return Conclude(task, running, again, now) || changed;
    }

    /// <summary>Whether a task is as it stays while it generates, so that hearing that it is not finished changes nothing.</summary>
    internal static bool IsRunning(KlingTask task)
    {
        lock (task)
        {
            return task.Status == KlingTaskStatus.Processing && task.BillingState is BillingState.Accepted or BillingState.Billed;
        }
    }

    private static IEnumerable<KlingVideo> Videos(KlingTask task, ApiReply reply)
    {
        IEnumerable<ResultItem> stored = reply.Stored?.Items.Where(item => item.TaskId is null || item.TaskId == task.TaskId) ?? [];
        return reply.Items.Where(item => item.TaskId == task.TaskId).Concat(stored).Where(ReplyReading.IsFinished).Select(item => item.Video!);
    }

    private static IEnumerable<KlingTaskError> Failures(KlingTask task, ApiReply reply)
    {
        IEnumerable<KlingTaskError> told = reply.Errors.Where(error => ReplyReading.IsFailureOf(reply, error, task.TaskId));

        // The archive's errors may be those of a later, refused attempt with the same id; only a failed generation counts.
        IEnumerable<KlingTaskError> stored = reply.Stored?.Errors.Where(error => (error.TaskId is null || error.TaskId == task.TaskId)
            && error.Category is KlingErrorCategory.Provider or KlingErrorCategory.Safety or KlingErrorCategory.Timeout) ?? [];
        return told.Concat(stored);
    }

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

        // A task that was refused is not accepted because its refusal is reported.
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
            task.Errors = [];
        }

        task.Status = end.Value;
        task.CompletedAt = now;
        return true;
    }

    private static KlingTaskStatus? End(KlingTask task, bool running, bool failedAsAWhole)
    {
        int videos = task.Videos.Count;
        int expected = task.ExpectedResults;

        // How many videos a task of another machine has is not known; while one is running, it has not ended.
        if (videos >= expected && !(task.NumberResults is null && task.Model is null && running))
        {
            return KlingTaskStatus.Succeeded;
        }

        int named = FailureMerge.CountNamed(task);
        int failures = named + FailureMerge.CountUnnamed(task);
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

/// <summary>Collects the videos of a task over many replies, each once.</summary>
internal static class VideoMerge
{
    internal static bool Into(KlingTask task, IEnumerable<KlingVideo> reported)
    {
        List<KlingVideo> videos = [.. task.Videos];
        bool changed = false;
        bool fresh = false;
        foreach (KlingVideo video in reported)
        {
            int index = videos.FindIndex(known => Key(known) == Key(video));
            if (index < 0)
            {
                videos.Add(video);
                changed = true;
                continue;
            }

            KlingVideo known = videos[index];
            KlingVideo merged = Merge(known, video);
            if (IsSame(known, merged))
            {
                continue;
            }

            videos[index] = merged;
            fresh = true;

            // A newly signed address of the same file is used, but is no news: it would be recorded on every poll.
            changed |= WithoutQuery(known.VideoUrl) != WithoutQuery(merged.VideoUrl) || known.VideoCost != merged.VideoCost
                || known.Seed != merged.Seed || known.Nsfw != merged.Nsfw;
        }

        if (changed || fresh)
        {
            task.Videos = videos;
        }

        return changed;
    }

    private static KlingVideo Merge(KlingVideo known, KlingVideo video) => new()
    {
        VideoId = known.VideoId,
        VideoUrl = video.VideoUrl ?? known.VideoUrl,
        Seed = video.Seed ?? known.Seed,
        Nsfw = video.Nsfw ?? known.Nsfw,
        VideoCost = video.VideoCost ?? known.VideoCost,
        File = known.File,
        FileBytes = known.FileBytes,
    };

    private static bool IsSame(KlingVideo one, KlingVideo other) =>
        one.VideoUrl == other.VideoUrl && one.Seed == other.Seed && one.Nsfw == other.Nsfw && one.VideoCost == other.VideoCost;

    private static string Key(KlingVideo video) =>
        video.VideoId.Length > 0 ? video.VideoId.ToUpperInvariant() : WithoutQuery(video.VideoUrl) ?? "";

    private static string? WithoutQuery(string? url)
    {
        int query = url?.IndexOf('?') ?? -1;
        return query < 0 ? url : url![..query];
    }
}

/// <summary>Keeps each failure of a task once and counts them; the rule is on <see cref="TaskState"/>.</summary>
internal static class FailureMerge
{
    internal static bool Into(KlingTask task, IReadOnlyList<KlingTaskError> reported, bool replacesRefusal)
    {
        List<KlingTaskError> errors = replacesRefusal ? [] : [.. task.Errors];
        KlingTaskError[] before = [.. errors];
        foreach (KlingTaskError error in reported)
        {
            // A text may differ from poll to poll (seconds, request ids); without a video's name only the code tells failures of different replies apart.
            if (!IsKnown(before, error) && !errors.Any(other => IsSame(other, error)))
            {
                errors.Add(error);
            }
        }

        errors.RemoveAll(error => error.VideoId is string id && task.Videos.Any(video => SameId(video.VideoId, id)));
        if (errors.SequenceEqual(task.Errors))
        {
            return false;
        }

        task.Errors = errors;
        return true;
    }

    /// <summary>Whether an earlier reply reported this failure.</summary>
    internal static bool IsKnown(IEnumerable<KlingTaskError> known, KlingTaskError error) =>
        known.Any(other => IsSame(other, error) || (error.VideoId is null && other.VideoId is null && other.Code == error.Code));

    internal static int CountNamed(KlingTask task) =>
        task.Errors.Where(error => error.VideoId is not null).Select(error => error.VideoId!.ToUpperInvariant()).Distinct().Count();

    internal static int CountUnnamed(KlingTask task) => task.Errors
        .Where(error => error.VideoId is null && !task.Errors.Any(named => named.VideoId is not null && named.Code == error.Code && named.Message == error.Message))
        .Select(error => error.Code)
        .Distinct()
        .Count();

    private static bool IsSame(KlingTaskError one, KlingTaskError other) =>
        one.Code == other.Code && one.Message == other.Message && SameId(one.VideoId, other.VideoId);

    private static bool SameId(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Fills in what the archive knows of a task that was sent by another machine.</summary>
internal static class RequestFill
{
    internal static bool Fill(KlingTask task, StoredReply? stored)
    {
        if (task.Model is not null || stored?.Find(task.TaskId) is not StoredRequest request || request.Settings.Model is null)
        {
            return false;
        }

        task.Settings = request.Settings;
        task.Image = request.Image;
        return true;
    }
}
