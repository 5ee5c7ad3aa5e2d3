using System.Net;
using System.Net.Http.Headers;

namespace Kling.Downloads;

/// <summary>Asks for a file, or the rest of one, and follows redirects by hand: a video's host never sees a key or a cookie.</summary>
internal sealed class DownloadConnection(HttpMessageHandler? handler) : IDisposable
{
    internal const int MaxRedirects = 5;

    // No timeout of its own: it would also count the time of the body, however well that arrives.
    private readonly HttpClient _http = new(handler ?? CreateHandler(), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>
    /// Asks for the bytes from <paramref name="offset"/> if the file still has the strong entity tag, and for all of them without
    /// one. Returns the reply's head; its body is read afterwards.
    /// </summary>
    /// <exception cref="DownloadException">An address is not allowed, or there are too many redirects.</exception>
    internal async Task<HttpResponseMessage> GetAsync(DownloadTarget target, long offset, string? tag, CancellationToken token)
    {
        Uri address = Check(target, null, target.Address);
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = Request(address, offset, tag);
            HttpResponseMessage reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
            if ((int)reply.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return reply;
            }

            string? location = Location(reply);
            reply.Dispose();
            if (redirects == MaxRedirects)
            {
                throw target.Fail(DownloadFailure.RedirectLoop, $"the address was redirected more than {MaxRedirects} times");
            }

            address = Next(target, address, location);
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpClientHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseDefaultCredentials = false,
        // Unpacked bytes would not fit the announced length, nor any range.
        AutomaticDecompression = DecompressionMethods.None,
        Proxy = new LoopbackDirectProxy(WebRequest.GetSystemWebProxy()),
        UseProxy = true,
    };

    private static HttpRequestMessage Request(Uri address, long offset, string? tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (tag is not null)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
            request.Headers.TryAddWithoutValidation("If-Range", tag);
        }

        return request;
    }

    // The text, not the parsed header: some platforms read an absolute path as a file's address.
    private static string? Location(HttpResponseMessage reply) =>
        reply.Headers.TryGetValues("Location", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static Uri Next(DownloadTarget target, Uri from, string? location) =>
        !string.IsNullOrWhiteSpace(location) && Uri.TryCreate(from, location, out Uri? address)
            ? Check(target, from, address)
            : throw target.Fail(DownloadFailure.RedirectLoop, "the address was redirected to nowhere");

    /// <summary>https; plain http only to this machine, and never from https.</summary>
    private static Uri Check(DownloadTarget target, Uri? from, Uri address)
    {
        bool allowed = address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && from?.Scheme != Uri.UriSchemeHttps);
        string what = from is null ? "the address" : "the address was redirected to one that";
        return allowed
            ? address
            : throw target.Fail(DownloadFailure.AddressNotAllowed, $"{what} uses '{address.Scheme}'; allowed: https, or http on this machine only");
    }
}
