using Kling.Journal;
using Kling.Requests;
using Kling.Submit;
using Kling.Support;

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

/// <summary>Guards -UploadEndpoint: a second file put to one address would overwrite a paid one.</summary>
internal sealed class UploadTargets(bool force)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The violation this request would be, or null; an accepted address counts as used.</summary>
    internal Violation? Check(VideoRequest request)
    {
        if (request.UploadEndpoint is not string address || force)
        {
            return null;
        }

        string shown = Masking.Address(address);
        if (request.NumberResults > 1)
        {
            return new Violation("UploadEndpoint", shown,
                $"one video for one address, and NumberResults is {request.NumberResults}: later videos would overwrite earlier ones (-Force sends it anyway)");
        }

        return _used.Add(address)
            ? null
            : new Violation("UploadEndpoint", shown, "another address for each item, since this one was used by an earlier item (-Force sends it anyway)");
    }
}
