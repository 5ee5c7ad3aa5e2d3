using System.Net.Http.Headers;
using Kling.Sandbox.Engine;
using Kling.Support;

namespace Kling.Sandbox.Http;

/// <summary>Performs webhooks and uploads to loopback addresses, with the retries the documentation describes (protocol note, webhooks).</summary>
internal sealed class DeliverySender(IClock clock) : IDisposable
{
    private const int Attempts = 4;

    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Sends; gives up quietly after the last attempt, as the service does.</summary>
    internal async Task SendAsync(SandboxDelivery delivery, CancellationToken stop)
    {
        TimeSpan wait = TimeSpan.FromMilliseconds(250);
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await TrySendAsync(delivery, stop).ConfigureAwait(false) || attempt == Attempts)
            {
                return;
            }

            await clock.DelayAsync(wait, stop).ConfigureAwait(false);
            wait += wait;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> TrySendAsync(SandboxDelivery delivery, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(new HttpMethod(delivery.Method), delivery.Address) { Content = new ByteArrayContent(delivery.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(delivery.ContentType);
        try
        {
            using HttpResponseMessage reply = await _http.SendAsync(request, stop).ConfigureAwait(false);
            return reply.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
