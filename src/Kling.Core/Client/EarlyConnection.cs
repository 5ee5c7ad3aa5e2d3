using System.Net;

namespace Kling.Client;

/// <summary>Opens the connection for a request that is still being checked, so that the request need not wait for it.</summary>
internal static class EarlyConnection
{
    /// <summary>Lets the client connect, and sends nothing. Whether that works is for the request itself to say.</summary>
    /// <param name="http">The client that will send the request.</param>
    /// <param name="endpoint">Where it will send it.</param>
    internal static async Task OpenAsync(HttpClient http, Uri endpoint)
    {
        using var giveUp = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new NoContent() };
        try
        {
            // The client goes on connecting for a request that was given up, and keeps the connection for the next one.
            Task<HttpResponseMessage> sent = http.SendAsync(request, giveUp.Token);
            await giveUp.CancelAsync().ConfigureAwait(false);
            (await sent.ConfigureAwait(false)).Dispose();
        }
        catch (Exception unsent) when (unsent is OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            // Given up, as it should be, or not reachable.
        }
    }

    /// <summary>Ends the request before its first byte, should the connection be faster than the giving up: headers wait for their content.</summary>
    private sealed class NoContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new OperationCanceledException();

        protected override bool TryComputeLength(out long length)
        {
            length = 1;
            return true;
        }
    }
}
