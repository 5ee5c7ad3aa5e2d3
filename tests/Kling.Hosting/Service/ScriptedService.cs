using System.Net;
using System.Net.Sockets;

namespace Kling.Hosting.Service;

/// <summary>
/// The service as the stopping and crashing tests need it: it accepts an id once, keeps a ledger, and holds a request at a
/// named point until the test lets it go, so that no test meets a moment by timing. It shares nothing with the sandbox.
/// </summary>
internal sealed class ScriptedService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ServiceCall> _calls = [];
    private readonly List<(CallPoint Point, Guid? TaskId, CallHold Hold)> _holds = [];
    private readonly Dictionary<Guid, int> _accepted = [];

    /// <summary>Starts to listen.</summary>
    internal ScriptedService()
    {
        _listener.Start();
        string origin = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        Endpoint = origin + "v1";
        VideoBase = origin + "video/";
        _ = AcceptAsync();
    }

    /// <summary>The API's address.</summary>
    internal string Endpoint { get; }

    /// <summary>Where the videos are.</summary>
    internal string VideoBase { get; }

    /// <summary>Whether tasks are finished; until then every look says processing.</summary>
    internal bool Finished { get; set; }

    /// <summary>A real video.</summary>
    internal byte[] Video { get; } = File.ReadAllBytes(Path.Combine(Kling.Hosting.RepositoryPaths.Root, "src", "Kling.Sandbox", "Videos", "1280x720-5s.mp4"));

    /// <summary>Every request so far, in the order they were read.</summary>
    internal IReadOnlyList<ServiceCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>How many requests of one kind came.</summary>
    internal int Count(CallKind kind) => Calls.Count(call => call.Kind == kind);

    /// <summary>How often an id was accepted; each is paid once it is finished.</summary>
    internal int AcceptedCount(Guid taskId)
    {
        lock (_lock)
        {
            return _accepted.GetValueOrDefault(taskId);
        }
    }

    /// <summary>All ids that were accepted.</summary>
    internal IReadOnlyList<Guid> AcceptedIds
    {
        get
        {
            lock (_lock)
            {
                return [.. _accepted.Keys];
            }
        }
    }

    /// <summary>Holds the next request that comes to a point.</summary>
    /// <param name="point">The point.</param>
    /// <param name="taskId">Only a request about this task; any when left out.</param>
    internal CallHold Hold(CallPoint point, Guid? taskId = null)
    {
        var hold = new CallHold();
        lock (_lock)
        {
            _holds.Add((point, taskId, hold));
        }

        return hold;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    /// <summary>Takes the hold for a request that came to a point; null where it goes on.</summary>
    internal CallHold? TakeHold(CallPoint point, Guid? taskId)
    {
        lock (_lock)
        {
            int index = _holds.FindIndex(entry => entry.Point == point && (entry.TaskId is null || entry.TaskId == taskId));
            if (index < 0)
            {
                return null;
            }

            CallHold hold = _holds[index].Hold;
            _holds.RemoveAt(index);
            return hold;
        }
    }

    /// <summary>Puts a request on the record.</summary>
    internal void Note(ServiceCall call)
    {
        lock (_lock)
        {
            _calls.Add(call);
        }
    }

    /// <summary>Accepts a task; false when its id was accepted before.</summary>
    internal bool Accept(Guid taskId)
    {
        lock (_lock)
        {
            _accepted[taskId] = _accepted.GetValueOrDefault(taskId);
            return _accepted[taskId] == 0 && ++_accepted[taskId] == 1;
        }
    }

    /// <summary>Whether a look shows the task as finished.</summary>
    internal bool IsFinished(Guid taskId) => Finished && AcceptedCount(taskId) > 0;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                _ = new ServiceConnection(this, socket, _stop.Token).RunAsync();
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
