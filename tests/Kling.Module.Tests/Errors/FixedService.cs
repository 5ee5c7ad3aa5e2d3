using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Kling.Module.Tests.Errors;

/// <summary>A service on loopback that says the same to every request of a kind; <c>{id}</c> in a reply becomes the request's task id.</summary>
internal sealed partial class FixedService : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _submit;
    private readonly string _poll;

    /// <summary>Starts to listen.</summary>
    /// <param name="submit">Status line, further headers and body for a new task, the body after an empty line.</param>
    /// <param name="poll">The same for every other request; <paramref name="submit"/> when left out.</param>
    internal FixedService(string submit, string? poll = null)
    {
        (_submit, _poll) = (submit, poll ?? submit);
        _listener.Start();
        Endpoint = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1";
        _ = AcceptAsync();
    }

    /// <summary>The API's address.</summary>
    internal string Endpoint { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                using var stream = new NetworkStream(socket);
                string request = await ReadAsync(stream);
                string reply = (request.Contains("videoInference", StringComparison.Ordinal) ? _submit : _poll)
                    .Replace("{id}", TaskId().Match(request).Groups[1].Value, StringComparison.Ordinal);
                string[] parts = reply.Split("\n\n", 2);
                string text = $"HTTP/1.1 {parts[0].Replace("\n", "\r\n", StringComparison.Ordinal)}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(parts[1])}\r\nConnection: close\r\n\r\n{parts[1]}";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text), _stop.Token);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
        {
            // The test is over.
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            string soFar = text.ToString();
            int body = soFar.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (body > 3 && soFar.Length - body >= int.Parse(Length().Match(soFar).Groups[1].Value))
            {
                return soFar;
            }

            int read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return soFar;
            }

            // One byte is one character here, so that lengths are those of the wire.
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
    }

    [GeneratedRegex(@"""taskUUID"":""([0-9a-f-]{36})""")]
    private static partial Regex TaskId();

    [GeneratedRegex(@"(?i)content-length: *(\d+)")]
    private static partial Regex Length();
}
