using System.Net;

namespace Kling.Client;

/// <summary>Makes the HTTP client for the API.</summary>
public static class HttpClientFactory
{
    /// <summary>
    /// A client that follows no redirect (the key goes to the given address only), keeps no cookies, unpacks replies, and has
    /// no timeout of its own: <see cref="KlingApi"/> gives each call its own, so that it can tell a timeout from a stop.
    /// </summary>
    /// <param name="handler">Replaces the network, in tests; the client disposes it.</param>
    public static HttpClient CreateApi(HttpMessageHandler? handler = null) =>
        new(handler ?? CreateHandler(), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };

    internal static HttpClientHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        Proxy = new LoopbackDirectProxy(WebRequest.GetSystemWebProxy()),
        UseProxy = true,
    };
}
