using System.Text.Json;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;
using Kling.Support;

namespace Kling.Sandbox.Engine;

/// <summary>
/// The simulated service without sockets: a request goes in, a reply comes out, and time is the clock's. It serves every model of
/// <see cref="Kling.Requests.ModelSpec.All"/>, strictly by its schema, keeps tasks and a ledger, and plays the scripted faults.
/// Simulated where the real behaviour is not known: a request without a size gives the model's first one; failed generations are not
/// billed; webhooks are flat task objects and tell successes only; images are not measured. A video of a size or length that the
/// sandbox has no file for is the nearest one, and the log says so. Safe to use from several threads.
/// </summary>
public sealed class SandboxEngine
{
    private const string ApiPath = "/v1";

    private readonly object _gate = new();
    private readonly IClock _clock;
    private readonly string _videoPath;
    private readonly string _imagePath;
    private readonly FaultScript _faults = new();
    private readonly SandboxLog _log = new();
    private readonly MediaStore _media = new();
    private readonly TaskStore _store;
    private readonly ApiCalls _api;

    /// <summary>Starts an empty service.</summary>
    /// <param name="options">How it behaves; its port is not used here.</param>
    /// <param name="videoBase">
    /// The address under which videos are served, for example <c>http://127.0.0.1:5000/video/</c>; a final slash is added when missing.
    /// </param>
    public SandboxEngine(SandboxOptions options, Uri videoBase)
    {
        Uri folder = videoBase.AbsoluteUri.EndsWith('/') ? videoBase : new Uri(videoBase.AbsoluteUri + "/");
        _clock = options.Clock;
        _videoPath = folder.AbsolutePath;
        _imagePath = ImageDownloads.Folder(folder).AbsolutePath;
        _store = new TaskStore(folder);
        _api = new ApiCalls(options, folder, _store, _faults, _media);
        foreach (SandboxFault fault in options.Faults)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Every billed video so far, in order of billing.</summary>
    public IReadOnlyList<SandboxCharge> Charges => Settled(_store.Charges);

    /// <summary>The sum of <see cref="Charges"/> in USD.</summary>
    public decimal TotalBilled => Settled(() => _store.Billed);

    /// <summary>How many tasks were accepted; a repeated id that is run again counts again.</summary>
    public int TaskCount => Settled(() => _store.Count);

    /// <summary>How many requests were answered; <see cref="Log"/> keeps the last of them.</summary>
    public long RequestCount => Settled(() => _log.Total);

    /// <summary>The newest 1000 requests, oldest first, without keys, images, prompts and queries.</summary>
    public IReadOnlyList<SandboxLogEntry> Log => Settled(_log.ToArray);

    /// <summary>Performs a webhook or an upload to a loopback address; set by the server. Called under the engine's lock: it must not wait.</summary>
    internal Action<SandboxDelivery>? Deliver { get; set; }

    /// <summary>Told when a delivery will be due, so that it does not wait for the next request. Called under the engine's lock.</summary>
    internal Action<DateTimeOffset>? Schedule
    {
        get => _api.Schedule;
        set => _api.Schedule = value;
    }

    /// <summary>Adds a fault after those already scripted.</summary>
    /// <param name="fault">The fault.</param>
    public void AddFault(SandboxFault fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Removes all faults not yet played; tasks already accepted keep the outcome scripted for them.</summary>
    public void ClearFaults()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    /// <summary>How often an id was accepted: 0, 1, or more where a repeat is charged.</summary>
    /// <param name="taskId">The task's id.</param>
    public int AcceptedCount(Guid taskId) => Settled(() => _store.RunsOf(taskId));

    /// <summary>Answers one request.</summary>
    /// <param name="request">The request.</param>
    public SandboxReply Handle(SandboxRequest request)
    {
        // Big bodies are parsed outside the lock, so that concurrent uploads do not wait for each other.
        using JsonDocument? body = request.Body.Length == 0 ? null : Parse(request.Body);
        string path = request.Path.Split('?')[0];
        lock (_gate)
        {
            var call = new SandboxCall(_clock.UtcNow);
            SettleNow(call.Now);
            SandboxReply reply = path.StartsWith(_videoPath, StringComparison.Ordinal) ? AnswerVideo(request, path, call)
                : path.StartsWith(_imagePath, StringComparison.Ordinal) ? ImageDownloads.Answer(request, path[_imagePath.Length..], _media, call)
                : path.TrimEnd('/') == ApiPath ? _api.Answer(request, body, call)
                : FaultReplies.Refusal(404, new SandboxError("notFound", "There is nothing at this path."));
            _log.Add(new SandboxLogEntry
            {
                At = call.Now,
                Method = request.Method,
                Path = path,
                TaskTypes = call.TaskTypes,
                TaskIds = call.TaskIds,
                Status = reply.Status,
                Fault = call.Fault?.ToString(),
                Summary = call.Summary,
            });
            return reply;
        }
    }

    /// <summary>Bills and delivers what has become due.</summary>
    internal void Settle() => Settled(() => 0);

    private static JsonDocument? Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private T Settled<T>(Func<T> read)
    {
        lock (_gate)
        {
            SettleNow(_clock.UtcNow);
            return read();
        }
    }

    private void SettleNow(DateTimeOffset now)
    {
        foreach (SandboxDelivery delivery in _store.Settle(now))
        {
            bool isAllowed = delivery.Address.IsLoopback && Deliver is not null;
            _log.Add(new SandboxLogEntry
            {
                At = now,
                Method = delivery.Method,
                Path = "(outgoing)",
                TaskIds = [delivery.TaskId],
                Summary = isAllowed ? "sent to a loopback address" : "not sent: the sandbox calls loopback addresses only",
            });
            if (isAllowed)
            {
                Deliver!(delivery);
            }
        }
    }

    private SandboxReply AnswerVideo(SandboxRequest request, string path, SandboxCall call)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            return FaultReplies.NotAllowed("GET, HEAD");
        }

        string name = path[_videoPath.Length..];
        if (!SandboxIds.TryParse(Path.GetFileNameWithoutExtension(name), out Guid id)
            || _store.FindVideo(id, call.Now) is not { } video
            || Path.GetExtension(name) != video.Task.Extension
            || video.Result.ReadyAt + video.Task.Lifetime <= call.Now)
        {
            call.Summary = "no such video, or its lifetime is over";
            return FaultReplies.Expired();
        }

        call.TaskIds.Add(video.Task.Id);
        // A file host must never get the key: the log shows a client that sends it.
        string summary = video.Task.Substitute is { } substitute ? $"video: {substitute}" : "video";
        call.Summary = request.Header("Authorization") is null ? summary : $"{summary}; the request carried an Authorization header";
        SandboxFault? fault = _faults.TakeForCall(SandboxFaultTarget.Download, call, _store);
        return fault?.Kind is null or SandboxFaultKind.Reset or SandboxFaultKind.Stall
            or SandboxFaultKind.TruncatedDownload or SandboxFaultKind.WrongContentDownload
            ? VideoDownloads.Answer(request, video.Task, video.Result, fault?.Kind)
            : FaultReplies.For(fault, call.TaskIds, call.Now)!;
    }
}
