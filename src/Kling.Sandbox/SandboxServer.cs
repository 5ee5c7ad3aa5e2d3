using System.Net;
using System.Net.Sockets;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Http;
using Kling.Support;

namespace Kling.Sandbox;

/// <summary>
/// The simulated service on loopback: a small HTTP/1.1 listener around <see cref="SandboxEngine"/>. It owns its sockets, so
/// that resets, stalls and truncated bodies are real ones. Nothing outside this machine can reach it.
/// </summary>
public sealed class SandboxServer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _work = [];
    private readonly TcpListener _listener;
    private readonly IClock _clock;
    private readonly TimeSpan _idleLimit;
    private readonly Lazy<DeliverySender> _sender;
    private bool _isDisposed;

    /// <summary>Starts listening.</summary>
    /// <param name="options">How the service behaves; null takes the defaults.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public SandboxServer(SandboxOptions? options = null)
    {
        SandboxOptions chosen = options ?? new SandboxOptions();
        _clock = chosen.Clock;
        _idleLimit = chosen.IdleLimit;
        ApiKey = chosen.ApiKey;
        _sender = new Lazy<DeliverySender>(() => new DeliverySender(_clock));
        _listener = new TcpListener(IPAddress.Loopback, chosen.Port);
        _listener.Start();
        string origin = FormattableString.Invariant($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        Endpoint = new Uri(origin + "v1");
        Engine = new SandboxEngine(chosen, new Uri(origin + "video/"))
        {
            Deliver = delivery => Run(() => _sender.Value.SendAsync(delivery, _stop.Token)),
            Schedule = due => Run(() => SettleAtAsync(due)),
        };
        Run(AcceptAsync);
    }

    /// <summary>The API's address, <c>http://127.0.0.1:port/v1</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>The only key it takes.</summary>
    public string ApiKey { get; }

    /// <summary>The service itself: its ledger, log and faults.</summary>
    public SandboxEngine Engine { get; }

    /// <summary>Whether a program listens at the address of a sandbox, for one that another process started.</summary>
    public static bool Answers(Uri endpoint)
    {
        try
        {
            using var client = new TcpClient(endpoint.DnsSafeHost, endpoint.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Stops listening, closes every connection and returns once nothing of it runs any more (or after 5 seconds).</summary>
    public void Dispose()
    {
        Task[] running;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            running = [.. _work];
        }

        _stop.Cancel();
        _listener.Stop();
        try
        {
            Task.WaitAll(running, s_patience);
        }
        catch (AggregateException)
        {
            // Each piece of work has reported its own failure; a stopping server does not need it.
        }

        if (_sender.IsValueCreated)
        {
            _sender.Value.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>Runs work on the thread pool and remembers it until it ends, so that Dispose can wait for it; false once the server has ended.</summary>
    private bool Run(Func<Task> work)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return false;
            }

            Task task = Task.Run(work);
            _work.Add(task);
            _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return true;
        }
    }

    private void Forget(Task task)
    {
        // Looking at the exception marks it as seen.
        _ = task.Exception;
        lock (_gate)
        {
            _work.Remove(task);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync().ConfigureAwait(false);
            }
            catch (Exception stopped) when (stopped is ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client gave up before it was accepted. If the server was stopped instead, the loop ends.
                continue;
            }

            if (!Run(() => ServeAsync(socket)))
            {
                socket.Dispose();
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new HttpConnection(socket, Engine, _idleLimit);
        using (_stop.Token.Register(connection.Abort))
        {
            await connection.RunAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private async Task SettleAtAsync(DateTimeOffset due)
    {
        TimeSpan left = due - _clock.UtcNow;
        if (left > TimeSpan.Zero)
        {
            await _clock.DelayAsync(left, _stop.Token).ConfigureAwait(false);
        }

        Engine.Settle();
    }
}
