using Kling.Journal;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>Decides for each item of one invocation whether its image is sent apart. Used on the pipeline thread only.</summary>
internal sealed class UploadPlan(UploadMode mode)
{
    /// <summary>Above so many bytes a request that carries its image is too slow to repeat after a refusal, and may be too large for what stands in between.</summary>
    internal const long LargeBytes = 4_000_000;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>How this item's image goes.</summary>
    /// <param name="item">The item.</param>
    /// <param name="uploads">What the service is known to keep.</param>
    internal ImageDelivery For(RequestItem item, UploadIndex uploads)
    {
        if (mode != UploadMode.Auto || item.Request.Image?.Sha256 is not string hash)
        {
            return mode == UploadMode.Always ? ImageDelivery.Upload : ImageDelivery.Inline;
        }

        // Asked in this order, so that every image is remembered.
        bool isSeen = !_seen.Add(hash);
        return isSeen || item.Variants > 1 || item.Request.Image.Bytes > LargeBytes || IsKept(uploads, hash) ? ImageDelivery.UploadOrInline : ImageDelivery.Inline;
    }

    private static bool IsKept(UploadIndex uploads, string hash)
    {
        try
        {
            return uploads.Find(hash) is not null;
        }
        catch (JournalException)
        {
            // The index only saves work.
            return false;
        }
    }
}
