using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Core.Tests.Support;
using Kling.Sandbox;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

/// <summary>An engine under virtual time, and the few requests the tests need.</summary>
internal sealed class SandboxBench
{
    internal const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    internal const string Key = "a-key-for-the-sandbox";

    internal static readonly TimeSpan Delay = TimeSpan.FromSeconds(100);

    internal SandboxBench(RepeatedIdMode mode = RepeatedIdMode.Refuse, UnknownIdMode unknown = UnknownIdMode.Processing, decimal balance = 1000, bool strictMedia = false, params SandboxFault[] faults)
    {
        Engine = new SandboxEngine(
            new SandboxOptions
            {
                Clock = Clock,
                GenerationDelay = Delay,
                RepeatedIdMode = mode,
                UnknownIdMode = unknown,
                Balance = balance,
                Faults = faults,
                Seed = 7,
                StrictMedia = strictMedia,
                ApiKey = Key,
            },
            new Uri("http://127.0.0.1:1/video"));
    }

    internal FakeClock Clock { get; } = new();

    internal SandboxEngine Engine { get; }

    internal static JsonObject Task(Guid id) => new()
    {
        ["taskType"] = "videoInference",
        ["taskUUID"] = id.ToString(),
        ["model"] = "klingai:5@1",
        ["positivePrompt"] = "slow dolly in",
        ["includeCost"] = true,
        ["inputs"] = new JsonObject { ["frameImages"] = new JsonArray(Png) },
    };

    internal static JsonObject Look(Guid id) => new() { ["taskType"] = "getResponse", ["taskUUID"] = id.ToString() };

    internal static JsonObject Details(Guid id) => new() { ["taskType"] = "getTaskDetails", ["taskUUID"] = id.ToString() };

    internal static SandboxRequest Request(string body, string? key = Key) => new()
    {
        Headers = key is null
            ? new Dictionary<string, string> { ["content-type"] = "application/json" }
            : new Dictionary<string, string> { ["content-type"] = "application/json", ["authorization"] = "Bearer " + key },
        Body = Encoding.UTF8.GetBytes(body),
    };

    internal SandboxReply Send(params JsonNode[] tasks) => Engine.Handle(Request(new JsonArray(tasks).ToJsonString()));

    internal Guid Accept(Action<JsonObject>? change = null)
    {
        Guid id = Guid.NewGuid();
        JsonObject task = Task(id);
        change?.Invoke(task);
        SandboxReply reply = Send(task);
        Assert.Equal(200, reply.Status);
        return id;
    }

    internal SandboxReply Get(string path, params (string Name, string Value)[] headers) => Engine.Handle(new SandboxRequest
    {
        Method = "GET",
        Path = path,
        Headers = headers.ToDictionary(header => header.Name, header => header.Value),
    });

    internal JsonElement[] Items(Guid id) => [.. Json(Send(Look(id))).GetProperty("data").EnumerateArray()];

    internal string VideoPath(Guid id) => new Uri(Items(id)[0].GetProperty("videoURL").GetString()!).AbsolutePath;

    internal static JsonElement Json(SandboxReply reply) => JsonDocument.Parse(reply.Body).RootElement;

    internal static JsonElement[] Errors(SandboxReply reply) =>
        Json(reply).TryGetProperty("errors", out JsonElement errors) ? [.. errors.EnumerateArray()] : [];

    internal static string[] Codes(SandboxReply reply) => [.. Errors(reply).Select(error => error.GetProperty("code").GetString()!)];
}
