using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kling.Faults.Tests.Secrets;

/// <summary>
/// Stands before the sandbox, which takes one well-known key only: what arrives with the secret key goes on with that one, of
/// the same length, so that every other byte stays as it was.
/// </summary>
internal sealed class KeyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _carried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _port;
    private readonly byte[] _secret;
    private readonly byte[] _known;

    /// <summary>Starts to listen.</summary>
    /// <param name="port">The sandbox's port.</param>
    /// <param name="secret">The key that clients use.</param>
    /// <param name="known">The key that the sandbox takes.</param>
    internal KeyProxy(int port, string secret, string known)
    {
        Assert.Equal(known.Length, secret.Length);
        (_port, _secret, _known) = (port, Encoding.ASCII.GetBytes(secret), Encoding.ASCII.GetBytes(known));
        _listener.Start();
        Endpoint = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1";
        _ = AcceptAsync();
    }

    /// <summary>The API's address.</summary>
    internal string Endpoint { get; }

    /// <summary>Ends with the first request that carried the secret key: proof that there was something to find.</summary>
    internal Task Carried => _carried.Task;

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
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = CarryAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using Socket server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                Task there = PumpAsync(client, server, Exchange);
                Task back = PumpAsync(server, client, bytes => bytes);

                // Whichever side ends, the whole ends: an error as a reset, an end as an end.
                await await Task.WhenAny(there, back);
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                client.LingerState = new LingerOption(true, 0);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Func<byte[], byte[]> change)
    {
        var buffer = new byte[256 * 1024];
        byte[] kept = [];
        while (await from.ReceiveAsync(buffer.AsMemory(), _stop.Token) is int count and > 0)
        {
            byte[] bytes = [.. kept, .. buffer.AsSpan(0, count)];
            int hold = Enumerable.Range(1, _secret.Length - 1).LastOrDefault(length => bytes.AsSpan().EndsWith(_secret.AsSpan(0, length)));
            kept = bytes[^hold..];
            await to.SendAsync(change(bytes[..^hold]).AsMemory(), _stop.Token);
        }
    }

    private byte[] Exchange(byte[] bytes)
    {
        int at;
        while ((at = bytes.AsSpan().IndexOf(_secret)) >= 0)
        {
            _known.CopyTo(bytes, at);
            _carried.TrySetResult();
        }

        return bytes;
    }
}
