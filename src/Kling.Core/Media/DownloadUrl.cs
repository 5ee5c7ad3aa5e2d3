namespace Kling.Media;

/// <summary>Which addresses a download may follow: https, and plain http only on this machine.</summary>
internal static class DownloadUrl
{
    internal static bool IsAllowed(Uri url) =>
        url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    /// <summary>Whether a redirect may be followed; never from https to anything plainer.</summary>
    internal static bool MayLead(Uri from, Uri to) => IsAllowed(to) && (to.Scheme == Uri.UriSchemeHttps || from.Scheme == Uri.UriSchemeHttp);
}
