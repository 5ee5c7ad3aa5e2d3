using System.Text.RegularExpressions;
using Kling.Hosting.Service;
using Microsoft.AspNetCore.Http;

namespace Kling.Module.Tests.Errors;

/// <summary>A service on loopback that says the same to every request of a kind; <c>{id}</c> in a reply becomes the request's task id.</summary>
internal sealed partial class FixedService : IDisposable
{
    private readonly TestServer _server;

    /// <summary>Starts to listen.</summary>
    /// <param name="submit">Status code, further headers and body for a new task, the body after an empty line.</param>
    /// <param name="poll">The same for every other request; <paramref name="submit"/> when left out.</param>
    internal FixedService(string submit, string? poll = null) => _server = new TestServer(async call =>
    {
        using var reader = new StreamReader(call.Request.Body);
        string request = await reader.ReadToEndAsync();
        string reply = request.Contains("videoInference", StringComparison.Ordinal) ? submit : poll ?? submit;
        string[] parts = reply.Split("\n\n", 2);
        string[] head = parts[0].Split('\n');
        call.Response.StatusCode = int.Parse(head[0]);
        call.Response.ContentType = "application/json";
        foreach (string header in head[1..])
        {
            call.Response.Headers.Append(header.Split(": ")[0], header.Split(": ")[1]);
        }

        await call.Response.WriteAsync(parts[1].Replace("{id}", TaskId().Match(request).Groups[1].Value, StringComparison.Ordinal));
    });

    /// <summary>The API's address.</summary>
    internal string Endpoint => _server.Address + "v1";

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    [GeneratedRegex(@"""taskUUID"":""([0-9a-f-]{36})""")]
    private static partial Regex TaskId();
}
