using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Hosting.Service;
using Microsoft.AspNetCore.Http;

namespace Kling.Module.Tests.Console;

/// <summary>A service that puts into each of its texts what takes over a terminal. It refuses, finishes, fails and bills as the prompt says.</summary>
internal sealed class HostileService : IDisposable
{
    /// <summary>A title, a cleared screen, the clipboard, both also as C1, a bell, and writing from right to left.</summary>
    internal const string Text = "x\u001b]0;pwned\u0007\u001b[2J\u001b]52;c;cHduZWQ=\u001b\\\u009d0;pwned\u009c\u009b2J\b\r\u202egnp.\u2066\u200f\u061cy";

    private readonly TestServer _server;

    internal HostileService() => _server = new TestServer(async call =>
    {
        JsonNode body = (await JsonNode.ParseAsync(call.Request.Body))!;
        var answer = new JsonObject { ["data"] = new JsonArray(), ["errors"] = new JsonArray() };
        foreach (JsonNode task in body.AsArray().OfType<JsonNode>())
        {
            Answer(task, answer);
        }

        call.Response.StatusCode = answer["data"]!.AsArray().Count == 0 ? 400 : 200;
        call.Response.ContentType = "application/json";
        await call.Response.WriteAsync(answer.ToJsonString());
    });

    /// <summary>The API's address.</summary>
    internal string Endpoint => _server.Address + "v1";

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private readonly HashSet<string> _failing = [];

    private void Answer(JsonNode task, JsonObject answer)
    {
        string type = (string)task["taskType"]!;
        string id = (string)task["taskUUID"]!;
        string prompt = (string?)task["positivePrompt"] ?? "";
        if (type == "videoInference" && prompt.Contains("refuse", StringComparison.Ordinal))
        {
            Fail(answer, id);
            return;
        }

        if (prompt.Contains("fail", StringComparison.Ordinal))
        {
            _failing.Add(id);
        }

        if (type == "getResponse" && _failing.Contains(id))
        {
            answer["data"]!.AsArray().Add(new JsonObject { ["taskType"] = "videoInference", ["taskUUID"] = id, ["status"] = "error", ["videoUUID"] = Text, ["code"] = Text, ["message"] = Text });
            return;
        }

        answer["data"]!.AsArray().Add(type switch
        {
            "videoInference" => new JsonObject { ["taskType"] = type, ["taskUUID"] = id, ["status"] = Text },
            "accountManagement" => new JsonObject { ["taskType"] = type, ["taskUUID"] = id, ["operation"] = "getDetails", ["organizationName"] = Text, ["balance"] = new JsonObject { ["amount"] = 5, ["currency"] = "\u001b[2J\u009b" }, ["usage"] = new JsonObject() },
            "mediaStorage" => new JsonObject { ["taskType"] = type, ["taskUUID"] = id, ["mediaUUID"] = Guid.NewGuid(), ["mediaURL"] = "https://images.test/" + Text },
            _ => new JsonObject
            {
                ["taskType"] = "videoInference",
                ["taskUUID"] = id,
                ["status"] = "success",
                ["videoUUID"] = Text + id,
                ["videoURL"] = Text + "://" + Text + "/" + Text + ".mp4",
                ["seed"] = 7,
                ["cost"] = 0.1848,
            },
        });
    }

    private static void Fail(JsonObject answer, string id) => answer["errors"]!.AsArray().Add(new JsonObject
    {
        ["code"] = Text,
        ["message"] = Text,
        ["parameter"] = Text,
        ["type"] = Text,
        ["allowedValues"] = new JsonArray(Text, Text),
        ["documentation"] = Text,
        ["taskUUID"] = id,
    });
}
