using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Kling.Core.Tests.Support;
using Kling.Media;
using Kling.Models;

namespace Kling.Core.Tests.Media;

public class VideoDownloaderTests : TempFolder
{
    private const string Address = "https://videos.example/v/one.mp4?signature=topsecret";
    private const string Name = "one.mp4";
    private readonly FakeClock _clock = new();
    private readonly VideoHost _host = new(Mp4(100_000, 1));

    private string Final => Path.Combine(Folder, Name);

    private string Part => Final + ".part";

    private string Mark => Final + ".part.etag";

    [Fact]
    public async Task Save_WritesTheFileAndNothingElse()
    {
        Assert.Equal(Final, await Save());
        AssertSaved();
        HttpRequestMessage request = Assert.Single(_host.Requests);
        Assert.Null(request.Headers.Range);
        Assert.Equal("identity", request.Headers.AcceptEncoding.ToString());
    }

    [Fact]
    public async Task Save_CreatesTheFolder()
    {
        using var downloader = new VideoDownloader(_host, _clock);
        string folder = Path.Combine(Folder, "a", "b");
        string path = await downloader.SaveAsync(Video(), folder, Name, false, null, default);
        Assert.Equal(Path.Combine(folder, Name), path);
        Assert.Equal(_host.File, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task BrokenBodies_AreContinuedWhereTheyStopped()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            byte[] file = Mp4(random.Next(20, 60_000), seed);
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
            string path = await downloader.SaveAsync(Video(), Folder, name, false, heard, default);
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
        _host.ThenCut(30_000);
        await Save();
        AssertSaved();
        Assert.Equal("bytes=30000-", _host.Requests[1].Headers.Range!.ToString());
        Assert.Equal("\"v1\"", _host.Requests[1].Headers.IfRange!.ToString());
        Assert.Equal([TimeSpan.FromSeconds(0.75)], _clock.Delays);
        Assert.Equal(100_000, _host.Sent);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"v1\"")]
    public async Task BrokenBody_StartsOverWithoutAStrongTag(string? tag)
    {
        _host.Tag = tag;
        _host.ThenCut(30_000);
        var heard = new Heard();
        await Save(heard);
        AssertSaved();
        Assert.Null(_host.Requests[1].Headers.Range);
        Assert.Equal(heard.Values.Order(), heard.Values);
    }

    [Fact]
    public async Task ChangedTag_StartsOver()
    {
        _host.ThenCut(30_000, _ =>
        {
            _host.File = Mp4(90_000, 2);
            _host.Tag = "\"v2\"";
            throw new IOException("reset");
        });
        await Save();
        AssertSaved();
        Assert.Equal(120_000, _host.Sent);
    }

    [Fact]
    public async Task WholeFileForARange_StartsOver()
    {
        _host.ThenCut(30_000);
        _host.IgnoresRange = true;
        await Save();
        AssertSaved();
        Assert.NotNull(_host.Requests[1].Headers.Range);
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
        _host.ThenCut(30_000);
        _host.ThenChanged(reply =>
        {
            reply.Content.Headers.Remove("Content-Range");
            reply.Content.Headers.TryAddWithoutValidation("Content-Range", range);
            reply.Headers.Remove("ETag");
            reply.Headers.TryAddWithoutValidation("ETag", tag);
        });
        await Save();
        AssertSaved();
        Assert.Null(_host.Requests[2].Headers.Range);
    }

    [Fact]
    public async Task PartNotAskedFor_IsNotTaken()
    {
        _host.ThenChanged(reply =>
        {
            reply.StatusCode = HttpStatusCode.PartialContent;
            reply.Content.Headers.ContentRange = new ContentRangeHeaderValue(0, 99_999, 100_000);
        });
        await Save();
        AssertSaved();
        Assert.Equal(2, _host.Requests.Count);
    }

    [Fact]
    public async Task RangeNotSatisfiable_StartsOverOnce()
    {
        _host.ThenCut(30_000);
        _host.Then(VideoHost.Status(416));
        await Save();
        AssertSaved();
        Assert.Null(_host.Requests[2].Headers.Range);
        Assert.Single(_clock.Delays);
    }

    [Fact]
    public async Task RangeNotSatisfiable_WithoutARangeIsRefused()
    {
        _host.Then(VideoHost.Status(416), VideoHost.Status(416));
        await Fails(DownloadFailure.Refused);
        Assert.Single(_host.Requests);
    }

    [Fact]
    public async Task WrongLength_TooShort_IsIncomplete()
    {
        for (int i = 0; i < 6; i++)
        {
            _host.ThenChanged(reply => reply.Content.Headers.ContentLength = reply.Content.Headers.ContentLength + 5);
        }

        _host.IgnoresRange = true;
        DownloadException failure = await Fails(DownloadFailure.Incomplete);
        Assert.Contains("100000 of 100005", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, _host.Requests.Count);
        Assert.Equal([0.75, 1.5, 3, 6], _clock.Delays.Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public async Task WrongLength_TooLong_StartsOverAndIsIncomplete()
    {
        for (int i = 0; i < 5; i++)
        {
            _host.ThenChanged(reply => reply.Content.Headers.ContentLength = 99_000);
        }

        await Fails(DownloadFailure.Incomplete);
        Assert.All(_host.Requests, request => Assert.Null(request.Headers.Range));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html>Sorry</html>", "text/html")]
    [InlineData("<!DOCTYPE html><html>Sorry</html>", "video/mp4")]
    [InlineData("{\"error\":\"gone\"}", "application/json")]
    [InlineData("{\"error\":\"gone\"}", "application/octet-stream")]
    [InlineData("<Error/>", "application/xml")]
    [InlineData("{}", "video/mp4")]
    [InlineData("", "video/mp4")]
    public async Task Page_IsNeverSaved(string text, string type)
    {
        _host.Then(VideoHost.Text(text, type));
        await Fails(DownloadFailure.WrongContent);
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Single(_host.Requests);
    }

    [Fact]
    public async Task Page_DoesNotCostThePart()
    {
        _host.ThenCut(30_000);
        _host.Then(VideoHost.Text("<html></html>", "video/mp4"));
        await Fails(DownloadFailure.WrongContent);
        Assert.Equal(_host.File[..30_000], await File.ReadAllBytesAsync(Part));
        await Save();
        AssertSaved();
        Assert.Equal(100_000, _host.Sent);
    }

    [Theory]
    [InlineData("a.webm", "1A45DFA300000000", true)]
    [InlineData("a.mp4", "1A45DFA300000000", false)]
    [InlineData("a.webm", "0000001866747970", false)]
    [InlineData("a.MOV", "0000001866747970", true)]
    [InlineData("a.mov", "000000086D6F6F76", true)]
    [InlineData("a.mp4", "000000086D6F6F76", false)]
    [InlineData("a.bin", "1A45DFA300000000", true)]
    [InlineData("a", "0000001866747970", true)]
    [InlineData("a", "0000000000000000", false)]
    public async Task Container_MustFitTheName(string name, string head, bool fits)
    {
        _host.File = [.. Convert.FromHexString(head), 1, 2, 3];
        using var downloader = new VideoDownloader(_host, _clock);
        Task<string> saving = downloader.SaveAsync(Video(), Folder, name, false, null, default);
        if (fits)
        {
            Assert.Equal(_host.File, await File.ReadAllBytesAsync(await saving));
        }
        else
        {
            Assert.Equal(DownloadFailure.WrongContent, (await Assert.ThrowsAsync<DownloadException>(() => saving)).Reason);
            Assert.Empty(Directory.GetFiles(Folder));
        }
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Expired_SaysHowToGetAFreshAddress(int status)
    {
        _host.Then(VideoHost.Status(status));
        DownloadException failure = await Fails(DownloadFailure.Expired);
        Assert.Contains("Get-KlingTask", failure.Message, StringComparison.Ordinal);
        Assert.Single(_host.Requests);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Expired_InBetween_KeepsThePartForAFreshAddress()
    {
        _host.ThenCut(30_000);
        _host.Then(VideoHost.Status(403));
        await Fails(DownloadFailure.Expired);
        await Save(address: "https://other.example/fresh.mp4");
        AssertSaved();
        Assert.Equal(100_000, _host.Sent);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Unavailable_IsRetriedFourTimes(int status)
    {
        _host.Then([.. Enumerable.Range(0, 4).Select(_ => VideoHost.Status(status))]);
        await Save();
        AssertSaved();
        File.Delete(Final);
        _host.Then([.. Enumerable.Range(0, 5).Select(_ => VideoHost.Status(status))]);
        await Fails(DownloadFailure.Unreachable);
        Assert.Equal(10, _host.Requests.Count);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0.75)]
    [InlineData("Sun, 01 Jun 2025 12:00:20 GMT", 20)]
    [InlineData("Sun, 01 Jun 2025 11:00:00 GMT", 0.75)]
    [InlineData("999999", 3600)]
    [InlineData("soon", 0.75)]
    public async Task RetryAfter_IsObeyed(string text, double seconds)
    {
        _host.Then(VideoHost.Status(503, retryAfter: text));
        await Save();
        Assert.Equal([TimeSpan.FromSeconds(seconds)], _clock.Delays);
    }

    [Fact]
    public async Task Unreachable_IsRetriedAndThenReported()
    {
        for (int i = 0; i < 5; i++)
        {
            _host.Script.Enqueue(_ => throw new HttpRequestException("refused"));
        }

        DownloadException failure = await Fails(DownloadFailure.Unreachable);
        Assert.IsType<HttpRequestException>(failure.InnerException);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Stall_EndsTheWaitAndIsContinued()
    {
        _host.ThenCut(30_000, async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        });
        using var downloader = new VideoDownloader(_host, _clock) { Stall = TimeSpan.FromMilliseconds(100) };
        await downloader.SaveAsync(Video(), Folder, Name, false, null, default);
        AssertSaved();
        Assert.Equal("bytes=30000-", _host.Requests[1].Headers.Range!.ToString());
    }

    [Theory]
    [InlineData("http://videos.example/v.mp4")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://videos.example/v.mp4")]
    public async Task Address_MustBeHttps(string address)
    {
        await Fails(DownloadFailure.Refused, address);
        Assert.Empty(_host.Requests);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/v.mp4")]
    [InlineData("http://localhost/v.mp4")]
    [InlineData("http://[::1]:1/v.mp4")]
    public async Task Address_MayBeHttpOnThisMachine(string address)
    {
        await Save(address: address);
        AssertSaved();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("not an address")]
    public async Task NoAddress_IsSaid(string? address)
    {
        using var downloader = new VideoDownloader(_host, _clock);
        var failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(new KlingVideo { VideoId = "v", VideoUrl = address }, Folder, Name, false, null, default));
        Assert.Equal((DownloadFailure.NoAddress, "v", Name), (failure.Reason, failure.VideoId, failure.FileName));
    }

    [Theory]
    [InlineData("/elsewhere/v.mp4", "https://videos.example/elsewhere/v.mp4")]
    [InlineData("next.mp4?x=1", "https://videos.example/v/next.mp4?x=1")]
    [InlineData("//cdn.example/v.mp4", "https://cdn.example/v.mp4")]
    [InlineData("https://cdn.example/v.mp4?s=%2F", "https://cdn.example/v.mp4?s=%2F")]
    public async Task Redirect_IsFollowed(string location, string expected)
    {
        _host.Then(VideoHost.Status(302, location));
        _host.ThenCut(30_000);
        await Save();
        AssertSaved();
        Assert.Equal(new Uri(expected), _host.Requests[1].RequestUri);
        Assert.Equal(new Uri(Address), _host.Requests[2].RequestUri);
        Assert.All(_host.Requests, request => Assert.Null(request.Headers.Authorization));
        Assert.All(_host.Requests, request => Assert.False(request.Headers.Contains("Cookie")));
    }

    [Theory]
    [InlineData("http://cdn.example/v.mp4")]
    [InlineData("http://127.0.0.1/v.mp4")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://cdn.example/v.mp4")]
    [InlineData("data:video/mp4;base64,AAAA")]
    [InlineData(null)]
    public async Task Redirect_ToElsewhereIsRefused(string? location)
    {
        _host.Then(VideoHost.Status(302, location));
        await Fails(DownloadFailure.Refused);
        Assert.Single(_host.Requests);
    }

    [Fact]
    public async Task Redirect_ToPlainHttpOffThisMachineIsRefused()
    {
        _host.Then(VideoHost.Status(307, "http://cdn.example/v.mp4"));
        await Fails(DownloadFailure.Refused, "http://127.0.0.1:1/v.mp4");
        _host.Then(VideoHost.Status(307, "http://localhost:2/v.mp4"));
        await Save(address: "http://127.0.0.1:1/v.mp4");
        AssertSaved();
    }

    [Fact]
    public async Task Redirects_EndAfterFive()
    {
        _host.Then([.. Enumerable.Range(0, 5).Select(_ => VideoHost.Status(308, Address))]);
        await Save();
        AssertSaved();
        File.Delete(Final);
        _host.Requests.Clear();
        _host.Then([.. Enumerable.Range(0, 6).Select(_ => VideoHost.Status(308, Address))]);
        await Fails(DownloadFailure.Refused);
        Assert.Equal(6, _host.Requests.Count);
    }

    [Fact]
    public async Task Existing_IsKeptWithoutForceAndNothingIsAsked()
    {
        Write(Name, [1, 2, 3]);
        DownloadException failure = await Fails(DownloadFailure.FileExists);
        Assert.Contains("-Force", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_host.Requests);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Existing_IsReplacedWithForceOnlyByACompleteVideo()
    {
        Write(Name, [1, 2, 3]);
        _host.Then(VideoHost.Text("<html>", "text/html"));
        await Fails(DownloadFailure.WrongContent, force: true);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Final));
        await Save(force: true);
        AssertSaved();
    }

    [Fact]
    public async Task Existing_ThatAppearsMeanwhileIsKept()
    {
        _host.ThenChanged(_ => Write(Name, [1, 2, 3]));
        await Fails(DownloadFailure.FileExists);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Final));
        File.Delete(Final);
        await Save();
        AssertSaved();
        Assert.Single(_host.Requests);
    }

    [Fact]
    public async Task TwoSavers_TheSecondIsRefused()
    {
        using var second = new VideoDownloader(new VideoHost(_host.File), _clock);
        DownloadException? refused = null;
        _host.ThenCut(30_000, async _ =>
        {
            refused = await Assert.ThrowsAsync<DownloadException>(() => second.SaveAsync(Video(), Folder, Name, true, null, default));
            throw new IOException("reset");
        });
        await Save();
        Assert.Equal(DownloadFailure.InUse, refused!.Reason);
        AssertSaved();
        Assert.Equal(100_000, _host.Sent);
    }

    [Fact]
    public async Task Cancel_KeepsThePartForAnotherInstance()
    {
        using var stop = new CancellationTokenSource();
        _host.ThenCut(30_000, token =>
        {
            stop.Cancel();
            return Task.FromCanceled<int>(token);
        });
        using (var first = new VideoDownloader(_host, _clock))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.SaveAsync(Video(), Folder, Name, false, null, stop.Token));
        }

        Assert.Equal(_host.File[..30_000], await File.ReadAllBytesAsync(Part));
        Assert.DoesNotContain("topsecret", await File.ReadAllTextAsync(Mark), StringComparison.Ordinal);
        Assert.Empty(_clock.Delays);
        using var host = new VideoHost(_host.File);
        using var next = new VideoDownloader(host, _clock);
        await next.SaveAsync(Video(), Folder, Name, false, null, default);
        AssertSaved();
        Assert.Equal(70_000, host.Sent);
    }

    [Fact]
    public async Task Cancel_IsToldApartFromAFault()
    {
        using var stop = new CancellationTokenSource();
        _host.ThenCut(0, _ =>
        {
            stop.Cancel();
            throw new IOException("aborted");
        });
        using var downloader = new VideoDownloader(_host, _clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloader.SaveAsync(Video(), Folder, Name, false, null, stop.Token));
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
        await File.WriteAllBytesAsync(Part, _host.File[..30_000]);
        if (mark is not null)
        {
            await File.WriteAllTextAsync(Mark, mark);
        }

        await Save();
        AssertSaved();
        Assert.Equal(continued ? 70_000 : 100_000, _host.Sent);
    }

    [Fact]
    public async Task Part_ThatIsCompleteIsRenamedWithoutARequest()
    {
        await File.WriteAllBytesAsync(Part, _host.File);
        await File.WriteAllTextAsync(Mark, "kling-part 1\nvideo-one\n\"v1\"\n100000\nend\n");
        await Save();
        AssertSaved();
        Assert.Empty(_host.Requests);
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

    [Fact]
    public async Task Disk_IsSaidWhenTheFolderCannotBe()
    {
        string file = Write("notafolder", [1]);
        using var downloader = new VideoDownloader(_host, _clock);
        var failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(Video(), file, Name, false, null, default));
        Assert.Equal(DownloadFailure.Disk, failure.Reason);
        Directory.CreateDirectory(Final);
        await Fails(DownloadFailure.Disk, force: true);
        Assert.Empty(_host.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b.mp4")]
    [InlineData("a\\b.mp4")]
    public async Task FileName_MustBePlain(string name)
    {
        using var downloader = new VideoDownloader(_host, _clock);
        await Assert.ThrowsAsync<ArgumentException>(() => downloader.SaveAsync(Video(), Folder, name, false, null, default));
    }

    private static byte[] Mp4(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        Convert.FromHexString("0000001866747970").CopyTo(bytes, 0);
        return bytes;
    }

    private static KlingVideo Video(string address = Address) => new() { VideoId = "video-one", VideoUrl = address };

    private async Task<string> Save(IProgress<long>? progress = null, string address = Address, bool force = false)
    {
        // The host outlives the downloader, which would dispose it.
        var downloader = new VideoDownloader(_host, _clock);
        return await downloader.SaveAsync(Video(address), Folder, Name, force, progress, default);
    }

    private async Task<DownloadException> Fails(DownloadFailure reason, string address = Address, bool force = false)
    {
        var failure = await Assert.ThrowsAsync<DownloadException>(() => Save(address: address, force: force));
        Assert.Equal((reason, "video-one", Name), (failure.Reason, failure.VideoId, failure.FileName));
        Assert.Contains(Name, failure.Message, StringComparison.Ordinal);
        Assert.Contains(new Uri(address).Host, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("can be repeated", failure.Message, StringComparison.Ordinal);
        return failure;
    }

    private void AssertSaved()
    {
        Assert.Equal(_host.File, File.ReadAllBytes(Final));
        Assert.Equal([Final], Directory.GetFiles(Folder));
    }

    private sealed class Heard : IProgress<long>
    {
        internal List<long> Values { get; } = [];

        public void Report(long value) => Values.Add(value);
    }
}
