using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kling.Hosting;
using Kling.Hosting.Service;
using Kling.Module.Tests.Console;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kling.Module.Tests.Trust;

/// <summary>
/// A service and a download host that answer with seeded nonsense, which grows. Each text of it holds the key and what takes over a
/// terminal. About half of its answers have the right shape, so that the nonsense comes far.
/// </summary>
internal sealed partial class NonsenseService : IDisposable
{
    private const int LargestPiece = 64 * 1024;

    // Those that may have a body.
    private static readonly int[] s_statuses = [200, 201, 206, 299, 307, 400, 401, 402, 403, 404, 409, 413, 416, 429, 500, 502, 503, 504, 599];

    private static readonly string[] s_members =
    [
        "status", "videoUUID", "videoURL", "mediaUUID", "mediaURL", "cost", "seed", "NSFWContent", "code", "message", "parameter", "type", "allowedValues", "documentation", "taskType",
        "balance", "usage", "organizationName", "retryAfter", "progress", "videoBase64Data", "request", "response", "data", "errors", "error", "positivePrompt", "inputs", "model",
    ];

    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly string _key;
    private readonly TestServer _server;
    private readonly byte[] _video = File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "src", "Kling.Sandbox", "Videos", "1280x720-5s.mp4"));
    private int _calls;

    internal NonsenseService(int seed, string key)
    {
        _random = new Random(seed);
        _key = key;
        _server = new TestServer(AnswerAsync);
    }

    /// <summary>The API's address.</summary>
    internal string Endpoint => _server.Address + "v1";

    /// <summary>How many requests came.</summary>
    internal int Calls => Volatile.Read(ref _calls);

    /// <summary>Whether every answer has the right shape and every video is one; the texts are as bad as ever.</summary>
    internal bool IsUsable { get; set; }

    private string Text => $"{HostileService.Text}{_key}";

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private async Task AnswerAsync(HttpContext call)
    {
        Interlocked.Increment(ref _calls);
        using var reader = new StreamReader(call.Request.Body);
        string request = await reader.ReadToEndAsync();
        if (call.Request.Method == "GET")
        {
            await SendVideoAsync(call);
            return;
        }

        byte[] body;
        lock (_lock)
        {
            bool isUsable = IsUsable || _random.Next(2) == 0;
            body = isUsable ? Encoding.UTF8.GetBytes(Usable(request)) : Nonsense(request);
            call.Response.StatusCode = isUsable || _random.Next(3) > 0 ? 200 : s_statuses[_random.Next(s_statuses.Length)];
            call.Response.ContentType = _random.Next(4) == 0 ? "text/html" : "application/json";
            call.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = $"Reason {_key}";
            if (!isUsable && _random.Next(4) == 0)
            {
                call.Response.Headers.RetryAfter = _random.Next(4) switch { 0 => "-5", 1 => "999999999", 2 => _key, _ => "1" };
            }
        }

        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }

    private async Task SendVideoAsync(HttpContext call)
    {
        int kind;
        byte[] noise;
        lock (_lock)
        {
            kind = IsUsable ? 0 : _random.Next(10);
            noise = Noise(Size());
        }

        call.Response.ContentType = "video/mp4";
        switch (kind)
        {
            case < 2:
                await call.Response.Body.WriteAsync(_video);
                break;
            case 2 or 3:
                call.Response.StatusCode = kind == 2 ? 403 : 404;
                await call.Response.WriteAsync($"<html>{Text}");
                break;
            case 4:
                call.Response.ContentLength = 0;
                break;
            case 5:
                await call.Response.WriteAsync($"<html>{Text}");
                break;
            case 6:
                await call.Response.Body.WriteAsync(noise);
                break;
            case 7:
                // A video that is cut, each time at another place.
                call.Response.ContentLength = _video.Length;
                await call.Response.Body.WriteAsync(_video.AsMemory(0, noise.Length % _video.Length));
                await call.Response.Body.FlushAsync();
                call.Abort();
                break;
            case 8:
                using (var packed = new MemoryStream())
                {
                    using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                    {
                        zip.Write(new byte[1_000_000]);
                    }

                    call.Response.Headers.ContentEncoding = "gzip";
                    await call.Response.Body.WriteAsync(packed.ToArray());
                }

                break;
            default:
                // The head of a video, and then nothing until the client has enough.
                await call.Response.Body.WriteAsync(_video.AsMemory(0, 5000));
                await call.Response.Body.FlushAsync();
                var gone = new TaskCompletionSource();
                await using (call.RequestAborted.Register(gone.SetResult))
                {
                    await gone.Task;
                }

                break;
        }
    }

    /// <summary>An answer in the right shape to each task of the request.</summary>
    private string Usable(string request) => $$"""{"data":[{{string.Join(",", TasksOf(request).Select(task => $"{{\"taskUUID\":\"{task.Id}\",{Usable(task.Id, task.Type)}}}"))}}]}""";

    private string Usable(string id, string type) => type switch
    {
        "videoInference" => $"\"taskType\":\"videoInference\",\"status\":{Json(Text)}",
        "mediaStorage" => $"\"taskType\":\"mediaStorage\",\"mediaUUID\":\"{Guid.NewGuid()}\",\"mediaURL\":{Json("https://images.test/" + Text)}",
        "accountManagement" => $"\"taskType\":\"accountManagement\",\"operation\":\"getDetails\",\"organizationName\":{Json(Text)},\"balance\":{{\"amount\":5,\"currency\":{Json("\u001b[2J\u009b")}}},\"usage\":{{}}",
        "getTaskDetails" => $"\"taskType\":\"getTaskDetails\",\"request\":[{{\"taskUUID\":\"{id}\",\"taskType\":\"videoInference\",\"model\":{Json(Text)},\"positivePrompt\":{Json(Text)},\"inputs\":{{\"frameImages\":[{Json("https://images.test/" + Text)}]}}}}],\"response\":{{\"data\":[{Video(id)}]}}",
        _ => Video(id)[1..^1],
    };

    private string Video(string id) =>
        $$"""{"taskType":"videoInference","taskUUID":"{{id}}","status":"success","videoUUID":{{Json(Text + _random.Next(5))}},"videoURL":{{Json($"{_server.Address}video/{id}-{_random.Next(5)}.mp4?sig={Text}")}},"seed":7,"cost":{{(_random.Next(4) == 0 ? "7.9e28" : "0.1848")}}}""";

    private byte[] Nonsense(string request)
    {
        switch (_random.Next(5))
        {
            case 0:
                return Noise(Size());
            case 1:
                return Encoding.UTF8.GetBytes($"<html>{Text}{new string('x', _random.Next(Size()))}");
            case 2:
                return Encoding.UTF8.GetBytes(new string('[', _random.Next(Size())));
            case 3:
                string cut = Envelope(request);
                return Encoding.UTF8.GetBytes(cut[.._random.Next(cut.Length)]);
            default:
                return Encoding.UTF8.GetBytes(Envelope(request));
        }
    }

    private string Envelope(string request)
    {
        string[] ids = [.. TasksOf(request).Select(task => task.Id)];
        var text = new StringBuilder("{\"data\":[");
        AddItems(text, ids, Size() / 2);
        text.Append("],\"errors\":[");
        AddItems(text, ids, _random.Next(2) == 0 ? 1 : Size() / 2);
        return text.Append("]}").ToString();
    }

    private void AddItems(StringBuilder text, string[] ids, int size)
    {
        for (int end = text.Length + _random.Next(size); text.Length < end || text[^1] == ',';)
        {
            text.Append($"{{\"taskUUID\":{(ids.Length > 0 && _random.Next(5) > 0 ? $"\"{ids[_random.Next(ids.Length)]}\"" : "7")}");
            for (int members = _random.Next(6); members > 0; members--)
            {
                string name = s_members[_random.Next(s_members.Length)];
                text.Append($",\"{name}\":{(name == "retryAfter" ? Wait() : Value())}");
            }

            text.Append('}').Append(text.Length < end ? "," : "");
        }
    }

    private string Value() => _random.Next(8) switch
    {
        0 => "null",
        1 => "79228162514264337593543950335",
        2 => $"{_random.Next(-5, 100)}",
        3 => Json($"{_server.Address}video/{_random.Next(9)}.mp4?sig={Text}"),
        4 => $"{{\"a\":[1,{{\"b\":{Json(Text)}}}]}}",
        5 => Json(new string('m', _random.Next(Size())) + Text),
        6 => Json(((string[])["success", "error", "processing", "failed", "", "1e400", "insufficientCredits", "timeoutProvider"])[_random.Next(8)]),
        _ => Json(Text),
    };

    // A wish to wait is obeyed in real time, up to ten minutes. So the test's are short, or longer than that.
    private string Wait() => _random.Next(4) switch { 0 => "-5", 1 => "1", 2 => "1e9", _ => Json(Text) };

    // Grows with each call.
    private int Size() => Math.Min(LargestPiece, 1000 * (_calls + 1));

    private byte[] Noise(int size)
    {
        byte[] bytes = new byte[_random.Next(size)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static (string Id, string Type)[] TasksOf(string request) => [.. Ids().Matches(request).Zip(Types().Matches(request), (id, type) => (id.Groups[1].Value, type.Groups[1].Value))];

    [GeneratedRegex(@"""taskUUID"":""([0-9a-f-]{36})""")]
    private static partial Regex Ids();

    [GeneratedRegex(@"""taskType"":""(\w+)""")]
    private static partial Regex Types();
}
