using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kling.Core.Tests.Media;

/// <summary>A tiny file host on loopback with ranges and an ETag, which breaks connections where a test says.</summary>
internal sealed class LoopbackHost : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _content;
    private readonly Func<int, int> _cutAfter;
    private int _requests;

    /// <param name="content">The file.</param>
    /// <param name="cutAfter">Bytes to send on the n-th request before the connection breaks.</param>
    public LoopbackHost(byte[] content, Func<int, int> cutAfter)
    {
        _content = content;
        _cutAfter = cutAfter;
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v.mp4?token=secret");

    public int Requests => _requests;

    public long BytesSent { get; private set; }

    public List<string> Heads { get; } = [];

    public void Dispose() => _listener.Stop();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The listener was stopped.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
        {
            head.Append((char)one[0]);
        }

        string text = head.ToString();
        Heads.Add(text);
        int from = text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) is string range
            ? int.Parse(range[13..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : 0;
        string status = from > 0
            ? $"206 Partial Content\r\nContent-Range: bytes {from}-{_content.Length - 1}/{_content.Length}"
            : "200 OK";
        string answer = $"HTTP/1.1 {status}\r\nContent-Length: {_content.Length - from}\r\nETag: \"one\"\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        int count = Math.Min(_content.Length - from, _cutAfter(++_requests));
        await stream.WriteAsync(_content.AsMemory(from, count));
        BytesSent += count;
    }
}
