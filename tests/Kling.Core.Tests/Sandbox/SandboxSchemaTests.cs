using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Sandbox.Engine;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

public class SandboxSchemaTests
{
    private const string Uuid = "aac49721-1964-481a-ae78-8a4e29b91402";

    public static TheoryData<string, string> Accepted => new()
    {
        { "duration", "5" }, { "duration", "10" }, { "duration", "10.0" },
        { "CFGScale", "0" }, { "CFGScale", "1" }, { "CFGScale", "0.61" },
        { "numberResults", "1" }, { "numberResults", "4" },
        { "outputType", "\"URL\"" },
        { "outputFormat", "\"MP4\"" }, { "outputFormat", "\"WEBM\"" }, { "outputFormat", "\"MOV\"" },
        { "outputQuality", "20" }, { "outputQuality", "99" },
        { "deliveryMethod", "\"async\"" },
        { "webhookURL", "\"https://example.org/hook?token=x\"" }, { "uploadEndpoint", "\"https://example.org/put\"" },
        { "ttl", "60" }, { "ttl", "86400" }, { "ttl", "1e20" },
        { "includeCost", "false" },
        { "positivePrompt", "\"ab\"" },
        { "safety", "{}" }, { "safety", "{\"checkContent\":true}" }, { "safety", "{\"mode\":\"full\",\"checkContent\":false}" },
        { "inputs", Frame("\"" + Uuid + "\"") },
        { "inputs", Frame("\"https://example.org/a.jpg\"") },
        { "inputs", Frame("\"data:image/png;base64," + SandboxBench.Png + "\"") },
        { "inputs", Frame("{\"image\":\"" + Uuid + "\"}") },
        { "inputs", Frame("{\"image\":\"" + Uuid + "\",\"frame\":\"first\"}") },
        { "inputs", Frame("{\"image\":\"" + Uuid + "\",\"frame\":0}") },
    };

    public static TheoryData<string, string, string> Refused => new()
    {
        { "duration", "4", "unsupportedDuration" }, { "duration", "5.5", "unsupportedDuration" }, { "duration", "11", "unsupportedDuration" }, { "duration", "\"5\"", "invalidDuration" },
        { "CFGScale", "-0.01", "invalidCFGScale" }, { "CFGScale", "1.01", "invalidCFGScale" }, { "CFGScale", "0.505", "invalidCFGScale" },
        { "numberResults", "0", "invalidNumberResults" }, { "numberResults", "5", "invalidNumberResults" }, { "numberResults", "1.5", "invalidNumberResults" },
        { "outputType", "\"base64Data\"", "unsupportedOutputType" },
        { "outputFormat", "\"mp4\"", "unsupportedOutputFormat" }, { "outputFormat", "\"AVI\"", "unsupportedOutputFormat" },
        { "outputQuality", "19", "invalidOutputQuality" }, { "outputQuality", "100", "invalidOutputQuality" },
        { "deliveryMethod", "\"sync\"", "unsupportedDeliveryMethod" },
        { "webhookURL", "\"not an address\"", "invalidWebhookURL" }, { "uploadEndpoint", "\"ftp://example.org/\"", "invalidUploadEndpoint" },
        { "ttl", "59", "invalidTtl" }, { "ttl", "60.5", "invalidTtl" },
        { "includeCost", "1", "invalidIncludeCost" },
        { "positivePrompt", "\"a\"", "invalidPositivePromptLength" }, { "positivePrompt", "null", "invalidPositivePrompt" },
        { "safety", "true", "invalidSafety" }, { "safety", "{\"mode\":\"slow\"}", "unsupportedSafetyMode" }, { "safety", "{\"level\":1}", "unknownParameter" },
        { "model", "\"klingai:5@2\"", "unsupportedModel" },
        { "taskUUID", "\"aac49721-1964-181a-ae78-8a4e29b91402\"", "invalidTaskUUID" },
        { "taskUUID", "\"aac49721-1964-481a-ce78-8a4e29b91402\"", "invalidTaskUUID" },
        { "negativePrompt", "\"blur\"", "unknownParameter" }, { "seed", "1", "unknownParameter" }, { "Duration", "5", "unknownParameter" },
        { "inputs", "{}", "missingFrameImages" }, { "inputs", "{\"frameImages\":[],\"extra\":1}", "invalidFrameImages" },
        { "inputs", Frame("\"" + Uuid + "\",\"" + Uuid + "\""), "invalidFrameImages" },
        { "inputs", Frame("7"), "invalidFrameImages" },
        { "inputs", "{\"frameImages\":\"" + Uuid + "\"}", "invalidFrameImages" },
        { "inputs", "{\"frameImages\":{\"image\":\"" + Uuid + "\"}}", "invalidFrameImages" },
        { "inputs", Frame("{\"frame\":\"first\"}"), "missingImage" },
        { "inputs", Frame("{\"inputImage\":\"" + Uuid + "\"}"), "unknownParameter" },
        { "inputs", Frame("{\"image\":\"" + Uuid + "\",\"frame\":\"last\"}"), "unsupportedFrame" },
        { "inputs", Frame("{\"image\":\"" + Uuid + "\",\"frame\":1}"), "unsupportedFrame" },
        { "inputs", Frame("{\"image\":\"" + Uuid + "\",\"frame\":\"0\"}"), "unsupportedFrame" },
        { "inputs", Frame("\"photo.jpg\""), "invalidValueUploadFailed" },
        { "inputs", Frame("\"aGVsbG8gd29ybGQ=\""), "invalidValueUploadFailed" },
        { "inputs", Frame("\"data:image/png;base64,%%%\""), "invalidValueUploadFailed" },
        { "inputs", Frame("\"file:///etc/hosts\""), "invalidValueUploadFailed" },
    };

    public static TheoryData<int, int> Sizes => new() { { 1280, 720 }, { 720, 720 }, { 720, 1280 } };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Submit_AtALimit_IsAccepted(string field, string json)
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept(task => task[field] = JsonNode.Parse(json));
        Assert.Equal(1, bench.Engine.AcceptedCount(id));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Submit_OneStepBeyondALimit_IsRefusedByCode(string field, string json, string code)
    {
        var bench = new SandboxBench();
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        task[field] = JsonNode.Parse(json);
        SandboxReply reply = bench.Send(task);
        Assert.Equal(400, reply.Status);
        Assert.Contains(code, SandboxBench.Codes(reply));
        Assert.Equal(0, bench.Engine.TaskCount);
    }

    [Theory]
    [InlineData("taskUUID", "missingTaskUUID")]
    [InlineData("model", "missingModel")]
    [InlineData("inputs", "missingFrameImages")]
    public void Submit_WithoutARequiredField_IsRefused(string field, string code)
    {
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        task.Remove(field);
        Assert.Equal([code], SandboxBench.Codes(new SandboxBench().Send(task)));
    }

    [Fact]
    public void Submit_PromptOf2501Characters_IsRefused_And2500Accepted()
    {
        var bench = new SandboxBench();
        bench.Accept(task => task["positivePrompt"] = new string('a', 2500));
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        task["positivePrompt"] = new string('a', 2501);
        Assert.Equal(["invalidPositivePromptLength"], SandboxBench.Codes(bench.Send(task)));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Submit_KnownSize_IsAccepted_AndOnePixelOffRefused(int width, int height)
    {
        var bench = new SandboxBench();
        bench.Accept(task =>
        {
            task["width"] = width;
            task["height"] = height;
        });
        JsonObject off = SandboxBench.Task(Guid.NewGuid());
        off["width"] = width + 1;
        off["height"] = height;
        JsonElement error = Assert.Single(SandboxBench.Errors(bench.Send(off)));
        Assert.Equal("unsupportedDimensions", error.GetProperty("code").GetString());
        Assert.Equal(["width", "height"], error.GetProperty("parameter").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(3, error.GetProperty("allowedValues").GetArrayLength());
    }

    [Theory]
    [InlineData("width", "missingHeight")]
    [InlineData("height", "missingWidth")]
    public void Submit_OneSideOnly_IsRefused(string side, string code)
    {
        JsonObject task = SandboxBench.Task(Guid.NewGuid());
        task[side] = 720;
        Assert.Equal([code], SandboxBench.Codes(new SandboxBench().Send(task)));
    }

    [Fact]
    public void Submit_ManyViolations_ReportsAllInOneReplyWithLimits()
    {
        Guid id = Guid.NewGuid();
        JsonObject task = SandboxBench.Task(id);
        task["duration"] = 7;
        task["CFGScale"] = 2;
        task["numberResults"] = 9;
        task["nope"] = true;
        task["width"] = 720;
        SandboxReply reply = new SandboxBench().Send(task);
        JsonElement[] errors = SandboxBench.Errors(reply);
        Assert.Equal(["unsupportedDuration", "invalidCFGScale", "invalidNumberResults", "unknownParameter", "missingHeight"], SandboxBench.Codes(reply));
        Assert.All(errors, error => Assert.Equal(id, error.GetProperty("taskUUID").GetGuid()));
        Assert.Equal("duration", errors[0].GetProperty("parameter").GetString());
        Assert.Equal("float", errors[0].GetProperty("type").GetString());
        Assert.Equal([5m, 10m], errors[0].GetProperty("allowedValues").EnumerateArray().Select(value => value.GetDecimal()));
        Assert.Equal((0m, 1m, 0.01m), (errors[1].GetProperty("min").GetDecimal(), errors[1].GetProperty("max").GetDecimal(), errors[1].GetProperty("multiplier").GetDecimal()));
        Assert.Equal((1m, 4m), (errors[2].GetProperty("min").GetDecimal(), errors[2].GetProperty("max").GetDecimal()));
    }

    [Fact]
    public void Submit_SameFieldTwice_IsRefused()
    {
        string text = SandboxBench.Task(Guid.NewGuid()).ToJsonString();
        SandboxReply reply = new SandboxBench().Engine.Handle(SandboxBench.Request($"[{text[..^1]},\"model\":\"klingai:5@1\"}}]"));
        Assert.Equal(["duplicateParameter"], SandboxBench.Codes(reply));
    }

    [Theory]
    [InlineData("", "invalidJSON")]
    [InlineData("{", "invalidJSON")]
    [InlineData("{}", "invalidRequest")]
    [InlineData("[]", "invalidRequest")]
    [InlineData("[7]", "missingTaskType")]
    [InlineData("[{}]", "missingTaskType")]
    [InlineData("[{\"taskType\":\"imageInference\"}]", "unsupportedTaskType")]
    [InlineData("[{\"taskType\":\"getResponse\",\"taskUUID\":\"x\"}]", "invalidTaskUUID")]
    [InlineData("[{\"taskType\":\"getResponse\",\"taskUUID\":\"aac49721-1964-481a-ae78-8a4e29b91402\",\"model\":\"a\"}]", "unknownParameter")]
    public void Handle_UnreadableBody_IsRefused(string body, string code)
    {
        SandboxReply reply = new SandboxBench().Engine.Handle(SandboxBench.Request(body));
        Assert.Equal(400, reply.Status);
        Assert.Equal([code], SandboxBench.Codes(reply));
    }

    [Theory]
    [InlineData(null, "missingApiKey")]
    [InlineData("a-key-for-the-sandbo", "invalidApiKey")]
    [InlineData("", "invalidApiKey")]
    public void Handle_WithoutTheKey_Is401AndAcceptsNothing(string? key, string code)
    {
        var bench = new SandboxBench();
        SandboxReply reply = bench.Engine.Handle(SandboxBench.Request($"[{SandboxBench.Task(Guid.NewGuid()).ToJsonString()}]", key));
        Assert.Equal(401, reply.Status);
        Assert.Equal([code], SandboxBench.Codes(reply));
        Assert.Equal(0, bench.Engine.TaskCount);
    }

    [Fact]
    public void Handle_KeyAsFirstTask_Works()
    {
        string auth = $"{{\"taskType\":\"authentication\",\"apiKey\":\"{SandboxBench.Key}\"}}";
        SandboxReply reply = new SandboxBench().Engine.Handle(SandboxBench.Request($"[{auth},{SandboxBench.Task(Guid.NewGuid()).ToJsonString()}]", key: null));
        Assert.Equal(200, reply.Status);
        Assert.Equal(2, SandboxBench.Json(reply).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public void Handle_OtherMethodPathOrContentType_IsRefused()
    {
        var bench = new SandboxBench();
        Assert.Equal(405, bench.Get("/v1").Status);
        Assert.Equal(404, bench.Get("/v2").Status);
        SandboxReply reply = bench.Engine.Handle(new SandboxRequest { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + SandboxBench.Key }, Body = "[]"u8.ToArray() });
        Assert.Equal(["invalidContentType"], SandboxBench.Codes(reply));
    }

    private static string Frame(string items) => $"{{\"frameImages\":[{items}]}}";
}
