using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Kling.Core.Tests.Support;
using Kling.Media;
using Kling.Models;

namespace Kling.Core.Tests.Media;

public sealed class VideoDownloaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kling").FullName;
    private readonly FakeClock _clock = new();
    private readonly KlingVideo _video = new() { VideoId = "v1", VideoUrl = "https://vm.example.com/v1.mp4?token=secret" };
    private readonly byte[] _content = Mp4(300_000);

    private string Target => Path.Combine(_folder, "a.mp4");

    private string Part => Target + ".part";

    private string Mark => Target + ".part.etag";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Save_WholeVideo_AppearsUnderItsNameAlone()
    {
        var progress = new List<long>();
        var handler = new StubHandler((_, _) => Full());

        string path = await Save(handler, progress: new Sink(progress));

        Assert.Equal(Target, path);
        Assert.Equal(_content, File.ReadAllBytes(path));
        Assert.Equal(["a.mp4"], Names());
        Assert.Equal(_content.Length, progress[^1]);
        Assert.Equal(progress.Order(), progress);
        Assert.All(handler.Requests, request => Assert.Null(request.Headers.Authorization));
    }

    [Fact]
    public async Task Save_FolderMissing_IsMade()
    {
        string folder = Path.Combine(_folder, "x", "y");

        await new VideoDownloader(new StubHandler((_, _) => Full()), _clock).SaveAsync(_video, folder, "a.mp4", false, null, default);

        Assert.True(File.Exists(Path.Combine(folder, "a.mp4")));
    }

    [Fact]
    public async Task Save_FileExists_IsRefusedBeforeAnythingIsAsked()
    {
        File.WriteAllText(Target, "mine");
        var handler = new StubHandler((_, _) => Full());

        DownloadException failure = await Fails(handler);

        Assert.Equal(DownloadFailure.FileExists, failure.Reason);
        Assert.Empty(handler.Requests);
        Assert.Equal("mine", File.ReadAllText(Target));
        Assert.Equal(["a.mp4"], Names());
    }

    [Fact]
    public async Task Save_FileExistsAndForced_IsReplaced()
    {
        File.WriteAllText(Target, "mine");

        await Save(new StubHandler((_, _) => Full()), force: true);

        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(["a.mp4"], Names());
    }

    [Fact]
    public async Task Save_ForcedButFailing_KeepsTheOldFile()
    {
        File.WriteAllText(Target, "mine");

        await Assert.ThrowsAsync<DownloadException>(() => Save(new StubHandler((_, _) => Status(404)), force: true));

        Assert.Equal("mine", File.ReadAllText(Target));
    }

    [Fact]
    public async Task Save_FileAppearsMeanwhile_IsNotOverwritten()
    {
        var handler = new StubHandler((_, _) =>
        {
            File.WriteAllText(Target, "mine");
            return Full();
        });

        DownloadException failure = await Fails(handler);

        Assert.Equal(DownloadFailure.FileExists, failure.Reason);
        Assert.Equal("mine", File.ReadAllText(Target));
    }

    [Fact]
    public async Task Save_BrokenConnection_GoesOnWhereItEnded()
    {
        var handler = new StubHandler((request, n) => n == 1 ? Cut(100_000, CutStream.Ending.Broken) : Rest(request));

        await Save(handler);

        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal("bytes=100000-", handler.Requests[1].Headers.Range!.ToString());
        Assert.Equal("\"one\"", handler.Requests[1].Headers.GetValues("If-Range").Single());
        Assert.Single(_clock.Delays);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Save_TooShort_IsNotTakenForWhole(int ending)
    {
        CutStream.Ending how = ending == 0 ? CutStream.Ending.Broken : CutStream.Ending.Short;
        var handler = new StubHandler((request, n) => n == 1 ? Cut(100_000, how) : Cut(0, how, 100_000));

        DownloadException failure = await Fails(handler);

        Assert.Equal((DownloadFailure.Incomplete, 4), (failure.Reason, handler.Requests.Count));
        Assert.False(File.Exists(Target));
        Assert.Equal(_content[..100_000], File.ReadAllBytes(Part));
        Assert.True(File.Exists(Mark));
    }

    [Fact]
    public async Task Save_LaterTry_GoesOnFromThePart()
    {
        await Fails(new StubHandler((_, n) => n == 1 ? Cut(100_000, CutStream.Ending.Broken) : Status(503)));
        var handler = new StubHandler((request, _) => Rest(request));

        await Save(handler);

        Assert.Equal("bytes=100000-", Assert.Single(handler.Requests).Headers.Range!.ToString());
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(["a.mp4"], Names());
    }

    [Fact]
    public async Task Save_PartOfAnotherVideo_IsNotContinued()
    {
        File.WriteAllBytes(Part, _content[..5000]);
        File.WriteAllText(Mark, "other\n\"one\"\n");
        var handler = new StubHandler((_, _) => Full());

        await Save(handler);

        Assert.Null(Assert.Single(handler.Requests).Headers.Range);
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Save_PartWithoutAMark_IsNotContinued()
    {
        File.WriteAllBytes(Part, new byte[5000]);
        var handler = new StubHandler((_, _) => Full());

        await Save(handler);

        Assert.Null(Assert.Single(handler.Requests).Headers.Range);
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Save_FileChangedAtTheHost_StartsAnew()
    {
        File.WriteAllBytes(Part, new byte[5000]);
        File.WriteAllText(Mark, "v1\n\"old\"\n");

        await Save(new StubHandler((_, _) => Full()));

        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Save_PartFromAnotherPlaceOrVersion_StartsAnew()
    {
        File.WriteAllBytes(Part, new byte[5000]);
        File.WriteAllText(Mark, "v1\n\"old\"\n");
        var handler = new StubHandler((request, n) => n == 1 ? Rest(request) : Full());

        await Save(handler);

        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Null(handler.Requests[1].Headers.Range);
    }

    [Fact]
    public async Task Save_WeakOrNoVersion_IsNeverContinued()
    {
        var handler = new StubHandler((request, n) =>
        {
            HttpResponseMessage response = n == 1 ? Cut(100_000, CutStream.Ending.Broken) : Full();
            response.Headers.ETag = n == 1 ? new EntityTagHeaderValue("\"one\"", isWeak: true) : null;
            return response;
        });

        await Save(handler);

        Assert.Null(handler.Requests[1].Headers.Range);
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Save_PartAlreadyWhole_IsFinished()
    {
        File.WriteAllBytes(Part, _content);
        File.WriteAllText(Mark, "v1\n\"one\"\n");
        var handler = new StubHandler((_, _) =>
        {
            HttpResponseMessage response = Status(416);
            response.Content.Headers.ContentRange = new ContentRangeHeaderValue(_content.Length);
            return response;
        });

        await Save(handler);

        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Save_PartLongerThanTheFile_StartsAnew()
    {
        File.WriteAllBytes(Part, new byte[_content.Length + 1]);
        File.WriteAllText(Mark, "v1\n\"one\"\n");
        var handler = new StubHandler((_, n) =>
        {
            if (n > 1)
            {
                return Full();
            }

            HttpResponseMessage response = Status(416);
            response.Content.Headers.ContentRange = new ContentRangeHeaderValue(_content.Length);
            return response;
        });

        await Save(handler);

        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Save_AddressExpired_SaysSoAndThatTheVideoWasPaid(int status)
    {
        var handler = new StubHandler((_, _) => Status(status));

        DownloadException failure = await Fails(handler);

        Assert.Equal((DownloadFailure.Expired, "v1", "vm.example.com", "a.mp4"), (failure.Reason, failure.VideoId, failure.Host, failure.FileName));
        Assert.Contains("expired", failure.Message, StringComparison.Ordinal);
        Assert.Contains("paid", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(handler.Requests);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Save_ExpiredWhileContinuing_KeepsThePart()
    {
        await Fails(new StubHandler((_, n) => n == 1 ? Cut(100_000, CutStream.Ending.Broken) : Status(410)));

        Assert.Equal(100_000, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task Save_HostOverloaded_WaitsAsAskedAndTriesAgain()
    {
        var handler = new StubHandler((_, n) =>
        {
            HttpResponseMessage response = n == 1 ? Status(503) : Full();
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(17));
            return response;
        });

        await Save(handler);

        Assert.Equal([TimeSpan.FromSeconds(17)], _clock.Delays);
    }

    [Fact]
    public async Task Save_HangingHost_GivesUpAfterFourPatientTries()
    {
        var handler = new StubHandler((_, n) => Cut(n == 1 ? 1000 : 0, CutStream.Ending.Hanging, n == 1 ? 0 : 1000));

        DownloadException failure = await Fails(handler);

        Assert.Equal((DownloadFailure.Incomplete, 4), (failure.Reason, handler.Requests.Count));
        Assert.Equal(4, _clock.Delays.Count(delay => delay == TimeSpan.FromSeconds(60)));
        Assert.Contains("60 s", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, bool> Kinds => new()
    {
        { "a.mp4", "mp4", true },
        { "a.MOV", "mp4", true },
        { "a.mov", "moov", true },
        { "a.webm", "webm", true },
        { "a.mp4", "webm", false },
        { "a.webm", "mp4", false },
        { "a.mp4", "html", false },
        { "a.mp4", "tiny", false },
        { "a.bin", "html", false },
        { "a.bin", "webm", true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Save_Kind_IsCheckedBeforeTheNameIsGiven(string name, string kind, bool good)
    {
        byte[] content = kind switch
        {
            "mp4" => Mp4(100),
            "moov" => [0, 0, 0, 32, .. "moov"u8, .. new byte[24]],
            "webm" => [0x1A, 0x45, 0xDF, 0xA3, .. new byte[40]],
            "tiny" => [1, 2],
            _ => Encoding.ASCII.GetBytes("<html>gone fishing</html>"),
        };
        var handler = new StubHandler((_, _) => Body(HttpStatusCode.OK, new ByteArrayContent(content)));
        using var downloader = new VideoDownloader(handler, _clock);
        Task<string> save = downloader.SaveAsync(_video, _folder, name, false, null, default);

        if (good)
        {
            Assert.Equal(content, File.ReadAllBytes(await save));
            return;
        }

        Assert.Equal(DownloadFailure.NotAVideo, (await Assert.ThrowsAsync<DownloadException>(() => save)).Reason);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Save_EmptyFile_IsNotAVideo()
    {
        DownloadException failure = await Fails(new StubHandler((_, _) => Body(HttpStatusCode.OK, new ByteArrayContent([]))));

        Assert.Equal(DownloadFailure.Incomplete, failure.Reason);
        Assert.Empty(Names());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("http://vm.example.com/v.mp4")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://vm.example.com/v.mp4")]
    public async Task Save_UnusableAddress_IsNotAsked(string? url)
    {
        var handler = new StubHandler((_, _) => Full());
        using var downloader = new VideoDownloader(handler, _clock);

        DownloadException failure = await Assert.ThrowsAsync<DownloadException>(
            () => downloader.SaveAsync(new KlingVideo { VideoId = "v1", VideoUrl = url }, _folder, "a.mp4", false, null, default));

        Assert.Equal(DownloadFailure.UnusableUrl, failure.Reason);
        Assert.Empty(handler.Requests);
    }

    [Theory]
    [InlineData("https://cdn.example.com/x.mp4", true)]
    [InlineData("/moved.mp4", true)]
    [InlineData("http://cdn.example.com/x.mp4", false)]
    [InlineData("http://127.0.0.1/x.mp4", false)]
    [InlineData("file:///etc/passwd", false)]
    public async Task Save_Redirect_IsFollowedToHttpsOnly(string location, bool allowed)
    {
        var handler = new StubHandler((_, n) =>
        {
            if (n > 1)
            {
                return Full();
            }

            HttpResponseMessage response = Status(302);
            response.Headers.Location = new Uri(location, UriKind.RelativeOrAbsolute);
            return response;
        });

        if (allowed)
        {
            await Save(handler);
            Assert.Equal(Uri.UriSchemeHttps, handler.Requests[1].RequestUri!.Scheme);
            Assert.All(handler.Requests, request => Assert.Null(request.Headers.Authorization));
        }
        else
        {
            Assert.Equal(DownloadFailure.UnusableUrl, (await Fails(handler)).Reason);
            Assert.Single(handler.Requests);
        }
    }

    [Fact]
    public async Task Save_RedirectLoop_Ends()
    {
        var handler = new StubHandler((request, _) =>
        {
            HttpResponseMessage response = Status(307);
            response.Headers.Location = request.RequestUri;
            return response;
        });

        Assert.Equal(DownloadFailure.UnusableUrl, (await Fails(handler)).Reason);
        Assert.InRange(handler.Requests.Count, 2, 10);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../a.mp4")]
    [InlineData("b/a.mp4")]
    [InlineData("b\\a.mp4")]
    public async Task Save_NameWithAPath_IsRefused(string name)
    {
        using var downloader = new VideoDownloader(new StubHandler((_, _) => Full()), _clock);

        await Assert.ThrowsAsync<ArgumentException>(() => downloader.SaveAsync(_video, _folder, name, true, null, default));
    }

    [Fact]
    public async Task Save_TwoAtOnceUnderOneName_OneWinsAndTheFileIsWhole()
    {
        Task<string>? second = null;
        using var other = new VideoDownloader(new StubHandler((_, _) => Full()), _clock);
        var handler = new StubHandler((_, _) =>
        {
            second = other.SaveAsync(_video, _folder, "a.mp4", false, null, default);
            return Full();
        });

        await Save(handler);

        Assert.Equal(DownloadFailure.Busy, (await Assert.ThrowsAsync<DownloadException>(() => second!)).Reason);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(["a.mp4"], Names());
    }

    [Fact]
    public async Task Save_Cancelled_KeepsThePartForTheNextTry()
    {
        using var stop = new CancellationTokenSource();
        using var downloader = new VideoDownloader(new StubHandler((_, _) => Cut(100_000, CutStream.Ending.Hanging)), new PatientClock());
        var progress = new Sink([], bytes =>
        {
            if (bytes == 100_000)
            {
                stop.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => downloader.SaveAsync(_video, _folder, "a.mp4", false, progress, stop.Token).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal(_content[..100_000], File.ReadAllBytes(Part));
        await Save(new StubHandler((request, _) => Rest(request)));
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Save_RandomCutsOverARealConnection_EndsWithTheWholeFile()
    {
        int continued = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            int[] cuts = [random.Next(1, 90_000), random.Next(1, 90_000), random.Next(1, 90_000)];
            using var host = new LoopbackHost(_content, n => n <= cuts.Length ? cuts[n - 1] : int.MaxValue);
            using var downloader = new VideoDownloader(clock: new PatientClock());
            var video = new KlingVideo { VideoId = "v1", VideoUrl = host.Url.AbsoluteUri };

            string path = await downloader.SaveAsync(video, _folder, $"{seed}.mp4", false, null, default).WaitAsync(TimeSpan.FromSeconds(60));

            Assert.Equal(_content, File.ReadAllBytes(path));
            Assert.All(host.Heads, head => Assert.DoesNotContain("Authorization", head, StringComparison.OrdinalIgnoreCase));
            Assert.Equal(4, host.Requests);
            continued += host.Heads.Count(head => head.Contains("If-Range: \"one\"", StringComparison.Ordinal));
        }

        Assert.True(continued >= 20, $"only {continued} of 60 tries went on from what was there");
    }

    private static byte[] Mp4(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        byte[] head = [0, 0, 0, 24, .. "ftypmp42"u8];
        head.CopyTo(bytes, 0);
        return bytes;
    }

    private static HttpResponseMessage Status(int status) => Body((HttpStatusCode)status, new ByteArrayContent([]));

    private static HttpResponseMessage Body(HttpStatusCode status, HttpContent content) => new(status) { Content = content };

    private HttpResponseMessage Full() => Tagged(Body(HttpStatusCode.OK, new ByteArrayContent(_content)));

    private HttpResponseMessage Rest(HttpRequestMessage request)
    {
        int from = (int)request.Headers.Range!.Ranges.Single().From!.Value;
        HttpResponseMessage response = Tagged(Body(HttpStatusCode.PartialContent, new ByteArrayContent(_content[from..])));
        response.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, _content.Length - 1, _content.Length);
        return response;
    }

    private HttpResponseMessage Cut(int good, CutStream.Ending ending, int from = 0)
    {
        HttpResponseMessage response = Tagged(Body(
            from == 0 ? HttpStatusCode.OK : HttpStatusCode.PartialContent, new StreamContent(new CutStream(_content[from..], good, ending))));
        response.Content.Headers.ContentLength = _content.Length - from;
        if (from > 0)
        {
            response.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, _content.Length - 1, _content.Length);
        }

        return response;
    }

    private static HttpResponseMessage Tagged(HttpResponseMessage response)
    {
        response.Headers.ETag = new EntityTagHeaderValue("\"one\"");
        return response;
    }

    private async Task<string> Save(StubHandler handler, bool force = false, IProgress<long>? progress = null)
    {
        using var downloader = new VideoDownloader(handler, _clock);
        return await downloader.SaveAsync(_video, _folder, "a.mp4", force, progress, default);
    }

    private Task<DownloadException> Fails(StubHandler handler) => Assert.ThrowsAsync<DownloadException>(() => Save(handler));

    private string[] Names() => [.. Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order()];

    private sealed class Sink(List<long> values, Action<long>? then = null) : IProgress<long>
    {
        public void Report(long value)
        {
            values.Add(value);
            then?.Invoke(value);
        }
    }
}
