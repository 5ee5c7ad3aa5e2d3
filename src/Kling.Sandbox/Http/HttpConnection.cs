using System.Net.Sockets;
using System.Text;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Http;

/// <summary>One client's connection: reads requests, hands them to the engine, and plays the end each reply asks for.</summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] s_continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly SandboxEngine _engine;
    private readonly TimeSpan _idleLimit;

    internal HttpConnection(Socket socket, SandboxEngine engine, TimeSpan idleLimit)
    {
        _idleLimit = idleLimit;
        socket.NoDelay = true;
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _engine = engine;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Breaks the connection off, which ends every pending read and write.</summary>
    internal void Abort() => _socket.Dispose();

    /// <summary>Serves until either side closes.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        var reader = new HttpRequestReader(_stream);
        try
        {
            while (await NextAsync(reader, stop).ConfigureAwait(false) is { } request)
            {
                RequireOwnHost(request);
                SandboxReply reply = _engine.Handle(request);
                if (!await SendAsync(reply, reader.KeepsAlive, stop).ConfigureAwait(false) || !reader.KeepsAlive)
                {
                    break;
                }
            }

            CloseInOrder();
        }
        catch (HttpProblemException problem)
        {
            await RefuseAsync(problem, stop).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away or the server is stopping; there is nobody left to tell.
        }
    }

    /// <summary>The next request. One that does not come, or not to its end, in time ends the connection: else a forgotten one stays for ever.</summary>
    private async Task<SandboxRequest?> NextAsync(HttpRequestReader reader, CancellationToken stop)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(stop);
        idle.CancelAfter(_idleLimit);
        return await reader.ReadAsync(() => SendAsync(s_continue, s_continue.Length, stop), idle.Token).ConfigureAwait(false);
    }

    /// <summary>A name that somebody else owns may lead to this machine, and then a web page of theirs could ask here.</summary>
    private static void RequireOwnHost(SandboxRequest request)
    {
        string host = request.Header("Host") ?? "";
        int port = host.LastIndexOf(':');
        if ((port < 0 ? host : host[..port]).ToUpperInvariant() is not ("127.0.0.1" or "LOCALHOST"))
        {
            throw new HttpProblemException(421, "The sandbox answers for 127.0.0.1 and localhost only.");
        }
    }

    /// <summary>Sends a reply, or as much of it as its fault allows; false when the connection is not to be used again.</summary>
    private async Task<bool> SendAsync(SandboxReply reply, bool keepsAlive, CancellationToken stop)
    {
        bool isComplete = reply.BodyTail == SandboxBodyTail.Complete;
        if (reply.Status != 0)
        {
            byte[] head = Head(reply, keepsAlive && isComplete);
            await SendAsync(head, head.Length, stop).ConfigureAwait(false);
            await SendAsync(reply.Body, isComplete ? reply.Body.Length : reply.Body.Length / 2, stop).ConfigureAwait(false);
        }

        if (reply.BodyTail == SandboxBodyTail.Reset)
        {
            // Closing with unsent data discarded is what makes the system send RST.
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Dispose();
        }
        else if (reply.BodyTail == SandboxBodyTail.Stall)
        {
            await WaitForClientAsync(stop).ConfigureAwait(false);
        }

        return isComplete;
    }

    private Task SendAsync(byte[] bytes, int count, CancellationToken stop) => _stream.WriteAsync(bytes, 0, count, stop);

    /// <summary>Stays silent until the client gives up or the server stops.</summary>
    private async Task WaitForClientAsync(CancellationToken stop)
    {
        byte[] ignored = new byte[1024];
        while (await _stream.ReadAsync(ignored, stop).ConfigureAwait(false) > 0)
        {
        }
    }

    private async Task RefuseAsync(HttpProblemException problem, CancellationToken stop)
    {
        var reply = SandboxReply.Of(problem.Status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(problem.Message));
        try
        {
            await SendAsync(reply, keepsAlive: false, stop).ConfigureAwait(false);
            CloseInOrder();

            // The rest of the refused body is taken in, or closing would reset the connection and the refusal be lost.
            await WaitForClientAsync(stop).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // As above: nobody left to tell.
        }
    }

    private void CloseInOrder()
    {
        if (_socket.Connected)
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
    }

    private static byte[] Head(SandboxReply reply, bool keepsAlive)
    {
        string headers = string.Concat(reply.Headers.Select(header => $"{header.Key}: {header.Value}\r\n"));
        string length = reply.Headers.ContainsKey("Content-Length") ? "" : FormattableString.Invariant($"Content-Length: {reply.Body.Length}\r\n");
        string connection = keepsAlive ? "keep-alive" : "close";
        return Encoding.ASCII.GetBytes(FormattableString.Invariant(
            $"HTTP/1.1 {reply.Status} {Reason(reply.Status)}\r\n{headers}{length}Connection: {connection}\r\n\r\n"));
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        206 => "Partial Content",
        < 400 => "Found",
        401 => "Unauthorized",
        402 => "Payment Required",
        404 => "Not Found",
        409 => "Conflict",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        < 500 => "Bad Request",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}

/// <summary>A request that cannot be read as HTTP; the connection is answered with the status and closed.</summary>
internal sealed class HttpProblemException(int status, string message) : Exception(message)
{
    internal int Status { get; } = status;
}
