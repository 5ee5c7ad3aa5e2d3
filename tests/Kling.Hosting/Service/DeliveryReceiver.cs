using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Kling.Hosting.Service;

/// <summary>The user's own server on loopback: takes the videos and webhooks that the service sends, and remembers them.</summary>
internal sealed class DeliveryReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Method, string Path, byte[] Body)> _received = new();

    internal DeliveryReceiver()
    {
        // Another program may take the free port in between; then the next one is tried.
        while (!_listener.IsListening)
        {
            Address = new Uri($"http://127.0.0.1:{FreePort()}/");
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Address.AbsoluteUri);
            try
            {
                _listener.Start();
            }
            catch (HttpListenerException)
            {
                continue;
            }
        }

        _ = ServeAsync();
    }

    internal Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What came so far.</summary>
    internal IReadOnlyList<(string Method, string Path, byte[] Body)> Received => [.. _received];

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext call = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await call.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((call.Request.HttpMethod, call.Request.Url!.PathAndQuery, body.ToArray()));
                call.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
