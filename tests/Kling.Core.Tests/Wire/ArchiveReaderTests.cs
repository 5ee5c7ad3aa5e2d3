using Kling.Models;
using Kling.Wire;

namespace Kling.Core.Tests.Wire;

public class ArchiveReaderTests
{
    [Fact]
    public void Read_StoredRequestAndResponse_AreApartFromTheReply()
    {
        ApiReply parsed = Samples.Reply(Samples.Archive);

        Assert.Empty(parsed.Items);
        Assert.Empty(parsed.Errors);
        StoredReply stored = parsed.Stored!;
        Assert.True(stored.HasRequest(Samples.Task));
        Assert.False(stored.HasRequest(Samples.Other));
        StoredRequest request = stored.Find(Samples.Task)!;
        Assert.Equal("klingai:5@1", request.Settings.Model);
        Assert.Equal("a slow dolly", request.Settings.Prompt);
        Assert.Equal((1280, 720), (request.Settings.Width, request.Settings.Height));
        Assert.Equal(5m, request.Settings.Duration);
        Assert.Equal(0.62m, request.Settings.CfgScale);
        Assert.Equal(2, request.Settings.NumberResults);
        Assert.Equal("WEBM", request.Settings.OutputFormat);
        Assert.Equal(90, request.Settings.OutputQuality);
        Assert.True(request.Settings.CheckContent);
        Assert.Equal("full", request.Settings.SafetyMode);
        Assert.Equal(600, request.Settings.Ttl);
        Assert.True(request.IncludeCost);
        Assert.StartsWith("https://x.example/a.jpg?[query: 16 characters, sha256 ", request.Image, StringComparison.Ordinal);
        Assert.Equal("V1", Assert.Single(stored.Items).Video!.VideoId);
        Assert.Equal("providerError", Assert.Single(stored.Errors).Code);
    }

    [Fact]
    public void Read_ArchivedConflict_IsThere()
    {
        const string Body = """{"data":[{"taskType":"getTaskDetails","taskUUID":"T","request":{"taskUUID":"T"},"response":{"errors":[{"code":"conflictTaskUUID","message":"m"}]}}]}""";

        StoredReply stored = Samples.Reply(Body).Stored!;

        Assert.True(stored.HasRequest(Samples.Task));
        KlingTaskError error = Assert.Single(stored.Errors);
        Assert.Equal(KlingErrorCategory.Conflict, error.Category);
        Assert.Equal(Samples.Task, error.TaskId);
    }

    [Fact]
    public void Read_JsonWithinText_IsRead()
    {
        const string Body = """{"data":{"taskType":"getTaskDetails","taskUUID":"T","request":"[{\"taskType\":\"videoInference\",\"taskUUID\":\"THE-TASK\",\"numberResults\":3}]","response":"{\"data\":[{\"videoUUID\":\"V1\",\"videoURL\":\"https://x/V1.mp4\"}]}"}}""";

        StoredReply stored = Samples.Reply(Body.Replace("THE-TASK", Samples.Task.ToString())).Stored!;

        Assert.Equal(3, stored.Find(Samples.Task)?.Settings.NumberResults);
        Assert.Equal(Samples.Task, Assert.Single(stored.Items).TaskId);
    }

    [Theory]
    [InlineData(""" "request":[{"taskType":"getTaskDetails","taskUUID":"T"}],"response":{} """)]
    [InlineData(""" "request":null,"response":null """)]
    [InlineData(""" "request":"no json","response":7 """)]
    [InlineData(""" "request":[],"response":{"data":[]} """)]
    public void Read_NothingStored_ProvesNothing(string members)
    {
        ApiReply parsed = Samples.Reply("""{"data":[{"taskType":"getTaskDetails","taskUUID":"T",MEMBERS}]}""".Replace("MEMBERS", members));

        Assert.Empty(parsed.Items);
        Assert.False(parsed.Stored!.HasRequest(Samples.Task));
        Assert.Empty(parsed.Stored.Items);
        Assert.Empty(parsed.Stored.Errors);
    }

    [Theory]
    [InlineData(Samples.Acknowledgement)]
    [InlineData(Samples.Success)]
    [InlineData("""{"errors":[{"code":"taskNotFound","message":"m","taskUUID":"T","taskType":"getTaskDetails"}]}""")]
    [InlineData("""{"data":[{"taskType":"getTaskDetails","taskUUID":"T","status":"error","error":{"code":"taskNotFound"}}]}""")]
    public void Read_OtherReplies_HaveNoArchive(string body) => Assert.Null(Samples.Reply(body).Stored);

    [Fact]
    public void Read_InlineImages_AreMasked()
    {
        string data = new('A', 400);
        string Image(string frames) => Samples.Reply(
            """{"data":[{"taskType":"getTaskDetails","taskUUID":"T","request":[{"taskUUID":"T",FRAMES}],"response":{}}]}""".Replace("FRAMES", frames))
            .Stored!.Find(Samples.Task)!.Image!;

        Assert.StartsWith("[data: 422 characters, sha256 ", Image($$"""  "inputs":{"frameImages":["data:image/png;base64,{{data}}"]} """), StringComparison.Ordinal);
        Assert.StartsWith("[data: 400 characters, sha256 ", Image($$""" "inputs":{"frameImages":["{{data}}"]} """), StringComparison.Ordinal);
        Assert.Equal(Samples.Other.ToString(), Image($$""" "frameImages":[{"inputImage":"{{Samples.Other}}"}] """));
    }
}
