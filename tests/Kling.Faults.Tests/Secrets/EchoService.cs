using System.Text.Json;
using Kling.Hosting.Service;
using Microsoft.AspNetCore.Http;

namespace Kling.Faults.Tests.Secrets;

/// <summary>The worst of services: it answers every request with an error that repeats all of it, key included.</summary>
internal sealed class EchoService : IDisposable
{
    private readonly TestServer _server;

    /// <param name="secret">The key that clients use.</param>
    /// <param name="asResults">Whether it repeats the key in finished results instead.</param>
    internal EchoService(string secret, bool asResults = false) => _server = new TestServer(async call =>
    {
        using var reader = new StreamReader(call.Request.Body);
        string request = string.Join("\r\n", call.Request.Headers.Select(header => $"{header.Key}: {header.Value}")) + "\r\n\r\n" + await reader.ReadToEndAsync();
        HasSeenKey |= request.Contains(secret, StringComparison.Ordinal);
        if (asResults)
        {
            call.Response.ContentType = "application/json";
            await call.Response.WriteAsync(Results(request[request.IndexOf("\r\n\r\n", StringComparison.Ordinal)..], secret));
            return;
        }

        string all = JsonSerializer.Serialize(request);
        call.Response.StatusCode = 400;
        call.Response.ContentType = "application/json";
        await call.Response.WriteAsync($$"""{"errors":[{"code":"invalidValue","message":{{all}},"parameter":{{all}},"documentation":{{all}},"responseContent":{{all}}}]}""");
    });

    private static string Results(string body, string secret)
    {
        using JsonDocument tasks = JsonDocument.Parse(body.Trim());
        IEnumerable<string> results = tasks.RootElement.EnumerateArray().Select(task => $$"""
            {"taskType":"{{(task.GetProperty("taskType").GetString() is "mediaStorage" ? "mediaStorage" : "videoInference")}}","taskUUID":"{{task.GetProperty("taskUUID").GetString()}}",
             "status":"success","videoUUID":"{{secret}}","videoURL":"http://127.0.0.1:9/{{secret}}/a.mp4?k={{secret}}","mediaUUID":"{{Guid.NewGuid()}}","mediaURL":"https://i.test/{{secret}}.png","seed":1,"cost":0.1848}
            """);
        return $$"""{"data":[{{string.Join(",", results)}}]}""";
    }

    /// <summary>The API's address.</summary>
    internal string Endpoint => _server.Address + "v1";

    /// <summary>Whether a request carried the key: proof that there was something to repeat.</summary>
    internal bool HasSeenKey { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();
}
