using System.Buffers.Binary;
using CsCheck;
using Kling.Core.Tests.Fuzz;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Support;
using Kling.Downloads;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Downloads;

/// <summary>A video is whole when its container says so; nothing else is known of where it ends.</summary>
public class VideoContainerTests(ITestOutputHelper output) : TempFolder
{
    private const int MdatHead = 8;

    public static TheoryData<string> Samples() => [.. VideoSamples.Names];

    public static TheoryData<string> Boxed() => [.. VideoSamples.Names.Where(name => !name.EndsWith(".webm", StringComparison.Ordinal))];

    public static TheoryData<string> Webm() => [.. VideoSamples.Names.Where(name => name.EndsWith(".webm", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void EveryCut_OfARealVideoIsRefused_AndTheWholeIsNot(string name)
    {
        byte[] video = VideoSamples.Read(name);
        Assert.Null(Check(name, video, video.Length));
        Assert.All(Enumerable.Range(0, video.Length), cut => Assert.True(
            Check(name, video, cut) is VideoFault fault && fault.IsCutOff == cut >= VideoSignature.HeadBytes, $"{name} cut at {cut}"));
    }

    [Theory]
    [MemberData(nameof(Boxed))]
    public void IndexAtTheEnd_IsMissedWhenItIsCut(string name)
    {
        byte[] video = VideoSamples.Read(name);
        (int movie, int rest) = Index(video);
        byte[] moved = [.. video[..movie], .. video[rest..], .. video[movie..rest]];
        AssertOnlyTheWholeIsTaken(name, moved);
    }

    [Theory]
    [MemberData(nameof(Boxed))]
    public void MediaOfOpenSize_EndsWhereTheIndexSays(string name)
    {
        byte[] video = VideoSamples.Read(name);
        BinaryPrimitives.WriteInt32BigEndian(video.AsSpan(Media(video)), 0);
        AssertOnlyTheWholeIsTaken(name, video);
    }

    [Theory]
    [MemberData(nameof(Boxed))]
    public void MediaOfLongSize_AndMediaInTwoBoxes_AreRead(string name)
    {
        byte[] video = VideoSamples.Read(name);
        int media = Media(video);
        byte[] longSize = [0, 0, 0, 1, .. "mdat"u8, .. BigEndian(video.Length - media + 8), .. video[(media + MdatHead)..]];
        AssertOnlyTheWholeIsTaken(name, [.. video[..media], .. longSize]);

        // The second box is empty, and takes nothing from what the index names.
        byte[] two = [.. video[..media], 0, 0, 0, 8, .. "mdat"u8, .. video[media..]];
        AssertOnlyTheWholeIsTaken(name, two);
    }

    [Theory]
    [MemberData(nameof(Webm))]
    public void SegmentOfOpenSize_IsTakenWhole_AndRefusedInsideOfAnElement(string name)
    {
        byte[] video = VideoSamples.Read(name);
        int segment = video.AsSpan().IndexOf(Convert.FromHexString("1853806701"));
        Convert.FromHexString("01FFFFFFFFFFFFFF").CopyTo(video, segment + 4);
        Assert.Null(Check(name, video, video.Length));
        int cluster = video.AsSpan().IndexOf(Convert.FromHexString("1F43B675"));
        Assert.All(Enumerable.Range(8, cluster - 8), cut => Assert.NotNull(Check(name, video, cut)));

        // Where a cluster or the index begins, nothing tells that a stream was to go on.
        int cues = video.AsSpan().LastIndexOf(Convert.FromHexString("1C53BB6B"));
        IEnumerable<int> taken = Enumerable.Range(cluster + 1, cues - cluster).Where(cut => Check(name, video, cut) is null);
        Assert.All(taken, cut => Assert.Contains(Convert.ToHexString(video, cut, 4), new[] { "1F43B675", "1C53BB6B" }));
        Assert.Contains(cues, taken);
    }

    [Fact]
    public void ClusterOfOpenSize_EndsWhereTheNextBegins()
    {
        byte[] stream = Convert.FromHexString(
            "1A45DFA380" + "18538067" + "01FFFFFFFFFFFFFF" + "1654AE6B80" + "1F43B675FF" + "E78101" + "A38400000000" + "1F43B675FF" + "E78102" + "A3840000000A");
        Assert.Null(Check("a.webm", stream, stream.Length));
        Assert.NotNull(Check("a.webm", stream, stream.Length - 1));
    }

    [Theory]
    [InlineData("000000106674797069736F6D00000000", "moov")]
    [InlineData("000000106674797069736F6D00000000" + "000000086D6F6F76", "mdat")]
    [InlineData("000000106674797069736F6D00000000" + "000000086D646174", "moov")]
    [InlineData("000000106674797069736F6D00000000" + "000000086D6F6F76" + "000000096D646174", "byte 33")]
    [InlineData("000000106674797069736F6D00000000" + "000000016D6F6F76" + "7FFFFFFFFFFFFFFF", "should end")]
    [InlineData("000000106674797069736F6D00000000" + "000000046D6F6F76", "where a box begins")]
    public void WhatIsMissing_IsNamed(string hex, string expected)
    {
        byte[] file = Convert.FromHexString(hex);
        VideoFault? fault = Check("a.mp4", file, file.Length);
        Assert.True(fault!.IsCutOff);
        Assert.Contains(expected, fault.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("000000000000000000000000")]
    [InlineData("000000")]
    [InlineData("0000000300000000")]
    public void WhatFollowsAWholeVideo_IsLeftAlone(string hex)
    {
        byte[] file = [.. VideoSamples.Read("720x720-5s.mp4"), .. Convert.FromHexString(hex)];
        Assert.Null(Check("a.mp4", file, file.Length));
    }

    [Fact]
    public void EndlessEmptyBoxes_EndTheWalk()
    {
        byte[] boxes = [.. Convert.FromHexString("000000106674797069736F6D00000000"), .. Enumerable.Repeat(Convert.FromHexString("0000000866726565"), 100_001).SelectMany(box => box)];
        Assert.Contains("more than", Check("a.mp4", boxes, boxes.Length)!.What, StringComparison.Ordinal);
        byte[] elements = [.. Convert.FromHexString("1A45DFA380" + "18538067" + "01FFFFFFFFFFFFFF"), .. Enumerable.Repeat(Convert.FromHexString("EC80"), 1_000_001).SelectMany(element => element)];
        Assert.Contains("more than", Check("a.webm", elements, elements.Length)!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedVideos_NeverCrashTheWalk()
    {
        byte[][] originals = [.. VideoSamples.Names.Where(name => name.StartsWith("720x720-5s", StringComparison.Ordinal)).Select(VideoSamples.Read)];
        int refused = 0;
        long tried = FuzzRun.Check(output, "Video: damaged heads", Gen.Select(Gen.Int[0, originals.Length - 1], Gen.Int), sample =>
        {
            var random = new Random(sample.Item2);
            byte[] bytes = [.. originals[sample.Item1]];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                // Sizes and tables stand in the first bytes.
                bytes[random.Next(Math.Min(bytes.Length, random.Next(1, 2500)))] = (byte)(random.Next(3) == 0 ? 0xff : random.Next(256));
            }

            foreach (string name in new[] { "a.mp4", "a.mov", "a.webm", "a" })
            {
                Interlocked.Add(ref refused, Check(name, bytes, random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length)) is null ? 0 : 1);
            }
        }, count: TestDepth.Of(20_000, least: 2000));
        Assert.InRange(refused, tried, tried * 4);
    }

    [Fact]
    public void SavedFile_IsCalledCutOffOnlyWhenItsEndIsMissing()
    {
        byte[] video = VideoSamples.Read("720x720-5s.mp4");
        Assert.True(VideoContainer.IsCutOff(Write("cut.mp4", video[..^1])));
        Assert.False(VideoContainer.IsCutOff(Write("whole.mp4", video)));
        Assert.False(VideoContainer.IsCutOff(Write("other.mp4", [1, 2, 3])));
        Assert.False(VideoContainer.IsCutOff(Path.Combine(Folder, "none.mp4")));
    }

    private static void AssertOnlyTheWholeIsTaken(string name, byte[] video)
    {
        Assert.Null(Check(name, video, video.Length));
        Assert.All(Enumerable.Range(0, video.Length), cut => Assert.True(Check(name, video, cut) is not null, $"{name} cut at {cut}"));
    }

    private static VideoFault? Check(string name, byte[] bytes, int length) => VideoContainer.Check(name, new MemoryStream(bytes, 0, length));

    private static (int Start, int End) Index(byte[] video)
    {
        int start = video.AsSpan().IndexOf("moov"u8) - 4;
        return (start, start + BinaryPrimitives.ReadInt32BigEndian(video.AsSpan(start)));
    }

    private static int Media(byte[] video) => video.AsSpan().IndexOf("mdat"u8) - 4;

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
