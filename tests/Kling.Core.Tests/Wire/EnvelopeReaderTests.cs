using System.Text;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Wire;

namespace Kling.Core.Tests.Wire;

public class EnvelopeReaderTests
{
    [Theory]
    [InlineData(Samples.Acknowledgement, null, null)]
    [InlineData(Samples.Processing, "processing", null)]
    [InlineData(Samples.Progress, "processing", 40.0)]
    [InlineData(Samples.Generic, "processing", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"pending"}]}""", "pending", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"queued","videoUUID":"V1"}]}""", "queued", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"scheduled","code":"scheduled"}]}""", "scheduled", null)]
    [InlineData("""{"data":{"taskUUID":"T","status":"waiting"}}""", "waiting", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"processing","progress":"NaN"}]}""", "processing", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"processing","progress":1e999}]}""", "processing", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"processing","progress":700}]}""", "processing", 100.0)]
    public void Read_UnfinishedItem_HasNoVideo(string body, string? status, double? progress)
    {
        ApiReply parsed = Samples.Reply(body);

        ResultItem item = Assert.Single(parsed.Items);
        Assert.Equal(Samples.Task, item.TaskId);
        Assert.Equal(status, item.Status);
        Assert.Equal(progress, item.Progress);
        Assert.Null(item.Video);
        Assert.Empty(parsed.Errors);
    }

    [Fact]
    public void Read_Success_HasEveryField()
    {
        ApiReply parsed = Samples.Reply(Samples.Success);

        Assert.Equal(["V1", "V2"], parsed.Items.Select(i => i.Video!.VideoId));
        KlingVideo first = parsed.Items[0].Video!;
        Assert.Equal("https://vm.runware.ai/video/os/a/ws/5/vi/V1.mp4", first.VideoUrl);
        Assert.Equal(451885574L, first.Seed);
        Assert.Equal(0.1848m, first.VideoCost);
        Assert.Null(first.Nsfw);
        Assert.All(parsed.Items, i => Assert.Equal("videoInference", i.TaskType));
    }

    [Theory]
    [InlineData(Samples.NoStatus)]
    [InlineData(Samples.FlatWebhook)]
    [InlineData("""[{"taskUUID":"T","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4"}]""")]
    [InlineData("""{"data":{"taskUUID":"T","mediaUUID":"V1","mediaURL":"https://vm.runware.ai/V1.mp4"}}""")]
    [InlineData("""{"data":[{"taskUUID":"T","status":"SUCCESS","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4"}]}""")]
    [InlineData("""{"data":[{"taskUUID":"T","status":"completed","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4"}]}""")]
    [InlineData("""{"data":[{"taskUUID":"T","status":"success","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4","error":null,"code":null}]}""")]
    [InlineData("""{"data":[{"taskUUID":"T","status":"success","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4","error":{}}],"errors":[]}""")]
    [InlineData("""{"data":[{"taskUUID":"T","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4"},{"taskUUID":"T","videoUUID":"v1","seed":5}]}""")]
    public void Read_FinishedItem_IsOneVideo(string body)
    {
        ApiReply parsed = Samples.Reply(body);

        ResultItem item = Assert.Single(parsed.Items);
        Assert.Equal(Samples.Task, item.TaskId);
        Assert.Equal("V1", item.Video!.VideoId);
        Assert.Equal("https://vm.runware.ai/V1.mp4", item.Video.VideoUrl);
        Assert.Empty(parsed.Errors);
    }

    [Theory]
    [InlineData("0.1848", 0.1848)]
    [InlineData("\"0.1848\"", 0.1848)]
    [InlineData("0", 0.0)]
    [InlineData("-1", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("1e999", null)]
    [InlineData("\"0,1848\"", null)]
    [InlineData("{}", null)]
    public void Read_Cost_IsExactOrNothing(string cost, double? expected)
    {
        ApiReply parsed = Samples.Reply("""{"data":[{"taskUUID":"T","videoUUID":"V1","videoURL":"https://x/V1.mp4","cost":COST}]}""".Replace("COST", cost));

        Assert.Equal((decimal?)expected, Assert.Single(parsed.Items).Video!.VideoCost);
    }

    [Theory]
    [InlineData("9223372036854775807", 9223372036854775807L)]
    [InlineData("\"451885574\"", 451885574L)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1.5", null)]
    [InlineData("1e400", null)]
    [InlineData("\"Infinity\"", null)]
    public void Read_Seed_IsInt64OrNothing(string seed, long? expected)
    {
        ApiReply parsed = Samples.Reply("""{"data":[{"taskUUID":"T","videoUUID":"V1","videoURL":"https://x/V1.mp4","seed":SEED,"NSFWContent":true}]}""".Replace("SEED", seed));

        KlingVideo video = Assert.Single(parsed.Items).Video!;
        Assert.Equal(expected, video.Seed);
        Assert.True(video.Nsfw);
    }

    [Fact]
    public void Read_VideosWithoutId_StayApartAndStable()
    {
        const string Body = """{"data":[{"taskUUID":"T","videoURL":"https://x/a.mp4?1"},{"taskUUID":"T","videoURL":"https://x/b.mp4"},{"taskUUID":"T","videoURL":"https://x/a.mp4?1"},{"taskUUID":"T","videoURL":"https://x/4923CAD8-a610-4604-9846-08e843a33e8d.mp4"}]}""";

        string[] ids = [.. Samples.Reply(Body).Items.Select(i => i.Video!.VideoId)];

        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(3, ids.Length);
        Assert.Contains("4923cad8-a610-4604-9846-08e843a33e8d", ids);
        Assert.Equal(ids, Samples.Reply(Body).Items.Select(i => i.Video!.VideoId));
    }

    [Fact]
    public void Read_SuccessWithoutAddress_IsStillTheVideo()
    {
        ApiReply parsed = Samples.Reply("""{"data":[{"taskUUID":"T","status":"success","videoUUID":"V1"}]}""");

        Assert.Equal("V1", Assert.Single(parsed.Items).Video!.VideoId);
        Assert.Null(parsed.Items[0].Video!.VideoUrl);
    }

    [Fact]
    public void Read_Partial_KeepsWhatIsReadyBesideWhatFailed()
    {
        ApiReply parsed = Samples.Reply(Samples.Partial);

        Assert.Equal(["processing", "success"], parsed.Items.Select(i => i.Status!));
        Assert.Equal("V1", parsed.Items[1].Video!.VideoId);
        KlingTaskError error = Assert.Single(parsed.Errors);
        Assert.Equal("timeoutProvider", error.Code);
        Assert.Equal(KlingErrorCategory.Timeout, error.Category);
        Assert.Equal(Samples.Task, error.TaskId);
    }

    [Theory]
    [InlineData(Samples.NestedError, "inferenceError", "broken", "V2")]
    [InlineData(Samples.FlatError, "providerError", "down", null)]
    [InlineData(Samples.TextError, "unknownError", "it broke", null)]
    [InlineData("""{"data":[{"taskUUID":"T","error":"it broke"}]}""", "unknownError", "it broke", null)]
    [InlineData("""{"data":[{"taskUUID":"T","error":{"code":"x","message":"y"}}]}""", "x", "y", null)]
    [InlineData("""{"data":[{"taskUUID":"T","code":"x","message":"y"}]}""", "x", "y", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"error"}]}""", "unknownError", "", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"error","error":{}}]}""", "unknownError", "", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"cancelled"}]}""", "taskCancelled", "", null)]
    [InlineData("""{"data":[{"taskUUID":"T","status":"error","mediaUUID":"V2","mediaURL":"https://x/V2.mp4"}]}""", "unknownError", "", "V2")]
    [InlineData("""{"errors":[{"code":"x","message":"y","taskUUID":"T"}]}""", "x", "y", null)]
    [InlineData("""{"errors":{"code":"x","message":"y","taskUUID":"T"}}""", "x", "y", null)]
    [InlineData("""{"error":{"code":"x","message":"y"},"taskUUID":"T","taskType":"videoInference"}""", "x", "y", null)]
    [InlineData("""{"error":"it broke","taskUUID":"T"}""", "unknownError", "it broke", null)]
    [InlineData("""{"errors":["it broke"],"taskUUID":"T"}""", "unknownError", "it broke", null)]
    [InlineData("""[{"code":"x","message":"y","taskUUID":"T"}]""", "x", "y", null)]
    [InlineData("""{"code":"x","message":"y","taskUUID":"T"}""", "x", "y", null)]
    [InlineData("""{"taskUUID":"T","taskType":"videoInference","status":"error","error":{"code":"x","message":"y"}}""", "x", "y", null)]
    [InlineData("""{"errors":[{"code":404,"message":"y","taskUUID":"T"}]}""", "404", "y", null)]
    [InlineData("""{"errors":[{"code":"x","responseContent":"provider says","taskUUID":"T"}]}""", "x", "provider says", null)]
    public void Read_EveryErrorShape_IsOneErrorOfTheTask(string body, string code, string message, string? videoId)
    {
        ApiReply parsed = Samples.Reply(body);

        KlingTaskError error = Assert.Single(parsed.Errors);
        Assert.Equal(code, error.Code);
        Assert.Equal(message, error.Message);
        Assert.Equal(Samples.Task, error.TaskId);
        Assert.Equal(videoId, error.VideoId);
        Assert.Empty(parsed.Items);
    }

    [Theory]
    [InlineData(""" "parameter":"duration","allowedValues":[5,10] """, "duration", "5, 10")]
    [InlineData(""" "parameter":["width","height"],"allowedValues":{"0":"720x720","1":"1280x720"} """, "width, height", "720x720, 1280x720")]
    [InlineData(""" "parameter":"height","min":300,"max":2048,"multiplier":64,"type":"integer" """, "height", "min 300, max 2048, multiplier 64")]
    [InlineData(""" "parameter":"seed","type":"integer","allowedValues":[] """, "seed", "integer")]
    [InlineData(""" "parameter":{},"allowedValues":[{}] """, null, null)]
    public void Read_ErrorDetails_AreText(string members, string? parameter, string? allowed)
    {
        KlingTaskError error = Assert.Single(Samples.Reply("""{"errors":[{"code":"invalidX","message":"m",MEMBERS}]}""".Replace("MEMBERS", members)).Errors);

        Assert.Equal(parameter, error.Parameter);
        Assert.Equal(allowed, error.Allowed);
        Assert.Null(error.TaskId);
    }

    [Fact]
    public void Read_VideoWithAStrayErrorBesideIt_IsAVideo()
    {
        ApiReply read = Samples.Reply("""{"data":[{"taskUUID":"T","status":"success","videoUUID":"V1","videoURL":"https://vm.example/a.mp4","error":{"code":"providerError","message":"late"}}]}""");

        Assert.NotNull(Assert.Single(read.Items).Video);
        Assert.Empty(read.Errors);
    }

    [Fact]
    public void Read_IdOfAVideoWithoutStatusOrAnythingElse_IsOnlyAnnounced() =>
        Assert.Null(Assert.Single(Samples.Reply("""{"data":[{"taskType":"videoInference","taskUUID":"T","videoUUID":"V1"}]}""").Items).Video);

    [Theory]
    [InlineData("60", 60.0)]
    [InlineData("\"60\"", 60.0)]
    [InlineData("0.25", 0.25)]
    [InlineData("-5", 0.0)]
    [InlineData("1e300", 31536000.0)]
    [InlineData("1e999", null)]
    [InlineData("\"soon\"", null)]
    public void Read_RetryAfter_IsBounded(string value, double? seconds)
    {
        KlingTaskError error = Assert.Single(Samples.Reply("""{"errors":[{"code":"serviceOverloaded","retryAfter":VALUE}]}""".Replace("VALUE", value)).Errors);

        Assert.Equal(seconds, error.RetryAfterSeconds);
        Assert.Equal(KlingErrorCategory.RateLimit, error.Category);
    }

    [Fact]
    public void Read_FailureToldTwice_IsOne_ButTwoFailuresAlikeAreTwo()
    {
        const string Twice = """{"data":[{"taskUUID":"T","videoUUID":"V1","status":"error","error":{"code":"x"}}],"errors":[{"code":"x","message":"why","taskUUID":"T"}]}""";
        const string Two = """{"data":[{"taskUUID":"T","status":"error","error":{"code":"x"}},{"taskUUID":"T","status":"error","error":{"code":"x"}}],"errors":[{"code":"x","taskUUID":"T"},{"code":"x","taskUUID":"T"}]}""";
        const string OneAndTwo = """{"data":[{"taskUUID":"T","status":"error","error":{"code":"x"}}],"errors":[{"code":"x","taskUUID":"T"},{"code":"x","taskUUID":"T"}]}""";
        const string SameVideo = """{"errors":[{"code":"x","taskUUID":"T","videoUUID":"V1"},{"code":"x","taskUUID":"T","videoUUID":"v1"}]}""";

        KlingTaskError error = Assert.Single(Samples.Reply(Twice).Errors);
        Assert.Equal("why", error.Message);
        Assert.Equal("V1", error.VideoId);
        Assert.Equal(2, Samples.Reply(Two).Errors.Count);
        Assert.Equal(2, Samples.Reply(OneAndTwo).Errors.Count);
        Assert.Single(Samples.Reply(SameVideo).Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \r\n")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("""{"data":null}""")]
    [InlineData("""{"data":"text"}""")]
    [InlineData("""{"errors":[]}""")]
    [InlineData("""{"errors":null,"error":""}""")]
    [InlineData("""{"message":"ok"}""")]
    [InlineData("""{"balance":{"amount":10.5,"freeBalance":0,"currency":"USD"}}""")]
    [InlineData("""{"data":[]""")]
    [InlineData("""{"data":[]}{"data":[]}""")]
    [InlineData("<html><body>502 Bad Gateway</body></html>")]
    public void Read_WhatIsNoEnvelope_IsNull(string body) => Assert.Null(Samples.TryRead(body));

    [Fact]
    public void Read_BareMessageOfAFailedCall_TakesTheStatus()
    {
        KlingTaskError error = Assert.Single(Samples.Reply("""{"message":"Unauthorized"}""", 401).Errors);

        Assert.Equal("http401", error.Code);
        Assert.Equal("Unauthorized", error.Message);
        Assert.Equal(KlingErrorCategory.Authentication, error.Category);
    }

    [Theory]
    [InlineData(Samples.Empty, 0)]
    [InlineData("""{"data":[{}]}""", 0)]
    [InlineData("""{"data":["text",7,null,[]]}""", 0)]
    [InlineData(Samples.Ping, 1)]
    [InlineData(Samples.Account, 1)]
    [InlineData(Samples.Upload, 1)]
    [InlineData(Samples.Storage, 1)]
    public void Read_OtherEnvelopes_AreReadableWithoutVideos(string body, int items)
    {
        ApiReply parsed = Samples.Reply(body);

        Assert.Equal(items, parsed.Items.Count);
        Assert.All(parsed.Items, item => Assert.Null(item.Video));
        Assert.Empty(parsed.Errors);
    }

    [Fact]
    public void Read_ByteOrderMarkCaseAndUnknownMembers_DoNotMatter()
    {
        string body = "\uFEFF" + Samples.WithIds(Samples.Processing).Replace(Samples.Task.ToString(), Samples.Task.ToString().ToUpperInvariant())
            .Replace("\"status\"", """ "new":{"a":[1,{"b":null}]},"status" """);

        ApiReply? parsed = EnvelopeReader.Read(Encoding.UTF8.GetBytes(body), 200);

        Assert.Equal(Samples.Task, Assert.Single(parsed!.Items).TaskId);
    }

    [Fact]
    public void Read_DeepNesting_IsSkippedOrUnreadable_NeverThrown()
    {
        string Deep(int levels) => """{"data":[{"taskUUID":"T","status":"processing","context":DEEP}]}"""
            .Replace("DEEP", new string('[', levels) + new string(']', levels));

        Assert.Equal("processing", Assert.Single(Samples.Reply(Deep(500)).Items).Status);
        Assert.Null(Samples.TryRead(Deep(200_000)));
        Assert.Null(Samples.TryRead(new string('[', 200_000)));
    }

    [Theory]
    [InlineData("""{"data":[{"taskUUID":"T","\ud800":1,"status":"processing"}]}""")]
    [InlineData("""{"\udc00x":1,"data":[{"taskUUID":"T","x":"\ud800","status":"processing"}]}""")]
    public void Read_HalfSurrogates_AreSteppedOver(string body)
    {
        Assert.Equal("processing", Assert.Single(Samples.Reply(body).Items).Status);
        Assert.Null(Assert.Single(Samples.Reply("""{"data":[{"taskUUID":"T","status":"\ud800"}]}""").Items).Status);
    }

    [Fact]
    public void Read_BytesThatAreNoUtf8_LoseOnlyThemselves()
    {
        byte[] body = Encoding.UTF8.GetBytes(Samples.WithIds("""{"errors":[{"code":"x","message":"a?b","taskUUID":"T"}]}"""));
        body[Array.IndexOf(body, (byte)'?')] = 0xFF;

        Assert.Equal("a\uFFFDb", Assert.Single(EnvelopeReader.Read(body, 200)!.Errors).Message);
    }

    [Fact]
    public void Read_MutatedSamples_NeverThrow()
    {
        var random = new Random(20250601);
        byte[] interesting = Encoding.UTF8.GetBytes("{}[]\",:0-eE.\\u\0nt ");
        int readable = 0;
        int rounds = TestDepth.Of(20_000);
        for (int round = 0; round < rounds; round++)
        {
            byte[] body = Encoding.UTF8.GetBytes(Samples.WithIds(Samples.All[random.Next(Samples.All.Count)]));
            if (random.Next(3) == 0)
            {
                body = body[..random.Next(body.Length)];
            }

            for (int i = random.Next(4); i > 0 && body.Length > 0; i--)
            {
                body[random.Next(body.Length)] = random.Next(2) == 0 ? interesting[random.Next(interesting.Length)] : (byte)random.Next(256);
            }

            if (EnvelopeReader.Read(body, random.Next(2) == 0 ? 200 : 500) is not ApiReply parsed)
            {
                continue;
            }

            readable++;
            Assert.All(parsed.Errors, error => Assert.NotEmpty(error.Code));
            Assert.All(parsed.Items, item => Assert.True(item.Video is null || item.Video.VideoId.Length > 0));
        }

        Assert.InRange(readable, rounds / 20, rounds * 19 / 20);
    }

    [Fact]
    public void Read_SwappedValues_NeverThrow()
    {
        var random = new Random(7);
        string[] values = ["null", "true", "0", "-1", "1e400", "1e-400", "\"\"", "\"NaN\"", "[]", "{}", "[[{}]]", "{\"code\":{}}", "\"\\ud800\"", "12345678901234567890123456789012345678901234567890"];
        for (int round = 0; round < 5_000; round++)
        {
            string body = Samples.WithIds(Samples.All[random.Next(Samples.All.Count)]);
            string[] members = ["taskUUID", "taskType", "status", "error", "errors", "data", "cost", "seed", "videoUUID", "videoURL", "code", "message", "parameter", "allowedValues", "retryAfter", "request", "response", "progress", "numberResults", "inputs"];
            string member = members[random.Next(members.Length)];
            body = body.Replace($"\"{member}\":", $"\"{member}\":{values[random.Next(values.Length)]},\"was\":");

            EnvelopeReader.Read(Encoding.UTF8.GetBytes(body), 200);
        }
    }
}
