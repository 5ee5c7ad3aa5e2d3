using Kling.Models;

namespace Kling.Wire;

/// <summary>Makes one of what a reply says twice.</summary>
internal static class EnvelopeMerger
{
    /// <summary>Each video of a task once, with everything any of its items told; other items as they are.</summary>
    internal static IReadOnlyList<ResultItem> Items(List<ResultItem> items)
    {
        var merged = new List<ResultItem>(items.Count);
        var places = new Dictionary<(Guid?, string), int>();
        foreach (ResultItem item in items)
        {
            if (item.Video is null)
            {
                merged.Add(item);
                continue;
            }

            (Guid?, string) key = (item.TaskId, item.Video.VideoId.ToUpperInvariant());
            if (places.TryGetValue(key, out int place))
            {
                merged[place] = Merge(merged[place], item);
            }
            else
            {
                places.Add(key, merged.Count);
                merged.Add(item);
            }
        }

        return merged;
    }

    /// <summary>
    /// The failures of <c>data</c> and those of <c>errors</c> that are not the same told again. Two failures alike within
    /// one place are two: with several results each can fail for the same reason.
    /// </summary>
    internal static IReadOnlyList<KlingTaskError> Errors(List<KlingTaskError> fromData, List<KlingTaskError> fromErrors)
    {
        List<KlingTaskError> merged = WithoutRepeatedVideos(fromData);
        var unmatched = new List<KlingTaskError>(merged);
        foreach (KlingTaskError error in WithoutRepeatedVideos(fromErrors))
        {
            int twin = unmatched.FindIndex(other => other.TaskId == error.TaskId && other.Code == error.Code
                && (other.VideoId is null || error.VideoId is null || SameVideo(other, error)));
            if (twin < 0)
            {
                merged.Add(error);
                continue;
            }

            if (unmatched[twin].Message.Length < error.Message.Length)
            {
                merged[merged.IndexOf(unmatched[twin])] = WithVideo(error, unmatched[twin].VideoId ?? error.VideoId);
            }

            unmatched.RemoveAt(twin);
        }

        return merged;
    }

    private static List<KlingTaskError> WithoutRepeatedVideos(List<KlingTaskError> errors)
    {
        var kept = new List<KlingTaskError>(errors.Count);
        foreach (KlingTaskError error in errors)
        {
            if (error.VideoId is null || !kept.Exists(other => other.TaskId == error.TaskId && SameVideo(other, error)))
            {
                kept.Add(error);
            }
        }

        return kept;
    }

    private static bool SameVideo(KlingTaskError one, KlingTaskError other) =>
        string.Equals(one.VideoId, other.VideoId, StringComparison.OrdinalIgnoreCase);

    private static KlingTaskError WithVideo(KlingTaskError error, string? videoId) => new()
    {
        Code = error.Code,
        Message = error.Message,
        Category = error.Category,
        Parameter = error.Parameter,
        Allowed = error.Allowed,
        TaskId = error.TaskId,
        VideoId = videoId,
        RetryAfterSeconds = error.RetryAfterSeconds,
    };

    private static ResultItem Merge(ResultItem first, ResultItem second) => new()
    {
        TaskId = first.TaskId,
        TaskType = first.TaskType ?? second.TaskType,
        Status = first.Status ?? second.Status,
        Progress = second.Progress ?? first.Progress,
        Cost = first.Cost ?? second.Cost,
        Video = new KlingVideo
        {
            VideoId = first.Video!.VideoId,
            VideoUrl = first.Video.VideoUrl ?? second.Video!.VideoUrl,
            Seed = first.Video.Seed ?? second.Video!.Seed,
            Nsfw = first.Video.Nsfw ?? second.Video!.Nsfw,
            VideoCost = first.Video.VideoCost ?? second.Video!.VideoCost,
        },
    };
}
