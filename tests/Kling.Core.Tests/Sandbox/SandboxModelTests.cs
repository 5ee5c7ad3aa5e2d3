using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Core.Tests.EndToEnd;
using Kling.Core.Tests.Schemas;
using Kling.Core.Tests.Support;
using Kling.Requests;
using Kling.Sandbox;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

/// <summary>The sandbox serves each model by its own schema: what it takes, what it bills, and the file that it has for it.</summary>
[Collection(AloneCollection.Name)]
public class SandboxModelTests
{
    private const string Pro = "klingai:kling-video@2.6-pro";
    private const string Address = "https://host.example/a.jpg";

    [Theory]
    [InlineData(0, 1.40, "1280x720-10s.mp4 stands for 1920x1080-10s.mp4")]
    [InlineData(2, 0.70, "1280x720-10s.mp4 stands for 1920x1080-10s.mp4")]
    [InlineData(3, 0.70, "1280x720-5s.mp4 stands for 1920x1080-5s.mp4")]
    public void ProExamples_AreAcceptedAndBilledAsPublished(int example, decimal cost, string substitute)
    {
        JsonObject request = PublishedSchemas.ExamplesOf(PublishedSchemas.Pro)[example];
        request["includeCost"] = true;
        var bench = new SandboxBench();
        Assert.Equal(200, bench.Send(request).Status);
        Assert.Equal($"1 accepted, 0 errors; {substitute}", bench.Engine.Log[^1].Summary);
        bench.Clock.Advance(SandboxBench.Delay);
        Guid id = Guid.Parse(request["taskUUID"]!.GetValue<string>());
        Assert.Equal(cost, bench.Items(id)[0].GetProperty("cost").GetDecimal());
        Assert.Equal(cost, bench.Engine.TotalBilled);
        Assert.Equal(200, bench.Get(bench.VideoPath(id)).Status);
        Assert.Equal($"video: {substitute}", bench.Engine.Log[^1].Summary);
        JsonObject stored = JsonNode.Parse(SandboxBench.Json(bench.Send(SandboxBench.Details(id))).GetProperty("data")[0].GetProperty("request")[0].GetRawText())!.AsObject();
        Assert.True(JsonNode.DeepEquals(request, stored), stored.ToJsonString());
    }

    [Fact]
    public void ReferenceToVideo_IsAccepted()
    {
        var bench = new SandboxBench(strictMedia: true);
        Assert.Equal(200, bench.Send(PublishedSchemas.ExamplesOf(PublishedSchemas.Pro)[1]).Status);
    }

    [Theory]
    [InlineData(1440, 1440, "720x720")]
    [InlineData(1080, 1920, "720x1280")]
    public void OtherSizes_AreServedAsTheNearest(int width, int height, string served)
    {
        var bench = new SandboxBench();
        Assert.Equal(200, bench.Send(ProTask(task => (task["width"], task["height"], task["outputFormat"]) = (width, height, "WEBM"))).Status);
        Assert.EndsWith($"{served}-5s.webm stands for {width}x{height}-5s.webm", bench.Engine.Log[^1].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesThatAreThere_NeedNoSubstitute()
    {
        var bench = new SandboxBench();
        bench.Accept(task => (task["width"], task["height"], task["duration"]) = (720, 1280, 10));
        Assert.Equal("1 accepted, 0 errors", bench.Engine.Log[^1].Summary);
    }

    [Theory]
    [InlineData("duration", "6", "unsupportedDuration", "duration")]
    [InlineData("positivePrompt", null, "missingPositivePrompt", "positivePrompt")]
    [InlineData("positivePrompt", "\"a\"", "invalidPositivePromptLength", "positivePrompt")]
    [InlineData("width", null, "missingWidth", "width")]
    [InlineData("width", "1280", "unsupportedDimensions", "width, height")]
    [InlineData("safety", "{\"mode\":\"none\"}", "unsupportedSafetyMode", "safety.mode")]
    [InlineData("seed", "1", "unknownParameter", "seed")]
    [InlineData("providerSettings", "{\"klingai\":{\"volume\":1}}", "unknownParameter", "providerSettings.klingai.volume")]
    [InlineData("providerSettings", "{\"klingai\":{\"sound\":\"on\"}}", "invalidProviderSettingsKlingaiSound", "providerSettings.klingai.sound")]
    [InlineData("providerSettings", "{\"klingai\":{\"keepOriginalSound\":true}}", "missingInputs", "inputs")]
    [InlineData("inputs", "{\"frameImages\":[\"" + Address + "\"]}", "incompatibleParameters", "width, height, inputs.frameImages")]
    [InlineData("inputs", "{\"referenceVideos\":[7],\"referenceImages\":[\"" + Address + "\"]}", "invalidReferenceVideos", "inputs.referenceVideos")]
    [InlineData("inputs", "{\"referenceImages\":[\"photo.jpg\"]}", "invalidValueUploadFailed", "inputs.referenceImages")]
    public void ProRequests_ThatBreakACondition_AreRefusedByName(string field, string? json, string code, string parameters)
    {
        var bench = new SandboxBench();
        SandboxReply reply = bench.Send(ProTask(task =>
        {
            task.Remove(field);
            if (json is not null)
            {
                task[field] = JsonNode.Parse(json);
            }
        }));
        Assert.Equal((400, 0), (reply.Status, bench.Engine.TaskCount));
        Assert.Contains((code, parameters), SandboxBench.Errors(reply).Select(error => (error.GetProperty("code").GetString(), Names(error.GetProperty("parameter")))));
    }

    [Fact]
    public void SoundWithTwoFrames_IsRefused_AndALastFrameByTheStandardModel()
    {
        JsonObject two = PublishedSchemas.ExamplesOf(PublishedSchemas.Pro)[2];
        two["providerSettings"] = JsonNode.Parse("""{"klingai":{"sound":false}}""");
        JsonElement error = Assert.Single(SandboxBench.Errors(new SandboxBench().Send(two)));
        Assert.Equal(("incompatibleParameters", "providerSettings.klingai.sound, inputs.frameImages"), (error.GetProperty("code").GetString(), Names(error.GetProperty("parameter"))));

        JsonObject last = SandboxBench.Task(Guid.NewGuid());
        last["inputs"]!["frameImages"]!.AsArray().Add(SandboxBench.Png);
        Assert.Equal(["invalidFrameImages"], SandboxBench.Codes(new SandboxBench().Send(last)));
    }

    [Fact]
    public void AnUnknownModel_IsRefusedWithTheKnownOnes()
    {
        JsonElement error = Assert.Single(SandboxBench.Errors(new SandboxBench().Send(ProTask(task =>
        {
            task["model"] = "klingai:none";
            task.Remove("width");
            task.Remove("height");
            task["inputs"] = new JsonObject { ["frameImages"] = new JsonArray(Address) };
        }))));
        Assert.Equal("unsupportedModel", error.GetProperty("code").GetString());
        string[] known = [.. error.GetProperty("allowedValues").EnumerateArray().Select(id => id.GetString()!)];
        Assert.Equal(ModelSpec.All.Select(model => model.Id), known);
        Assert.Equal([ModelSpec.DefaultModelId, Pro], known[..2]);
    }

    [Fact]
    public void EachImageOfATask_IsKeptByItsId_AndMustBeKnownWhereTheSandboxIsStrict()
    {
        const string Jpeg = "/9j/";
        const string Stranger = "aac49721-1964-481a-ae78-8a4e29b91402";
        var bench = new SandboxBench(strictMedia: true);
        JsonObject task = Frames(SandboxBench.Png, Jpeg);
        Assert.Equal(200, bench.Send(task).Status);
        JsonElement stored = SandboxBench.Json(bench.Send(SandboxBench.Details(Guid.Parse(task["taskUUID"]!.GetValue<string>())))).GetProperty("data")[0].GetProperty("request")[0];
        string[] ids = [.. stored.GetProperty("inputs").GetProperty("frameImages").EnumerateArray().Select(frame => frame.GetProperty("image").GetString()!)];
        Assert.Equal(2, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(Guid.TryParse(id, out _)));
        Assert.Equal(200, bench.Send(Frames(ids[1], ids[0])).Status);
        Assert.Equal(["invalidValueUploadFailed"], SandboxBench.Codes(bench.Send(Frames(ids[0], Stranger))));
    }

    [Fact]
    public void AnImportedModel_IsServedWithItsLengthsAndWithoutAPriceItDoesNotName()
    {
        JsonNode document = JsonNode.Parse(PublishedSchemas.TextOf(PublishedSchemas.Standard))!;
        document["info"]!["x-air-id"] = "klingai:imported";
        document["info"]!.AsObject().Remove("x-pricing");
        JsonObject fields = document["components"]!["schemas"]!["RequestBody"]!["items"]!["properties"]!.AsObject();
        fields["model"]!["const"] = "klingai:imported";
        fields["duration"] = JsonNode.Parse("""{"type":"integer","minimum":3,"maximum":15}""");
        fields["outputFormat"] = JsonNode.Parse("""{"type":"string","enum":["MP4","GIF"]}""");
        ModelSpec imported = ModelReader.Read(document.ToJsonString(), isImported: true);
        Func<IReadOnlyList<ModelSpec>> before = ModelSpec.Imported;
        ModelSpec.Imported = () => [imported];
        try
        {
            var bench = new SandboxBench();
            bench.Accept(task => (task["model"], task["duration"]) = ("klingai:imported", 7));
            Assert.EndsWith("1280x720-5s.mp4 stands for 1280x720-7s.mp4", bench.Engine.Log[^1].Summary, StringComparison.Ordinal);
            bench.Accept(task => (task["model"], task["duration"]) = ("klingai:imported", 8));
            Assert.EndsWith("1280x720-10s.mp4 stands for 1280x720-8s.mp4", bench.Engine.Log[^1].Summary, StringComparison.Ordinal);
            bench.Accept(task => (task["model"], task["outputFormat"]) = ("klingai:imported", "GIF"));
            Assert.EndsWith("1280x720-5s.mp4 stands for 1280x720 in another format", bench.Engine.Log[^1].Summary, StringComparison.Ordinal);
            bench.Clock.Advance(SandboxBench.Delay);
            Assert.Equal((3, 0m), (bench.Engine.Charges.Count, bench.Engine.TotalBilled));
            JsonObject task = SandboxBench.Task(Guid.NewGuid());
            (task["model"], task["duration"]) = ("klingai:imported", 16);
            JsonElement error = Assert.Single(SandboxBench.Errors(bench.Send(task)));
            Assert.Equal(("invalidDuration", 3m, 15m), (error.GetProperty("code").GetString(), error.GetProperty("min").GetDecimal(), error.GetProperty("max").GetDecimal()));
        }
        finally
        {
            ModelSpec.Imported = before;
        }
    }

    /// <summary>Whatever comes: it is accepted or refused by code, and only the rules of ids, addresses, images and lengths go beyond the schema.</summary>
    [Theory]
    [InlineData(PublishedSchemas.Standard)]
    [InlineData(PublishedSchemas.Pro)]
    public void RandomRequests_AreAcceptedAsTheSchemaSays(string model)
    {
        var maker = new RequestMaker(new Random(5), model);
        var node = PublishedSchemas.NodeOf(model);
        int count = TestDepth.Of(10_000);
        int accepted = 0;
        for (int i = 0; i < count; i++)
        {
            string request = maker.Make()?.ToJsonString() ?? "null";

            // An image that can be used in place of one that has the form only.
            request = request.Replace("aGk=", SandboxBench.Png, StringComparison.Ordinal);
            var bench = new SandboxBench(balance: 1_000_000);
            SandboxReply reply = bench.Engine.Handle(SandboxBench.Request($"[{request}]"));
            bool isValid = node.IsValid(PublishedSchemas.Value(request));
            string[] codes = SandboxBench.Codes(reply);
            accepted += bench.Engine.TaskCount;
            Assert.Equal(bench.Engine.TaskCount == 1 ? 200 : 400, reply.Status);
            Assert.Equal(bench.Engine.TaskCount == 0, codes.Length > 0);
            if (isValid)
            {
                Assert.True(codes.All(code => code is "invalidValueUploadFailed" or "invalidWebhookURL" or "invalidUploadEndpoint" or "invalidPositivePromptLength"), $"{codes.FirstOrDefault()}: {request}");
            }
            else if (!request.Contains("https://host/", StringComparison.Ordinal))
            {
                Assert.True(codes.Length > 0, request);
            }
        }

        Assert.InRange(accepted, count / 4, count * 3 / 4);
    }

    private static JsonObject ProTask(Action<JsonObject> change)
    {
        var task = new JsonObject
        {
            ["taskType"] = "videoInference",
            ["taskUUID"] = Guid.NewGuid().ToString(),
            ["model"] = Pro,
            ["positivePrompt"] = "slow dolly in",
            ["width"] = 1920,
            ["height"] = 1080,
        };
        change(task);
        return task;
    }

    private static JsonObject Frames(string first, string last) => ProTask(task =>
    {
        task.Remove("width");
        task.Remove("height");
        task["inputs"] = new JsonObject { ["frameImages"] = new JsonArray(new JsonObject { ["image"] = first, ["frame"] = "first" }, new JsonObject { ["image"] = last, ["frame"] = "last" }) };
    });

    private static string Names(JsonElement parameter) =>
        parameter.ValueKind == JsonValueKind.Array ? string.Join(", ", parameter.EnumerateArray().Select(name => name.GetString())) : parameter.GetString()!;
}
