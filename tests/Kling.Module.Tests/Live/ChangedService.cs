using System.Text;
using System.Text.Json;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Sandbox;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;
using Kling.Support;
using Microsoft.AspNetCore.Http;

namespace Kling.Module.Tests.Live;

/// <summary>
/// The sandbox behind a server whose replies a test may change. Its time stands still until a task's id is sent a second time: so the first
/// look always sees the task at work.
/// </summary>
internal sealed class ChangedService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _submits = [];
    private readonly List<string> _keys = [];
    private readonly HandClock _clock = new();
    private readonly TestServer _server;

    internal ChangedService(RepeatedIdMode repeats = RepeatedIdMode.Refuse, UnknownIdMode unknown = UnknownIdMode.Processing)
    {
        _server = new TestServer(AnswerAsync);
        var options = new SandboxOptions { Clock = _clock, GenerationDelay = TimeSpan.FromMinutes(1), RepeatedIdMode = repeats, UnknownIdMode = unknown };
        ApiKey = options.ApiKey;
        Engine = new SandboxEngine(options, new Uri(_server.Address, "video/"));
        Schema = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "src", "Kling.Core", "Requests", "Models", "klingai-2-1-standard.schema.json"));
    }

    internal string Endpoint => _server.Address + "v1";

    internal string SchemaAddress => _server.Address + "schema.json";

    internal string ApiKey { get; }

    internal SandboxEngine Engine { get; }

    /// <summary>What is published about the model.</summary>
    internal string Schema { get; set; }

    /// <summary>Changes the reply to a request of the API, both as JSON; null cuts the connection.</summary>
    internal Func<string, string, string?> Change { get; set; } = (_, reply) => reply;

    /// <summary>Whether every video task is taken, whatever it is.</summary>
    internal bool TakesEverything { get; set; }

    /// <summary>Called with each submit before it is answered.</summary>
    internal Func<string, CancellationToken, Task> OnSubmit { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Changes the headers of a video.</summary>
    internal Action<IHeaderDictionary> ChangeVideo { get; set; } = _ => { };

    /// <summary>Whether the length of a video is announced.</summary>
    internal bool TellsLength { get; set; } = true;

    /// <summary>One more header of every reply of the API, as <c>Name: value</c>.</summary>
    internal string? ApiHeader { get; set; }

    /// <summary>Another video than the right one.</summary>
    internal byte[]? Video { get; set; }

    /// <summary>The bodies of all video tasks, in order.</summary>
    internal IReadOnlyList<string> Submits
    {
        get
        {
            lock (_lock)
            {
                return [.. _submits];
            }
        }
    }

    /// <summary>The keys that came with anything but the API.</summary>
    internal IReadOnlyList<string> StrayKeys
    {
        get
        {
            lock (_lock)
            {
                return [.. _keys];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private async Task AnswerAsync(HttpContext call)
    {
        using var buffer = new MemoryStream();
        await call.Request.Body.CopyToAsync(buffer);
        bool isApi = call.Request.Path == "/v1";
        if (!isApi && call.Request.Headers.Authorization.Count > 0)
        {
            lock (_lock)
            {
                _keys.Add(call.Request.Headers.Authorization.ToString());
            }
        }

        string body = Encoding.UTF8.GetString(buffer.ToArray());
        if (call.Request.Path == "/schema.json")
        {
            await SendAsync(call, 200, "application/json", Encoding.UTF8.GetBytes(Schema));
        }
        else if (isApi)
        {
            await AnswerApiAsync(call, body, buffer.ToArray());
        }
        else
        {
            SandboxReply reply = Handle(call, []);
            foreach ((string name, string value) in reply.Headers.Where(header => header.Key != "Content-Length"))
            {
                call.Response.Headers[name] = value;
            }

            bool isVideo = call.Request.Path.StartsWithSegments("/video");
            if (isVideo)
            {
                ChangeVideo(call.Response.Headers);
            }

            await SendAsync(call, reply.Status, call.Response.ContentType, isVideo && reply.Status == 200 ? Video ?? reply.Body : reply.Body, TellsLength);
        }
    }

    private async Task AnswerApiAsync(HttpContext call, string body, byte[] bytes)
    {
        bool isSubmit = body.Contains("\"videoInference\"", StringComparison.Ordinal);
        if (isSubmit)
        {
            lock (_lock)
            {
                _submits.Add(body);
            }

            await OnSubmit(body, call.RequestAborted);
        }

        SandboxReply reply = Handle(call, bytes);
        (int status, string text) = (reply.Status, Encoding.UTF8.GetString(reply.Body));
        if (isSubmit && TakesEverything)
        {
            string id = JsonDocument.Parse(body).RootElement[0].GetProperty("taskUUID").GetString()!;
            (status, text) = (200, $$"""{"data":[{"taskType":"videoInference","taskUUID":"{{id}}"}]}""");
        }

        if (isSubmit && Submits.Count(submit => submit.Contains("\"inputs\"", StringComparison.Ordinal)) > 1)
        {
            _clock.UtcNow += TimeSpan.FromHours(1);
        }

        if (Change(body, text) is not string changed)
        {
            call.Abort();
            return;
        }

        if (ApiHeader?.Split(": ") is [string name, string value])
        {
            call.Response.Headers[name] = value;
        }

        await SendAsync(call, status, "application/json", Encoding.UTF8.GetBytes(changed));
    }

    private SandboxReply Handle(HttpContext call, byte[] body) => Engine.Handle(new SandboxRequest
    {
        Method = call.Request.Method,
        Path = call.Request.Path.Value!,
        Headers = call.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        Body = body,
    });

    private static async Task SendAsync(HttpContext call, int status, string? type, byte[] body, bool tellsLength = true)
    {
        call.Response.StatusCode = status;
        call.Response.ContentType = type;
        call.Response.ContentLength = tellsLength ? body.Length : null;
        await call.Response.Body.WriteAsync(body);
    }

    private sealed class HandClock : IClock
    {
        public DateTimeOffset UtcNow { get; set; } = DateTimeOffset.UnixEpoch;

        public DateTimeOffset Steady => UtcNow;

        public Task DelayAsync(TimeSpan delay, CancellationToken token) => Task.Delay(Timeout.Infinite, token);

        public double NextDouble() => 0.5;
    }
}
