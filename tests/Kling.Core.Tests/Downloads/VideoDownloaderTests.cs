using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Kling.Core.Tests.Support;
using Kling.Downloads;

namespace Kling.Core.Tests.Downloads;

/// <summary>Transfers: what breaks is continued, what changed starts over, what stops is kept.</summary>
public class VideoDownloaderTests : DownloadBench
{
    [Fact]
    public async Task Save_WritesTheFileAndNothingElse()
    {
        Assert.Equal(Final, await Save());
        AssertSaved();
        HttpRequestMessage request = Assert.Single(Host.Requests);
        Assert.Null(request.Headers.Range);
        Assert.Equal("identity", request.Headers.AcceptEncoding.ToString());
    }

    [Fact]
    public async Task Save_CreatesTheFolder()
    {
        using var downloader = new VideoDownloader(Host, Clock);
        string folder = Path.Combine(Folder, "a", "b");
        string path = await downloader.SaveAsync(Video(), folder, Name, null, default);
        Assert.Equal(Path.Combine(folder, Name), path);
        Assert.Equal(Host.File, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task BrokenBodies_AreContinuedWhereTheyStopped()
    {
        for (int seed = 0; seed < TestDepth.Of(50); seed++)
        {
            var random = new Random(seed);
            byte[] file = Mp4(random.Next(ShortestMp4, 60_000), seed);
            using var host = new VideoHost(file) { Piece = random.Next(1, 5000), HidesLength = random.Next(4) == 0 };
            int cuts = random.Next(1, 5);
            int left = file.Length;
            for (int i = 0; i < cuts && left > 1; i++)
            {
                int at = random.Next(0, left);
                host.ThenCut(at);
                // Fewer bytes than it takes to recognise a video are not kept.
                left -= left == file.Length && at < 8 ? 0 : at;
            }

            var heard = new Heard();
            string name = $"{seed}.mp4";
            using var downloader = new VideoDownloader(host, new FakeClock());
            string path = await downloader.SaveAsync(Video(), Folder, name, new DownloadOptions { Progress = heard }, default);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(file)), Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(path))));
            Assert.InRange(host.Sent, file.Length, file.Length + (7 * cuts));
            Assert.Equal(heard.Values.Order(), heard.Values);
            Assert.Equal(file.Length, heard.Values[^1]);
            Assert.All(host.Requests, request => Assert.Null(request.Headers.Authorization));
            Assert.Equal([path], Directory.GetFiles(Folder));
            File.Delete(path);
        }
    }

    [Fact]
    public async Task BrokenBody_IsContinuedWithTheTag()
    {
        Host.ThenCut(30_000);
        await Save();
        AssertSaved();
        Assert.Equal("bytes=30000-", Host.Requests[1].Headers.Range!.ToString());
        Assert.Equal("\"v1\"", Host.Requests[1].Headers.IfRange!.ToString());
        Assert.Equal([TimeSpan.FromSeconds(0.75)], Clock.Delays);
        Assert.Equal(100_000, Host.Sent);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"v1\"")]
    public async Task BrokenBody_StartsOverWithoutAStrongTag(string? tag)
    {
        Host.Tag = tag;
        Host.ThenCut(30_000);
        var heard = new Heard();
        await Save(heard);
        AssertSaved();
        Assert.Null(Host.Requests[1].Headers.Range);
        Assert.Equal(heard.Values.Order(), heard.Values);
    }

    [Fact]
    public async Task ChangedTag_StartsOver()
    {
        Host.ThenCut(30_000, _ =>
        {
            Host.File = Mp4(90_000, 2);
            Host.Tag = "\"v2\"";
            throw new IOException("reset");
        });
        await Save();
        AssertSaved();
        Assert.Equal(120_000, Host.Sent);
    }

    [Fact]
    public async Task WholeFileForARange_StartsOver()
    {
        Host.ThenCut(30_000);
        Host.IgnoresRange = true;
        await Save();
        AssertSaved();
        Assert.NotNull(Host.Requests[1].Headers.Range);
    }

    [Theory]
    [InlineData("bytes 0-99999/100000", "\"v1\"")]
    [InlineData("bytes 30000-99999/100001", "\"v1\"")]
    [InlineData("bytes 30000-89999/100000", "\"v1\"")]
    [InlineData("bytes */100000", "\"v1\"")]
    [InlineData("bytes 30000-99999/100000", "\"v2\"")]
    [InlineData(null, "\"v1\"")]
    public async Task PartThatDoesNotFit_StartsOver(string? range, string tag)
    {
        Host.ThenCut(30_000);
        Host.ThenChanged(reply =>
        {
            reply.Content.Headers.Remove("Content-Range");
            reply.Content.Headers.TryAddWithoutValidation("Content-Range", range);
            reply.Headers.Remove("ETag");
            reply.Headers.TryAddWithoutValidation("ETag", tag);
        });
        await Save();
        AssertSaved();
        Assert.Null(Host.Requests[2].Headers.Range);
    }

    [Fact]
    public async Task PartFromElsewhere_IsNotTaken()
    {
        Host.ThenCut(30_000);
        Host.ThenChanged(reply =>
        {
            reply.Content.Headers.ContentRange = new ContentRangeHeaderValue(20_000, 99_999, 100_000);
            reply.Content.Headers.ContentLength = 80_000;
        });
        await Save();
        AssertSaved();
        Assert.Equal(3, Host.Requests.Count);
    }

    [Fact]
    public async Task PartNotAskedFor_IsNotTaken()
    {
        Host.ThenChanged(reply =>
        {
            reply.StatusCode = HttpStatusCode.PartialContent;
            reply.Content.Headers.ContentRange = new ContentRangeHeaderValue(0, 99_999, 100_000);
        });
        await Save();
        AssertSaved();
        Assert.Equal(2, Host.Requests.Count);
    }

    [Fact]
    public async Task RangeNotSatisfiable_StartsOverOnce()
    {
        Host.ThenCut(30_000);
        Host.Then(VideoHost.Status(416));
        await Save();
        AssertSaved();
        Assert.Null(Host.Requests[2].Headers.Range);
        Assert.Single(Clock.Delays);
    }

    [Fact]
    public async Task RangeNotSatisfiable_WithoutARangeIsRefused()
    {
        Host.Then(VideoHost.Status(416), VideoHost.Status(416));
        await Fails(DownloadFailure.Refused);
        Assert.Single(Host.Requests);
    }

    [Fact]
    public async Task WrongLength_TooShort_IsIncomplete()
    {
        for (int i = 0; i < 6; i++)
        {
            Host.ThenChanged(reply => reply.Content.Headers.ContentLength = reply.Content.Headers.ContentLength + 5);
        }

        Host.IgnoresRange = true;
        DownloadException failure = await Fails(DownloadFailure.Incomplete);
        Assert.Contains("100000 of 100005", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, Host.Requests.Count);
        Assert.Equal([0.75, 1.5, 3, 6], Clock.Delays.Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public async Task WrongLength_TooLong_StartsOverAndIsIncomplete()
    {
        for (int i = 0; i < 5; i++)
        {
            Host.ThenChanged(reply => reply.Content.Headers.ContentLength = 99_000);
        }

        await Fails(DownloadFailure.Incomplete);
        Assert.All(Host.Requests, request => Assert.Null(request.Headers.Range));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Unavailable_IsRetriedFourTimes(int status)
    {
        Host.Then([.. Enumerable.Range(0, 4).Select(_ => VideoHost.Status(status))]);
        await Save();
        AssertSaved();
        File.Delete(Final);
        Host.Then([.. Enumerable.Range(0, 5).Select(_ => VideoHost.Status(status))]);
        await Fails(DownloadFailure.Unreachable);
        Assert.Equal(10, Host.Requests.Count);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0.75)]
    [InlineData("Wed, 02 Jan 2030 03:04:25 GMT", 20)]
    [InlineData("Sun, 01 Jun 2025 11:00:00 GMT", 0.75)]
    [InlineData("999999", 3600)]
    [InlineData("soon", 0.75)]
    public async Task RetryAfter_IsObeyed(string text, double seconds)
    {
        Host.Then(VideoHost.Status(503, retryAfter: text));
        await Save();
        Assert.Equal([TimeSpan.FromSeconds(seconds)], Clock.Delays);
    }

    [Fact]
    public async Task Unreachable_IsRetriedAndThenReported()
    {
        for (int i = 0; i < 5; i++)
        {
            Host.Script.Enqueue(_ => throw new HttpRequestException("refused"));
        }

        DownloadException failure = await Fails(DownloadFailure.Unreachable);
        Assert.IsType<HttpRequestException>(failure.InnerException);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Stall_EndsTheWaitAndIsContinued()
    {
        Host.ThenCut(30_000, async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        });
        using var downloader = new VideoDownloader(Host, Clock) { Stall = TimeSpan.FromSeconds(1) };
        await downloader.SaveAsync(Video(), Folder, Name, null, default);
        AssertSaved();

        // Of a busy machine less may have been taken for a stall already.
        Assert.InRange(Host.Requests[1].Headers.Range!.Ranges.Single().From!.Value, 1, 30_000);
    }

    [Fact]
    public async Task TwoSavers_TheSecondIsRefused()
    {
        using var second = new VideoDownloader(new VideoHost(Host.File), Clock);
        DownloadException? refused = null;
        Host.ThenCut(30_000, async _ =>
        {
            refused = await Assert.ThrowsAsync<DownloadException>(() => second.SaveAsync(Video(), Folder, Name, new DownloadOptions { Force = true }, default));
            throw new IOException("reset");
        });
        await Save();
        Assert.Equal(DownloadFailure.InUse, refused!.Reason);
        AssertSaved();
        Assert.Equal(100_000, Host.Sent);
    }

    [Fact]
    public async Task Cancel_KeepsThePartForAnotherInstance()
    {
        using var stop = new CancellationTokenSource();
        Host.ThenCut(30_000, token =>
        {
            stop.Cancel();
            return Task.FromCanceled<int>(token);
        });
        using (var first = new VideoDownloader(Host, Clock))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.SaveAsync(Video(), Folder, Name, null, stop.Token));
        }

        Assert.Equal(Host.File[..30_000], await File.ReadAllBytesAsync(Part));
        Assert.DoesNotContain("topsecret", await File.ReadAllTextAsync(Mark), StringComparison.Ordinal);
        Assert.Empty(Clock.Delays);
        using var host = new VideoHost(Host.File);
        using var next = new VideoDownloader(host, Clock);
        await next.SaveAsync(Video(), Folder, Name, null, default);
        AssertSaved();
        Assert.Equal(70_000, host.Sent);
    }

    [Fact]
    public async Task Cancel_IsToldApartFromAFault()
    {
        using var stop = new CancellationTokenSource();
        Host.Then([.. Enumerable.Range(0, 4).Select(_ => VideoHost.Status(503))]);
        Host.ThenCut(0, _ =>
        {
            stop.Cancel();
            throw new IOException("aborted");
        });
        using var downloader = new VideoDownloader(Host, Clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloader.SaveAsync(Video(), Folder, Name, null, stop.Token));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData("kling-part 1\nvideo-one\n\"v1\"\n100000\nend\n", true)]
    [InlineData("kling-part 1\nvideo-one\n\"v1\"\n-\nend\n", true)]
    [InlineData("kling-part 1\nvideo-two\n\"v1\"\n100000\nend\n", false)]
    [InlineData("kling-part 1\nvideo-one\n\"v1\"\n100000\n", false)]
    [InlineData("kling-part 1\nvideo-one\n\"v1\"\n2000\nend\n", false)]
    [InlineData("kling-part 1\nvideo-one\nW/\"v1\"\n100000\nend\n", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Part_IsContinuedOnlyWithItsMark(string? mark, bool continued)
    {
        await File.WriteAllBytesAsync(Part, Host.File[..30_000]);
        if (mark is not null)
        {
            await File.WriteAllTextAsync(Mark, mark);
        }

        await Save();
        AssertSaved();
        Assert.Equal(continued ? 70_000 : 100_000, Host.Sent);
    }

    [Fact]
    public async Task Part_ThatIsCompleteIsRenamedWithoutARequest()
    {
        await File.WriteAllBytesAsync(Part, Host.File);
        await File.WriteAllTextAsync(Mark, "kling-part 1\nvideo-one\n\"v1\"\n100000\nend\n");
        await Save();
        AssertSaved();
        Assert.Empty(Host.Requests);
    }

    [Fact]
    public async Task Part_ThatIsNoVideoIsDeleted()
    {
        await File.WriteAllBytesAsync(Part, new byte[100_000]);
        await File.WriteAllTextAsync(Mark, "kling-part 1\nvideo-one\n\"v1\"\n100000\nend\n");
        await Fails(DownloadFailure.WrongContent);
        Assert.Empty(Directory.GetFiles(Folder));
        await Save();
        AssertSaved();
    }
}
