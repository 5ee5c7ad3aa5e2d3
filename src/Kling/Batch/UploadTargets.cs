using Kling.Requests;
using Kling.Support;

namespace Kling.Batch;

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

        string shown = AddressText.Shown(address);
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
