using Kling.Journal;
using Kling.Submit;

namespace Kling.Batch;

/// <summary>Decides for each item of one invocation whether its image is uploaded apart from the request. Safe to use from several threads.</summary>
internal sealed class UploadPlan(UploadMode mode)
{
    /// <summary>A request with a larger image inside is slow to repeat after a refusal, and a proxy may find it too large.</summary>
    internal const long LargeBytes = 4_000_000;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>How the image of this item is sent.</summary>
    internal ImageDelivery For(RequestItem item, UploadIndex uploads)
    {
        if (mode != UploadMode.Auto || item.Request.Image?.Sha256 is not string hash)
        {
            return mode == UploadMode.Always ? ImageDelivery.Upload : ImageDelivery.Inline;
        }

        // First, so that every image is remembered.
        bool isSeen;
        lock (_seen)
        {
            isSeen = !_seen.Add(hash);
        }

        return isSeen || item.SharesImage || item.Request.Image.Bytes > LargeBytes || IsKept(uploads, hash)
            ? ImageDelivery.UploadOrInline
            : ImageDelivery.Inline;
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

/// <summary>What the user wants of the uploads of local images.</summary>
internal enum UploadMode
{
    /// <summary>Where it saves sending bytes, or the image is large.</summary>
    Auto,

    /// <summary>For every local image.</summary>
    Always,

    /// <summary>For none; each request carries its image.</summary>
    Never,
}
