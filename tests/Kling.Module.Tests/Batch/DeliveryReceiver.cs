using System.Collections.Concurrent;
using Kling.Hosting.Service;
using Microsoft.AspNetCore.Http.Extensions;

namespace Kling.Module.Tests.Batch;

/// <summary>The user's own server on loopback: takes the videos and webhooks that the service sends, and remembers them.</summary>
internal sealed class DeliveryReceiver : IDisposable
{
    private readonly ConcurrentQueue<(string Method, string Path, byte[] Body)> _received = new();
    private readonly TestServer _server;

    internal DeliveryReceiver() => _server = new TestServer(async call =>
    {
        using var body = new MemoryStream();
        await call.Request.Body.CopyToAsync(body);
        _received.Enqueue((call.Request.Method, call.Request.GetEncodedPathAndQuery(), body.ToArray()));
    });

    internal Uri Address => _server.Address;

    /// <summary>What came so far.</summary>
    internal IReadOnlyList<(string Method, string Path, byte[] Body)> Received => [.. _received];

    public void Dispose() => _server.Dispose();
}
