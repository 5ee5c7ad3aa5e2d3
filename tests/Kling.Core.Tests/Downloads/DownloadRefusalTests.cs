using Kling.Downloads;
using Kling.Models;

namespace Kling.Core.Tests.Downloads;

/// <summary>What is never saved, never asked for and never followed.</summary>
public class DownloadRefusalTests : DownloadBench
{
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
        Host.Then(VideoHost.Text(text, type));
        await Fails(DownloadFailure.WrongContent);
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Single(Host.Requests);
    }

    [Fact]
    public async Task ProxyOfAFailedDownload_IsNamedWithoutItsPassword()
    {
        var proxy = new HttpRequestException("The proxy tunnel request to proxy 'http://someone:topsecret@proxy.example:8080/' failed with status code '407'.");
        using var handler = Client.FakeHandler.Throwing(() => new HttpRequestException("An error occurred while sending the request.", proxy));
        using var downloader = new VideoDownloader(handler, Clock);
        DownloadException failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(Video(), Folder, Name, null, default));
        Assert.DoesNotContain("topsecret", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("proxy.example:8080", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_DoesNotCostThePart()
    {
        Host.ThenCut(30_000);
        Host.Then(VideoHost.Text("<html></html>", "video/mp4"));
        await Fails(DownloadFailure.WrongContent);
        Assert.Equal(Host.File[..30_000], await File.ReadAllBytesAsync(Part));
        await Save();
        AssertSaved();
        Assert.Equal(100_000, Host.Sent);
    }

    [Theory]
    [InlineData("a.webm", "720x720-5s.webm", true)]
    [InlineData("a.mp4", "720x720-5s.webm", false)]
    [InlineData("a.mov", "720x720-5s.webm", false)]
    [InlineData("a.webm", "720x720-5s.mp4", false)]
    [InlineData("a.MOV", "720x720-5s.mov", true)]
    [InlineData("a.mov", "720x720-5s.mp4", true)]
    [InlineData("a.bin", "720x720-5s.webm", true)]
    [InlineData("a", "720x720-5s.mp4", true)]
    public async Task Container_MustFitTheName(string name, string sample, bool fits)
    {
        Host.File = VideoSamples.Read(sample);
        using var downloader = new VideoDownloader(Host, Clock);
        Task<string> saving = downloader.SaveAsync(Video(), Folder, name, null, default);
        if (fits)
        {
            Assert.Equal(Host.File, await File.ReadAllBytesAsync(await saving));
        }
        else
        {
            Assert.Equal(DownloadFailure.WrongContent, (await Assert.ThrowsAsync<DownloadException>(() => saving)).Reason);
            Assert.Empty(Directory.GetFiles(Folder));
            Assert.Single(Host.Requests);
        }
    }

    [Theory]
    [InlineData("a.mov", "000000086D6F6F76", true)]
    [InlineData("a.mp4", "000000086D6F6F76", false)]
    [InlineData("a", "0000000000000000", false)]
    public void FirstBytes_TellTheContainer(string name, string head, bool fits) =>
        Assert.Equal(fits, VideoSignature.Mismatch(name, Convert.FromHexString(head), 8) is null);

    [Theory]
    [InlineData(401, DownloadFailure.Expired)]
    [InlineData(403, DownloadFailure.Expired)]
    [InlineData(404, DownloadFailure.NotFound)]
    [InlineData(410, DownloadFailure.NotFound)]
    public async Task RefusedAddress_IsNamedWithItsStatus(int status, DownloadFailure reason)
    {
        Host.Then(VideoHost.Status(status));
        DownloadException failure = await Fails(reason);
        Assert.Contains($"(status {status})", failure.Message, StringComparison.Ordinal);
        Assert.Single(Host.Requests);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Expired_InBetween_KeepsThePartForAFreshAddress()
    {
        Host.ThenCut(30_000);
        Host.Then(VideoHost.Status(403));
        await Fails(DownloadFailure.Expired);
        await Save(address: "https://other.example/fresh.mp4");
        AssertSaved();
        Assert.Equal(100_000, Host.Sent);
    }

    [Theory]
    [InlineData("http://videos.example/v.mp4")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://videos.example/v.mp4")]
    public async Task Address_MustBeHttps(string address)
    {
        await Fails(DownloadFailure.AddressNotAllowed, address);
        Assert.Empty(Host.Requests);
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
        using var downloader = new VideoDownloader(Host, Clock);
        var failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(new KlingVideo { VideoId = "v", VideoUrl = address }, Folder, Name, null, default));
        Assert.Equal((DownloadFailure.NoAddress, "v", Name), (failure.Reason, failure.VideoId, failure.FileName));
    }

    [Theory]
    [InlineData("/elsewhere/v.mp4", "https://videos.example/elsewhere/v.mp4")]
    [InlineData("next.mp4?x=1", "https://videos.example/v/next.mp4?x=1")]
    [InlineData("//cdn.example/v.mp4", "https://cdn.example/v.mp4")]
    [InlineData("https://cdn.example/v.mp4?s=%2F", "https://cdn.example/v.mp4?s=%2F")]
    public async Task Redirect_IsFollowed(string location, string expected)
    {
        Host.Then(VideoHost.Status(302, location));
        Host.ThenCut(30_000);
        await Save();
        AssertSaved();
        Assert.Equal(new Uri(expected), Host.Requests[1].RequestUri);
        Assert.Equal(new Uri(Address), Host.Requests[2].RequestUri);
        Assert.All(Host.Requests, request => Assert.Null(request.Headers.Authorization));
        Assert.All(Host.Requests, request => Assert.False(request.Headers.Contains("Cookie")));
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
        Host.Then(VideoHost.Status(302, location));
        await Fails(location is null ? DownloadFailure.RedirectLoop : DownloadFailure.AddressNotAllowed);
        Assert.Single(Host.Requests);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Redirect_ToPlainHttpOffThisMachineIsRefused()
    {
        Host.Then(VideoHost.Status(307, "http://cdn.example/v.mp4"));
        await Fails(DownloadFailure.AddressNotAllowed, "http://127.0.0.1:1/v.mp4");
        Host.Then(VideoHost.Status(307, "http://localhost:2/v.mp4"));
        await Save(address: "http://127.0.0.1:1/v.mp4");
        AssertSaved();
    }

    [Fact]
    public async Task Redirects_EndAfterFive()
    {
        Host.Then([.. Enumerable.Range(0, 5).Select(_ => VideoHost.Status(308, Address))]);
        await Save();
        AssertSaved();
        File.Delete(Final);
        Host.Requests.Clear();
        Host.Then([.. Enumerable.Range(0, 6).Select(_ => VideoHost.Status(308, Address))]);
        await Fails(DownloadFailure.RedirectLoop);
        Assert.Equal(6, Host.Requests.Count);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Existing_IsKeptWithoutForceAndNothingIsAsked()
    {
        Write(Name, [1, 2, 3]);
        DownloadException failure = await Fails(DownloadFailure.FileExists);
        Assert.Contains("exists already and is kept", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Host.Requests);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Existing_IsReplacedWithForceOnlyByACompleteVideo()
    {
        Write(Name, [1, 2, 3]);
        Host.Then(VideoHost.Text("<html>", "text/html"));
        await Fails(DownloadFailure.WrongContent, force: true);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Final));
        await Save(force: true);
        AssertSaved();
    }

    [Fact]
    public async Task Existing_ThatAppearsMeanwhileIsKept()
    {
        Host.ThenChanged(_ => Write(Name, [1, 2, 3]));
        await Fails(DownloadFailure.FileExists);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Final));
        File.Delete(Final);
        await Save();
        AssertSaved();
        Assert.Single(Host.Requests);
    }

    [Fact]
    public async Task Disk_IsSaidWhenTheFolderCannotBe()
    {
        string file = Write("notafolder", [1]);
        using var downloader = new VideoDownloader(Host, Clock);
        var failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(Video(), file, Name, null, default));
        Assert.Equal(DownloadFailure.Disk, failure.Reason);
        Directory.CreateDirectory(Final);
        await Fails(DownloadFailure.Disk, force: true);
        Assert.Empty(Host.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b.mp4")]
    [InlineData("a\\b.mp4")]
    public async Task FileName_MustBePlain(string name)
    {
        using var downloader = new VideoDownloader(Host, Clock);
        await Assert.ThrowsAsync<ArgumentException>(() => downloader.SaveAsync(Video(), Folder, name, null, default));
    }
}
