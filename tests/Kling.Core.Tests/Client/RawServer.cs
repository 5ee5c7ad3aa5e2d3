using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kling.Core.Tests.Client;

/// <summary>One connection on loopback: answers the first bytes of each of so many messages with a text, and closes after the next one.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _answer;
    private readonly int _answers;

    public RawServer(string answer, int answers = 0)
    {
        _answer = answer;
        _answers = answers;
        _listener.Start();
        Received = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes with the first bytes of the last message.</summary>
    public Task<string> Received { get; }

    public void Dispose() => _listener.Stop();

    private async Task<string> ServeAsync()
    {
        using Socket socket = await _listener.AcceptSocketAsync();
        byte[] buffer = new byte[16 * 1024];
        for (int i = 0; i < _answers; i++)
        {
            await socket.ReceiveAsync(buffer);
            await socket.SendAsync(Encoding.ASCII.GetBytes(_answer));
        }

        string last = Encoding.Latin1.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        if (_answers == 0)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(_answer));
        }

        return last;
    }
}
