using System.Text;
using System.Text.Json;
using CsCheck;
using Kling.Core.Tests.Fuzz;
using Kling.Core.Tests.Support;
using Kling.Wire;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Wire;

/// <summary>Videos inside of a reply: taken out while it comes in, whatever the pieces are that it comes in.</summary>
public class InlineVideoFilterTests(ITestOutputHelper output)
{
    private static readonly Gen<(string Member, byte[] Video, int Form)> s_videos = Gen.Select(
        Gen.OneOf("videoBase64Data", "videoDataURI"), Gen.Byte.Array[0, 300], Gen.Int[0, 4]);

    private static readonly FuzzJson s_json = new(["data", "video", "videoURL", "errors"], ["success", "https://a.example/v.mp4"]);

    [Fact]
    public void Videos_ComeOutAsTheyWere_AndTheRestStays() => FuzzRun.Check(
        output, "Wire: videos inside of a reply", Gen.Select(s_videos.Array[0, 4], Gen.Int[1, 400], FuzzText.Any), sample =>
        {
            ((string Member, byte[] Video, int Form)[] videos, int piece, string other) = sample;
            string before = JsonSerializer.Serialize(other);
            string reply = "{\"data\":[" + string.Join(",", videos.Select((video, i) => $$"""{"n":{{i}},"a":{{before}},"{{video.Member}}" : "{{Text(video.Video, video.Form)}}","b":{{before}}}""")) + "]}";
            string expected = "{\"data\":[" + string.Join(",", videos.Select((video, i) => $$"""{"n":{{i}},"a":{{before}},"{{video.Member}}" : "inline:{{i}}","b":{{before}}}""")) + "]}";
            (string left, Dictionary<int, byte[]> found) = Filter(Encoding.UTF8.GetBytes(reply), piece, decodes: true);
            Assert.Equal(expected, left);
            Assert.All(videos.Select((video, i) => (video.Video, i)), video => Assert.Equal(video.Video, found.GetValueOrDefault(video.i, [])));
            Assert.Equal(expected, Filter(Encoding.UTF8.GetBytes(reply), piece, decodes: false).Reply);
        });

    [Fact]
    public void RepliesWithoutVideos_PassByteForByte() => FuzzRun.Check(
        output, "Wire: replies without videos", Gen.Select(s_json.Bytes(s_json.Value), Gen.Byte.Array[0, 200], Gen.Int[1, 50]), sample =>
        {
            byte[] reply = [.. sample.Item1, .. sample.Item2];
            var filter = new InlineVideoFilter(decodes: true);
            foreach (byte[] part in reply.Chunk(sample.Item3))
            {
                filter.Add(part);
                Assert.Empty(filter.Pieces);
            }

            Assert.Equal(reply, filter.ToReply());
        });

    [Theory]
    [InlineData("""{"videoBase64Data":null,"x":"y"}""")]
    [InlineData("""{"videoBase64Data":{"a":"b"}}""")]
    [InlineData("""{"videoBase64Data":["AAAA"]}""")]
    [InlineData("""{"x":"videoBase64Data","y":"AAAA"}""")]
    [InlineData("""["videoBase64Data","AAAA"]""")]
    [InlineData("""{"x\"videoBase64Data":"AAAA"}""")]
    [InlineData("""{"myvideoBase64Data":"AAAA"}""")]
    [InlineData("""{"videoBase64DataX":"AAAA"}""")]
    [InlineData("""{"video":"\"videoDataURI\":\"AAAA\""}""")]
    public void OtherTexts_Stay(string reply) => Assert.Equal(reply, Filter(Encoding.UTF8.GetBytes(reply), 1, decodes: true).Reply);

    [Fact]
    public void TextThatIsNoBase64_EndsTheVideo()
    {
        (string left, Dictionary<int, byte[]> found) = Filter("""{"videoBase64Data":"AAEC*AAEC","videoDataURI":"nonsense without a comma"}"""u8.ToArray(), 7, decodes: true);
        Assert.Equal("""{"videoBase64Data":"inline:0","videoDataURI":"inline:1"}""", left);
        Assert.Equal([0, 1, 2], found[0]);
    }

    [Fact]
    public void Reply_OfManyMegabytes_IsHeldInAFewBytes()
    {
        var filter = new InlineVideoFilter(decodes: true);
        filter.Add("""{"data":[{"videoDataURI":"data:video/mp4;base64,"""u8);
        long bytes = 0;
        for (int i = 0; i < TestDepth.Of(4000); i++)
        {
            filter.Add(Encoding.ASCII.GetBytes(new string('A', 16_000)));
            bytes += filter.Pieces.Sum(piece => (long)piece.Bytes.Length);
        }

        filter.Add("\"}]}"u8);
        Assert.True(bytes >= 4_000_000);
        Assert.Equal("""{"data":[{"videoDataURI":"inline:0"}]}""", Encoding.UTF8.GetString(filter.ToReply()));
    }

    [Theory]
    [InlineData("""{"taskUUID":"T","videoUUID":"V1","status":"success","videoBase64Data":"inline:2"}""", "V1", 2)]
    [InlineData("""{"taskUUID":"T","status":"success","videoDataURI":"inline:0"}""", "inline-0", 0)]
    [InlineData("""{"taskUUID":"T","videoUUID":"V1","videoURL":"https://a.example/v","videoDataURI":"inline:1"}""", "V1", 1)]
    public void Item_SaysWhichOfTheRepliesVideosItIs(string item, string id, int number)
    {
        ApiReply reply = EnvelopeReader.Read(Encoding.UTF8.GetBytes(Samples.WithIds($$"""{"data":[{{item}}]}""")), 200)!;
        Assert.Equal((Samples.WithIds(id), number), (reply.Items[0].Video!.VideoId, reply.Items[0].InlineNumber!.Value));
    }

    private static string Text(byte[] video, int form)
    {
        string text = Convert.ToBase64String(video);
        return form switch
        {
            0 => text,
            1 => "data:video/mp4;base64," + text,
            2 => text.Replace("/", "\\/"),
            3 => text.Replace("+", "\\u002b").Replace("/", "\\u002F"),
            _ => string.Join("\\r\\n", text.Chunk(76).Select(line => new string(line))),
        };
    }

    private static (string Reply, Dictionary<int, byte[]> Videos) Filter(byte[] reply, int piece, bool decodes)
    {
        var filter = new InlineVideoFilter(decodes);
        var videos = new Dictionary<int, byte[]>();
        foreach (byte[] part in reply.Chunk(piece))
        {
            filter.Add(part);
            foreach ((int number, byte[] bytes) in filter.Pieces)
            {
                videos[number] = [.. videos.GetValueOrDefault(number, []), .. bytes];
            }
        }

        return (Encoding.UTF8.GetString(filter.ToReply()), videos);
    }
}
