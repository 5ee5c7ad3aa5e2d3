using System.Text;
using System.Text.Json;
using Kling.Models;
using Kling.Support;
using Kling.Wire;

namespace Kling.Core.Tests.Wire;

/// <summary>A service that repeats the key in an id or an address gives it to no object, and so to no journal, sidecar and gallery.</summary>
public class EchoedKeyTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private const string Task = "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d";

    [Theory]
    [InlineData("""{"data":[{"taskType":"videoInference","taskUUID":"TASK","status":"success","videoUUID":"KEY","videoURL":"https://v.test/KEY/a.mp4?k=KEY","seed":1}]}""")]
    [InlineData("""{"data":[{"taskType":"videoInference","taskUUID":"TASK","status":"success","videoURL":"https://v.test/KEY.mp4"}]}""")]
    [InlineData("""{"data":[{"taskType":"mediaStorage","taskUUID":"TASK","mediaUUID":"KEY","mediaURL":"https://i.test/KEY.png"}]}""")]
    [InlineData("""{"data":[{"taskType":"imageUpload","taskUUID":"TASK","imageUUID":"KEY","imageURL":"https://i.test/x?KEY"}]}""")]
    [InlineData("""{"data":[{"taskUUID":"TASK","videoUUID":"KEY","status":"error","code":"KEY","message":"KEY"}]}""")]
    [InlineData("""{"errors":[{"taskUUID":"TASK","videoUUID":"KEY","code":"KEY","message":"KEY","parameter":"KEY","allowedValues":["KEY"]}]}""")]
    [InlineData("""{"data":[{"taskType":"KEY","taskUUID":"TASK","status":"KEY"}]}""")]
    [InlineData("""{"data":[{"taskType":"accountManagement","taskUUID":"TASK","organizationName":"KEY","balance":{"amount":1,"currency":"01234567"},"usage":{}}]}""")]
    [InlineData("""{"data":[{"taskType":"getTaskDetails","taskUUID":"TASK","request":[{"taskUUID":"TASK","model":"KEY","positivePrompt":"KEY","inputs":{"frameImages":["https://i.test/KEY"]}}],"response":{"data":[{"taskUUID":"TASK","videoUUID":"KEY","videoURL":"https://v.test/KEY"}]}}]}""")]
    [InlineData("""{"data":[{"taskType":"getTaskDetails","taskUUID":"TASK","request":[{"taskUUID":"TASK","outputFormat":"KEY","frameImages":["KEY"]}],"response":{"errors":[{"code":"KEY","message":"KEY"}]}}]}""")]
    [InlineData("""{"data":[{"taskType":"getTaskDetails","taskUUID":"TASK","request":[{"taskUUID":"TASK","inputs":{"frameImages":[{"image":"KEY"}]}}]}]}""")]
    public void Key_IsInNothingThatIsRead(string reply)
    {
        byte[] body = Encoding.UTF8.GetBytes(reply.Replace("KEY", Key, StringComparison.Ordinal).Replace("TASK", Task, StringComparison.Ordinal));
        ApiReply read = EnvelopeReader.Read(body, 200, new Redactor(Key))!;
        string all = JsonSerializer.Serialize(read);
        Assert.Contains(Task, all, StringComparison.Ordinal);
        Assert.DoesNotContain(Enumerable.Range(0, Key.Length - 7), start => all.Contains(Key.Substring(start, 8), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void WhatATerminalMustNotGet_IsWrittenOutInEveryTextOfTheService()
    {
        const string evil = "x\\u001b]0;t\\u0007\\u009b2J\\u202ey";
        byte[] body = Encoding.UTF8.GetBytes($$$"""
            {"data":[{"taskType":"{{{evil}}}","taskUUID":"{{{Task}}}","status":"{{{evil}}}","videoUUID":"{{{evil}}}","videoURL":"https://v.test/{{{evil}}}.mp4","cost":1},
              {"taskType":"mediaStorage","taskUUID":"{{{Task}}}","mediaUUID":"{{{Guid.NewGuid()}}}","mediaURL":"{{{evil}}}"},
              {"taskType":"accountManagement","taskUUID":"{{{Task}}}","organizationName":"{{{evil}}}","balance":{"amount":1,"currency":"\u001b[2J"},"usage":{}}],
             "errors":[{"taskUUID":"{{{Task}}}","videoUUID":"{{{evil}}}","code":"{{{evil}}}","message":"{{{evil}}}","parameter":"{{{evil}}}","allowedValues":["{{{evil}}}"]}]}
            """);
        ApiReply read = EnvelopeReader.Read(body, 200, new Redactor(Key))!;
        string?[] texts =
        [
            .. read.Items.SelectMany(item => new[] { item.TaskType, item.Status, item.MediaUrl, item.Video?.VideoId, item.Video?.VideoUrl }),
            .. read.Errors.SelectMany(error => new[] { error.Code, error.Message, error.Parameter, error.Allowed, error.VideoId }),
            read.Account?.OrganizationName, read.Account?.Currency,
        ];
        Assert.True(texts.Count(text => text?.Contains("\\u001b", StringComparison.Ordinal) == true) >= 10, string.Join("\n", texts));
        Assert.All(texts, text => Assert.DoesNotContain(text ?? "", c => ConsoleText.IsUnsafe(c)));
    }

    [Fact]
    public void WithoutAKeyInIt_EverythingStaysWhole()
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"data":[{"taskUUID":"{{Task}}","status":"success","videoUUID":"a/b?c","videoURL":"https://u:p@v.test/a.mp4?sig=0123#f"}]}""");
        KlingVideo video = Assert.Single(EnvelopeReader.Read(body, 200, new Redactor(Key))!.Items).Video!;
        Assert.Equal(("a/b?c", "https://u:p@v.test/a.mp4?sig=0123#f"), (video.VideoId, video.VideoUrl));
    }
}
