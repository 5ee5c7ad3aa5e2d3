using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Kling.Sandbox.Replies;

namespace Kling.Core.Tests.Sandbox;

public class SandboxVideoTests
{
    public static TheoryData<int, int, int, string> All
    {
        get
        {
            var data = new TheoryData<int, int, int, string>();
            foreach ((int width, int height) in new[] { (1280, 720), (720, 720), (720, 1280) })
            {
                foreach (int seconds in new[] { 5, 10 })
                {
                    foreach (string format in new[] { "MP4", "WEBM", "MOV" })
                    {
                        data.Add(width, height, seconds, format);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Video_HasTheContainerSizeAndLengthAskedFor(int width, int height, int seconds, string format)
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept(task =>
        {
            task["width"] = width;
            task["height"] = height;
            task["duration"] = seconds;
            task["outputFormat"] = format;
        });
        bench.Clock.Advance(SandboxBench.Delay);
        string path = bench.VideoPath(id);
        Assert.EndsWith("." + format.ToLowerInvariant(), path, StringComparison.Ordinal);
        byte[] video = bench.Get(path).Body;
        Assert.InRange(video.Length, 1_000, 70_000);
        if (format == "WEBM")
        {
            Assert.Equal("1A45DFA3", Convert.ToHexString(video[..4]));
            Assert.True(Find(video, "webm") > 0);

            // PixelWidth (B0) and PixelHeight (BA), two bytes each.
            Assert.True(video.AsSpan().IndexOf(new byte[] { 0xB0, 0x82, (byte)(width >> 8), (byte)width, 0xBA, 0x82, (byte)(height >> 8), (byte)height }) > 0);
            return;
        }

        Assert.Equal("ftyp", Encoding.ASCII.GetString(video, 4, 4));
        Assert.Equal(format == "MOV" ? "qt  " : "isom", Encoding.ASCII.GetString(video, 8, 4));
        Assert.True(Find(video, "avc1") > 0);
        int movie = Find(video, "mvhd");
        Assert.Equal(seconds, Number(video, movie + 20) / Number(video, movie + 16));
        int track = Find(video, "tkhd");
        Assert.Equal((width, height), (Number(video, track + 80) >> 16, Number(video, track + 84) >> 16));
    }

    [Fact]
    public void Video_WithoutASize_Is1280x720()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept();
        bench.Clock.Advance(SandboxBench.Delay);
        byte[] video = bench.Get(bench.VideoPath(id)).Body;
        Assert.Equal(1280, Number(video, Find(video, "tkhd") + 80) >> 16);
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=100-", 100, -1)]
    [InlineData("bytes=-10", -10, 10)]
    [InlineData("bytes=5-9999999", 5, -1)]
    [InlineData("BYTES=7-7", 7, 1)]
    public void Range_IsAnsweredInPart(string range, int first, int length)
    {
        (SandboxBench bench, string path, byte[] whole) = Finished();
        int start = first < 0 ? whole.Length + first : first;
        int count = length < 0 ? whole.Length - start : length;
        SandboxReply reply = bench.Get(path, ("range", range));
        Assert.Equal(206, reply.Status);
        Assert.Equal(whole.AsSpan(start, count).ToArray(), reply.Body);
        Assert.Equal($"bytes {start}-{start + count - 1}/{whole.Length}", reply.Headers["Content-Range"]);
        Assert.Equal(count.ToString(CultureInfo.InvariantCulture), reply.Headers["Content-Length"]);
    }

    [Theory]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("items=0-1")]
    [InlineData("bytes=x-")]
    [InlineData("bytes=-")]
    public void Range_Unreadable_IsIgnored(string range)
    {
        (SandboxBench bench, string path, byte[] whole) = Finished();
        SandboxReply reply = bench.Get(path, ("Range", range));
        Assert.Equal((200, whole.Length), (reply.Status, reply.Body.Length));
    }

    [Theory]
    [InlineData("bytes=LENGTH-")]
    [InlineData("bytes=9999999-10000000")]
    [InlineData("bytes=-0")]
    public void Range_BeyondTheEnd_Is416(string range)
    {
        (SandboxBench bench, string path, byte[] whole) = Finished();
        SandboxReply reply = bench.Get(path, ("Range", range.Replace("LENGTH", whole.Length.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        Assert.Equal(416, reply.Status);
        Assert.Equal($"bytes */{whole.Length}", reply.Headers["Content-Range"]);
    }

    [Fact]
    public void IfRange_OfAnotherVersion_GivesTheWhole()
    {
        (SandboxBench bench, string path, byte[] whole) = Finished();
        string tag = bench.Get(path).Headers["ETag"];
        Assert.Equal(206, bench.Get(path, ("Range", "bytes=9-"), ("If-Range", tag)).Status);
        SandboxReply other = bench.Get(path, ("Range", "bytes=9-"), ("If-Range", "\"other\""));
        Assert.Equal((200, whole.Length), (other.Status, other.Body.Length));
    }

    [Fact]
    public void Video_IsThereOnlyOnceFinished_AndOnlyUnderItsName()
    {
        (SandboxBench bench, string path, _) = Finished();
        Assert.Equal(404, bench.Get(path.Replace(".mp4", ".mov", StringComparison.Ordinal)).Status);
        Assert.Equal(404, bench.Get("/video/../v1").Status);
        bench.Clock.Advance(-TimeSpan.FromSeconds(1));
        Assert.Equal(404, bench.Get(path).Status);
    }

    [Fact]
    public void Download_WithAKey_IsShownInTheLog()
    {
        (SandboxBench bench, string path, _) = Finished();
        bench.Get(path, ("Authorization", "Bearer something"));
        Assert.Contains("Authorization", bench.Engine.Log[^1].Summary, StringComparison.Ordinal);
    }

    private static (SandboxBench Bench, string Path, byte[] Whole) Finished()
    {
        var bench = new SandboxBench();
        Guid id = bench.Accept();
        bench.Clock.Advance(SandboxBench.Delay);
        string path = bench.VideoPath(id);
        return (bench, path, bench.Get(path).Body);
    }

    private static int Find(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text));

    private static int Number(byte[] bytes, int offset) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(offset));
}
