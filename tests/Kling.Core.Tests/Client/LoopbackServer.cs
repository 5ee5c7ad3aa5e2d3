using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kling.Core.Tests.Client;

/// <summary>A real socket on loopback: it reads one request, writes what the test says, and closes or resets the connection.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, string, Task> _answer;
    private readonly bool _reset;

    public LoopbackServer(Func<NetworkStream, string, Task> answer, bool reset = false)
    {
        _answer = answer;
        _reset = reset;
        _listener.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");
        Served = ServeAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>Completes with the request's text.</summary>
    public Task<string> Served { get; }

    public static LoopbackServer Sending(string raw, bool reset = false) =>
        new(async (stream, _) => await stream.WriteAsync(Encoding.ASCII.GetBytes(raw)), reset);

    /// <summary>An address of this machine where nobody listens.</summary>
    public static Uri NobodyThere()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}/v1");
    }

    public void Dispose() => _listener.Stop();

    private async Task<string> ServeAsync()
    {
        using Socket socket = await _listener.AcceptSocketAsync();
        await using var stream = new NetworkStream(socket);
        var request = new StringBuilder();
        byte[] buffer = new byte[4096];
        int length = -1;
        int read;
        while (length < 0 || request.Length < length)
        {
            read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                break;
            }

            request.Append(Encoding.Latin1.GetString(buffer, 0, read));
            int end = request.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (length < 0 && end >= 0)
            {
                string head = request.ToString(0, end);
                string line = head.Split("\r\n").First(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
                length = end + 4 + int.Parse(line.Split(':')[1]);
            }
        }

        await _answer(stream, request.ToString());
        if (_reset)
        {
            socket.LingerState = new LingerOption(true, 0);
        }

        return request.ToString();
    }
}
