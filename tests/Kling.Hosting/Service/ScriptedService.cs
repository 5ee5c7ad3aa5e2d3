using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Kling.Hosting.Service;

/// <summary>
/// The service as the stopping and crashing tests need it: it accepts an id once, keeps a ledger, and holds a request at a
/// named point until the test lets it go, so that no test meets a moment by timing. It shares nothing with the sandbox.
/// </summary>
internal sealed class ScriptedService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TestServer _server;
    private readonly List<ServiceCall> _calls = [];
    private readonly List<(CallPoint Point, Guid? TaskId, CallHold Hold)> _holds = [];
    private readonly Dictionary<Guid, int> _accepted = [];
    private int _connections;

    /// <summary>Starts to listen.</summary>
    internal ScriptedService()
    {
        _server = new TestServer(AnswerAsync, ConnectedAsync);
        Endpoint = _server.Address + "v1";
        VideoBase = _server.Address + "video/";
    }

    /// <summary>The API's address.</summary>
    internal string Endpoint { get; }

    /// <summary>Where the videos are.</summary>
    internal string VideoBase { get; }

    /// <summary>Whether tasks are finished; until then every look says processing.</summary>
    internal bool Finished { get; set; }

    /// <summary>What a finished task's item says of its video, instead of id, address and cost.</summary>
    internal Func<Guid, string>? VideoMembers { get; set; }

    /// <summary>What each video costs, in USD.</summary>
    internal decimal Cost { get; set; } = 0.1848m;

    /// <summary>How many more tasks the credit is enough for.</summary>
    internal int Credit { get; set; } = int.MaxValue;

    /// <summary>Whether a look says that it does not know an id that was never accepted.</summary>
    internal bool KnowsOnlyAccepted { get; set; }

    /// <summary>Another answer to a request than the usual one: status, an empty line, body; null for the usual one. <c>{id}</c> becomes the task's id.</summary>
    internal Func<ServiceCall, string?>? Instead { get; set; }

    /// <summary>A real video.</summary>
    internal byte[] Video { get; } = File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "src", "Kling.Sandbox", "Videos", "1280x720-5s.mp4"));

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

    /// <summary>How many connections were opened.</summary>
    internal int Connections => _connections;

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
    public void Dispose() => _server.Dispose();

    private CallHold? TakeHold(CallPoint point, Guid? taskId)
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

    /// <summary>Holds a request that came to a point; false where its client went away meanwhile.</summary>
    private async Task<bool> HeldAsync(CallPoint point, Guid id, HttpContext call) =>
        TakeHold(point, id) is not CallHold hold || await hold.HoldAsync(call.RequestAborted);

    // What came on a connection that was held stays unread, also when the test lets go.
    private async Task<bool> ConnectedAsync(CancellationToken closed)
    {
        Interlocked.Increment(ref _connections);
        if (TakeHold(CallPoint.Connected, null) is not CallHold hold)
        {
            return true;
        }

        await hold.HoldAsync(closed);
        return false;
    }

    private async Task AnswerAsync(HttpContext call)
    {
        if (call.Request.Method == "GET")
        {
            await SendVideoAsync(call);
            return;
        }

        using JsonDocument body = await JsonDocument.ParseAsync(call.Request.Body, default, call.RequestAborted);
        JsonElement tasks = body.RootElement;
        Guid id = tasks[0].GetProperty("taskUUID").GetGuid();
        CallKind kind = tasks[0].GetProperty("taskType").GetString() switch
        {
            "videoInference" => CallKind.Submit,
            "mediaStorage" => CallKind.Upload,
            "getTaskDetails" => CallKind.Details,
            _ => CallKind.Poll,
        };
        if (Instead?.Invoke(new ServiceCall(kind, id)) is string other)
        {
            Note(new ServiceCall(kind, id));
            string[] parts = other.Split("\n\n", 2);
            await SendAsync(call, int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1].Replace("{id}", id.ToString("D"), StringComparison.Ordinal));
            return;
        }

        switch (tasks[0].GetProperty("taskType").GetString())
        {
            case "videoInference":
                Note(new ServiceCall(CallKind.Submit, id));
                await SubmitAsync(call, id);
                break;
            case "mediaStorage":
                Note(new ServiceCall(CallKind.Upload, id));
                await SendAsync(call, 200, $$"""{"data":[{"taskType":"mediaStorage","taskUUID":"{{id}}","operation":"upload","mediaUUID":"{{Guid.NewGuid()}}"}]}""");
                break;
            case "getTaskDetails":
                Note(new ServiceCall(CallKind.Details, id));
                await SendAsync(call, 200, """{"errors":[{"code":"taskNotFound","message":"Nothing is archived."}]}""");
                break;
            default:
                Note(new ServiceCall(CallKind.Poll, id));
                if (await HeldAsync(CallPoint.Poll, id, call))
                {
                    await SendAsync(call, 200, Looks(tasks));
                }

                break;
        }
    }

    private async Task SubmitAsync(HttpContext call, Guid id)
    {
        if (!await HeldAsync(CallPoint.SubmitUnaccepted, id, call))
        {
            return;
        }

        if (AcceptedCount(id) == 0 && Credit-- <= 0)
        {
            await SendAsync(call, 402, $$"""{"errors":[{"code":"insufficientCredits","message":"The credit is used up.","taskUUID":"{{id}}"}]}""");
        }
        else if (!Accept(id))
        {
            await SendAsync(call, 409, $$"""{"errors":[{"code":"conflictTaskUUID","message":"The id is taken.","taskUUID":"{{id}}"}]}""");
        }
        else if (await HeldAsync(CallPoint.SubmitAccepted, id, call))
        {
            await SendAsync(call, 200, $$"""{"data":[{"taskType":"videoInference","taskUUID":"{{id}}"}]}""");
        }
    }

    // An id that was never accepted is answered like one in progress, as was seen of the service.
    private string Looks(JsonElement tasks)
    {
        Guid[] ids = [.. tasks.EnumerateArray().Select(task => task.GetProperty("taskUUID").GetGuid())];
        IEnumerable<string> items = ids.Where(id => !KnowsOnlyAccepted || AcceptedCount(id) > 0).Select(id => Finished && AcceptedCount(id) > 0
            ? $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"success",{{MembersOf(id)}},"seed":7}"""
            : $$"""{"taskType":"getResponse","taskUUID":"{{id}}","status":"processing"}""");
        IEnumerable<string> unknown = ids.Where(id => KnowsOnlyAccepted && AcceptedCount(id) == 0)
            .Select(id => $$"""{"code":"taskNotFound","message":"There is no such task.","taskUUID":"{{id}}"}""");
        return $$"""{"data":[{{string.Join(",", items)}}],"errors":[{{string.Join(",", unknown)}}]}""";
    }

    private string MembersOf(Guid id) => VideoMembers?.Invoke(id) ?? FormattableString.Invariant($"\"videoUUID\":\"{id}\",\"videoURL\":\"{VideoBase}{id}.mp4\",\"cost\":{Cost}");

    private async Task SendVideoAsync(HttpContext call)
    {
        if (!Guid.TryParse(Path.GetFileNameWithoutExtension(call.Request.Path.Value!), out Guid id))
        {
            Note(new ServiceCall(CallKind.Download, Guid.Empty));
            call.Response.StatusCode = 403;
            return;
        }

        long? start = call.Request.GetTypedHeaders().Range?.Ranges.Single().From;
        Note(new ServiceCall(CallKind.Download, id, start));
        int from = (int)(start ?? 0);
        ResponseHeaders headers = call.Response.GetTypedHeaders();
        headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        headers.ETag = new EntityTagHeaderValue("\"the-video\"");
        headers.ContentLength = Video.Length - from;
        if (start is not null)
        {
            call.Response.StatusCode = 206;
            headers.ContentRange = new ContentRangeHeaderValue(from, Video.Length - 1, Video.Length);
        }

        int half = (Video.Length - from) / 2;
        await call.Response.Body.WriteAsync(Video.AsMemory(from, half));
        await call.Response.Body.FlushAsync();
        if (await HeldAsync(CallPoint.HalfDownload, id, call))
        {
            await call.Response.Body.WriteAsync(Video.AsMemory(from + half));
        }
    }

    private static async Task SendAsync(HttpContext call, int status, string json)
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = "application/json";
        await call.Response.WriteAsync(json, call.RequestAborted);
    }

    private void Note(ServiceCall call)
    {
        lock (_lock)
        {
            _calls.Add(call);
        }
    }

    /// <summary>Accepts a task; false when its id was accepted before.</summary>
    private bool Accept(Guid taskId)
    {
        lock (_lock)
        {
            return _accepted.TryAdd(taskId, 1);
        }
    }
}
