using Kling.Wire;

namespace Kling.Core.Tests.Wire;

public class WebhookReaderTests
{
    [Theory]
    [InlineData(Samples.FlatWebhook)]
    [InlineData("\uFEFF  " + Samples.FlatWebhook + "\r\n")]
    [InlineData(Samples.NoStatus)]
    [InlineData("""{"data":{"taskType":"videoInference","taskUUID":"T","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4"}}""")]
    [InlineData("""[{"taskType":"videoInference","taskUUID":"T","videoUUID":"V1","videoURL":"https://vm.runware.ai/V1.mp4"}]""")]
    public void EitherShape_IsTheSameResult(string body)
    {
        ApiReply reply = WebhookReader.Read(Samples.WithIds(body));
        ResultItem item = Assert.Single(reply.Items);
        Assert.Equal(Samples.Task, item.TaskId);
        Assert.Equal("V1", item.Video!.VideoId);
        Assert.Null(reply.HttpStatus);
        Assert.Empty(reply.Errors);
    }

    [Theory]
    [InlineData(Samples.NestedError)]
    [InlineData(Samples.FlatError)]
    [InlineData("""{"taskUUID":"T","taskType":"videoInference","code":"providerError","message":"down"}""")]
    [InlineData("""{"taskUUID":"T","code":"providerError","message":"down"}""")]
    [InlineData("""{"errors":[{"code":"providerError","message":"down","taskUUID":"T"}]}""")]
    public void Failures_NameTheirTask(string body) =>
        Assert.Equal(Samples.Task, Assert.Single(WebhookReader.Read(Samples.WithIds(body)).Errors).TaskId);

    [Fact]
    public void WhatAnArchiveWouldHold_IsNotTaken() => Assert.Null(WebhookReader.Read(Samples.WithIds(
        """{"data":[{"taskType":"videoInference","taskUUID":"T"},{"taskType":"getTaskDetails","taskUUID":"T","request":[],"response":{"data":[]}}]}""")).Stored);

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("hello secret", "no JSON from line 1, byte 1")]
    [InlineData("{\"taskUUID\":\"T\",\"secret\":", "no JSON")]
    [InlineData("{\"taskUUID\":\"T\"} trailing secret", "no JSON from line 1, byte 18")]
    [InlineData("@{taskUUID=secret}", "no JSON")]
    [InlineData("<html>secret</html>", "no JSON")]
    [InlineData("{}", "names no task")]
    [InlineData("null", "names no task")]
    [InlineData("12", "names no task")]
    [InlineData("{\"secret\":{\"taskUUID\":\"T\"}}", "names no task")]
    [InlineData("{\"data\":[{\"taskType\":\"videoInference\",\"taskUUID\":\"secret\"}]}", "names no task")]
    public void WhatIsNoBody_SaysWhy_AndDoesNotShowIt(string body, string why)
    {
        WebhookException failure = Assert.Throws<WebhookException>(() => WebhookReader.Read(body));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Size_IsLimitedInBytes()
    {
        // Two bytes a letter: half as many letters as bytes.
        string most = WithPadding(WebhookReader.LargestBody);
        Assert.Single(WebhookReader.Read(most).Items);
        WebhookException failure = Assert.Throws<WebhookException>(() => WebhookReader.Read(WithPadding(WebhookReader.LargestBody + 2)));
        Assert.Contains("1048578 bytes were given; allowed: at most 1048576", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WebhookReader.DeepestBody, true)]
    [InlineData(WebhookReader.DeepestBody + 1, false)]
    [InlineData(100_000, false)]
    public void Depth_IsLimited(int levels, bool allowed)
    {
        string deep = Samples.WithIds($$"""{"taskType":"videoInference","taskUUID":"T","x":{{new string('[', levels - 1)}}{{new string(']', levels - 1)}}}""");
        if (allowed)
        {
            Assert.Single(WebhookReader.Read(deep).Items);
        }
        else
        {
            WebhookException failure = Assert.Throws<WebhookException>(() => WebhookReader.Read(deep));
            Assert.True(levels > 1000 || failure.Message.Contains("nested deeper than 32 levels", StringComparison.Ordinal), failure.Message);
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" \r\n\t", 0)]
    [InlineData("{\"a\":1}", 1)]
    [InlineData("{\n \"a\": 1\n}\n", 1)]
    [InlineData("{\"a\":1}\r\n{\"b\":2}\r\n", 2)]
    [InlineData("{\"a\":1}\n\nbroken\n{\"b\":2}", 3)]
    [InlineData("{\n broken \n}", 1)]
    public void Text_IsOneBodyOrOneALine(string text, int bodies) => Assert.Equal(bodies, WebhookReader.Split(text).Count);

    [Fact]
    public void RandomDamage_EndsInTheOneException()
    {
        var random = new Random(11);
        string[] samples = [.. Samples.All.Select(Samples.WithIds)];
        for (int i = 0; i < 3000; i++)
        {
            char[] text = samples[random.Next(samples.Length)].ToCharArray();
            for (int change = random.Next(4); change >= 0; change--)
            {
                text[random.Next(text.Length)] = (char)random.Next(random.Next(2) == 0 ? 0x80 : 0x10000);
            }

            string damaged = new(text, 0, random.Next(2) == 0 ? text.Length : random.Next(text.Length));
            foreach (string body in WebhookReader.Split(damaged))
            {
                Assert.True(Record.Exception(() => WebhookReader.Read(body)) is null or WebhookException, damaged);
            }
        }
    }

    private static string WithPadding(int bytes)
    {
        string head = Samples.WithIds("""{"taskType":"videoInference","taskUUID":"T","x":" """).TrimEnd();
        int room = bytes - head.Length - 2;
        return head + new string('ä', room / 2) + new string('a', room % 2) + "\"}";
    }
}
