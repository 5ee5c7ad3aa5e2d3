using Kling.Models;

namespace Kling.Polling;

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
