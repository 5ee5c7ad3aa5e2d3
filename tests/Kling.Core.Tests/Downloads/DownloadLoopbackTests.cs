using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Sandbox;
using Kling.Core.Tests.Support;
using Kling.Downloads;
using Kling.Models;
using Kling.Sandbox;

namespace Kling.Core.Tests.Downloads;

/// <summary>The downloader's own connection, against real sockets on this machine.</summary>
public class DownloadLoopbackTests : TempFolder
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task RealConnection_GetsOverEveryBreak()
    {
        using var server = Server(
            new(SandboxFaultKind.TruncatedDownload),
            new(SandboxFaultKind.Reset, 1, SandboxFaultTarget.Download),
            new(SandboxFaultKind.Stall, 1, SandboxFaultTarget.Download),
            new(SandboxFaultKind.Server503Html, 1, SandboxFaultTarget.Download));
        KlingVideo video = Finished(server);
        using var downloader = new VideoDownloader(null, _clock) { Stall = TimeSpan.FromSeconds(2) };
        string path = await downloader.SaveAsync(video, Folder, "a.mp4", null, default);
        using var http = new HttpClient();
        Assert.Equal(await http.GetByteArrayAsync(video.VideoUrl), await File.ReadAllBytesAsync(path));
        Assert.Equal([path], Directory.GetFiles(Folder));
        Assert.Equal(4, _clock.Delays.Count);
    }

    [Theory]
    [InlineData(SandboxFaultKind.WrongContentDownload, DownloadFailure.WrongContent)]
    [InlineData(SandboxFaultKind.ExpiredDownload, DownloadFailure.NotFound)]
    [InlineData(SandboxFaultKind.TruncatedDownload, DownloadFailure.Incomplete)]
    [InlineData(SandboxFaultKind.Server500Empty, DownloadFailure.Unreachable)]
    public async Task RealConnection_SaysWhatIsWrong(SandboxFaultKind kind, DownloadFailure reason)
    {
        using var server = Server(new SandboxFault(kind, -1, SandboxFaultTarget.Download));
        using var downloader = new VideoDownloader(null, _clock);
        var failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(Finished(server), Folder, "a.mp4", null, default));
        Assert.Equal(reason, failure.Reason);
        Assert.DoesNotContain("a.mp4", Directory.GetFiles(Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task RealConnection_RefusedIsUnreachable()
    {
        KlingVideo video;
        using (SandboxServer server = Server())
        {
            video = Finished(server);
        }

        using var downloader = new VideoDownloader(null, _clock);
        var failure = await Assert.ThrowsAsync<DownloadException>(() => downloader.SaveAsync(video, Folder, "a.mp4", null, default));
        Assert.Equal(DownloadFailure.Unreachable, failure.Reason);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    private SandboxServer Server(params SandboxFault[] faults) =>
        new(new SandboxOptions { ApiKey = SandboxBench.Key, Clock = _clock, GenerationDelay = SandboxBench.Delay, Faults = faults });

    private KlingVideo Finished(SandboxServer server)
    {
        Guid id = Guid.NewGuid();
        Assert.Equal(200, server.Engine.Handle(SandboxBench.Request(new JsonArray(SandboxBench.Task(id)).ToJsonString())).Status);
        _clock.UtcNow += 10 * SandboxBench.Delay;
        JsonElement item = SandboxBench.Json(server.Engine.Handle(SandboxBench.Request(new JsonArray(SandboxBench.Look(id)).ToJsonString()))).GetProperty("data")[0];
        return new KlingVideo { VideoId = item.GetProperty("videoUUID").GetString()!, VideoUrl = item.GetProperty("videoURL").GetString() };
    }
}
