using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kling.Core.Tests.Client;

/// <summary>One connection on loopback, byte by byte: it reads a message, writes what the test says, and closes or resets the connection.</summary>
internal sealed class RawServer : IDisposable
{
    private const char TlsHandshake = '\u0016';

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <param name="answer">Answers the first message.</param>
    /// <param name="reset">Whether the connection is reset at the end and not closed.</param>
    /// <param name="readsAnother">Whether a second message is read, which gets no answer.</param>
    public RawServer(Func<NetworkStream, Task> answer, bool reset = false, bool readsAnother = false)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Received = ServeAsync(answer, reset, readsAnother);
    }

    public int Port { get; }

    public Uri Endpoint => new($"http://127.0.0.1:{Port}/v1");

    /// <summary>Completes at the end with the last message.</summary>
    public Task<string> Received { get; }

    public static RawServer Sending(string raw, bool reset = false, bool readsAnother = false) =>
        new(async stream => await stream.WriteAsync(Encoding.ASCII.GetBytes(raw)), reset, readsAnother);

    /// <summary>An address of this machine where nobody listens.</summary>
    public static Uri NobodyThere()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");
    }

    public void Dispose() => _listener.Dispose();

    private async Task<string> ServeAsync(Func<NetworkStream, Task> answer, bool reset, bool readsAnother)
    {
        using Socket socket = await _listener.AcceptSocketAsync();
        await using var stream = new NetworkStream(socket);
        string message = await ReadAsync(stream);
        await answer(stream);
        if (readsAnother)
        {
            message = await ReadAsync(stream);
        }

        if (reset)
        {
            socket.LingerState = new LingerOption(true, 0);
        }

        return message;
    }

    /// <summary>Reads to the end of the message, or as far as the client sends it.</summary>
    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var message = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        while (!IsWhole(message.ToString()) && await stream.ReadAsync(buffer) is int read and > 0)
        {
            message.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return message.ToString();
    }

    private static bool IsWhole(string message)
    {
        int end = message.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return message.StartsWith(TlsHandshake);
        }

        string? length = message[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return message.Length >= end + 4 + (length is null ? 0 : int.Parse(length.Split(':')[1]));
    }
}
