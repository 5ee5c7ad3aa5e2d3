using System.Text.Json;
using Kling.Hosting.Service;
using Microsoft.AspNetCore.Http;

namespace Kling.Faults.Tests.Secrets;

/// <summary>The worst of services: it answers every request with an error that repeats all of it, key included.</summary>
internal sealed class EchoService : IDisposable
{
    private readonly TestServer _server;

    /// <param name="secret">The key that clients use.</param>
    internal EchoService(string secret) => _server = new TestServer(async call =>
    {
        using var reader = new StreamReader(call.Request.Body);
        string request = string.Join("\r\n", call.Request.Headers.Select(header => $"{header.Key}: {header.Value}")) + "\r\n\r\n" + await reader.ReadToEndAsync();
        HasSeenKey |= request.Contains(secret, StringComparison.Ordinal);
        string all = JsonSerializer.Serialize(request);
        call.Response.StatusCode = 400;
        call.Response.ContentType = "application/json";
        await call.Response.WriteAsync($$"""{"errors":[{"code":"invalidValue","message":{{all}},"parameter":{{all}},"documentation":{{all}},"responseContent":{{all}}}]}""");
    });

    /// <summary>The API's address.</summary>
    internal string Endpoint => _server.Address + "v1";

    /// <summary>Whether a request carried the key: proof that there was something to repeat.</summary>
    internal bool HasSeenKey { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();
}
