using System.Net;
using System.Text;
using Kling.Client;
using Kling.Core.Tests.Client;
using Kling.Downloads;
using Kling.Models;
using Kling.Polling;

namespace Kling.Core.Tests.Downloads;

/// <summary>Videos that come inside of the service's reply: written as they come in, and checked like a download.</summary>
public class InlineVideoTests : DownloadBench
{
    private static readonly Uri s_service = new("https://api.example/v1");
    private readonly Guid _task = Guid.NewGuid();
    private readonly Queue<Func<string>> _replies = new();
    private int _calls;

    [Fact]
    public async Task Video_OfMoreThanTheLongestReply_IsSaved()
    {
        byte[] video = Mp4(20_000_000, 1);
        _replies.Enqueue(() => Reply(("video-one", video)));
        Assert.Equal(Final, await Take());
        Assert.Equal(video, await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Siblings_AreToldApartByTheirIds()
    {
        byte[] mine = Mp4(5000, 1);
        byte[] other = Mp4(6000, 2);
        _replies.Enqueue(() => Reply(("video-two", other), ("VIDEO-ONE", mine)));
        _replies.Enqueue(() => Reply(("video-two", other), ("video-one", mine)));
        await Take();
        Assert.Equal(mine, await File.ReadAllBytesAsync(Final));
        Assert.Equal(2, _calls);
    }

    [Fact]
    public async Task CutReplies_AreAskedForAgain()
    {
        byte[] video = Mp4(50_000, 1);
        _replies.Enqueue(() => Reply(("video-one", video))[..40_000]);
        _replies.Enqueue(() => "");
        _replies.Enqueue(() => """{"errors":[{"code":"serverError","message":"later"}]}""");
        _replies.Enqueue(() => Reply(("video-one", video[..30_000])));
        _replies.Enqueue(() => Reply(("video-one", video)));
        await Take();
        Assert.Equal(video, await File.ReadAllBytesAsync(Final));
        Assert.Equal((5, 4), (_calls, Clock.Delays.Count));
    }

    [Fact]
    public async Task VideoThatStaysCut_IsAnError_AndNothingIsKept()
    {
        byte[] video = Mp4(50_000, 1);
        for (int i = 0; i < 6; i++)
        {
            _replies.Enqueue(() => Reply(("video-one", video[..30_000])));
        }

        await FailsToTake(DownloadFailure.Incomplete, new DownloadOptions());
        Assert.Equal(5, _calls);
    }

    [Fact]
    public async Task Limits_HoldHereToo()
    {
        _replies.Enqueue(() => Reply(("video-one", Mp4(50_000, 1))));
        await FailsToTake(DownloadFailure.TooLarge, new DownloadOptions { MaxBytes = 40_000 });
        _replies.Enqueue(() =>
        {
            Clock.UtcNow += TimeSpan.FromSeconds(11);
            return Reply(("video-one", Mp4(50_000, 1)));
        });
        await FailsToTake(DownloadFailure.TooSlow, new DownloadOptions { Time = TimeSpan.FromSeconds(10) });
        _replies.Enqueue(() => Reply(("video-one", [1, 2, 3, 4, 5, 6, 7, 8, 9])));
        await FailsToTake(DownloadFailure.WrongContent, new DownloadOptions());
    }

    [Theory]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[{"taskType":"videoInference","taskUUID":"T","status":"success","videoUUID":"video-one","cost":1}]}""")]
    [InlineData("""{"errors":[{"code":"taskNotFound","message":"gone","taskUUID":"T"}]}""")]
    public async Task ReplyWithoutTheVideo_IsNoVideo(string reply)
    {
        _replies.Enqueue(() => reply.Replace("\"T\"", $"\"{_task}\""));
        Assert.Null(await Take());
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Equal(1, _calls);
    }

    private async Task<string?> Take(DownloadOptions? options = null)
    {
        using HttpClient http = HttpClientFactory.CreateApi(new FakeHandler((_, _, _) =>
        {
            _calls++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(_replies.Dequeue()())) });
        }));
        var inline = new InlineVideos(new KlingApi(http, s_service, new Credential("a-key-for-the-tests"), Clock));
        var downloader = new VideoDownloader(Host, Clock);
        var video = new KlingVideo { VideoId = "video-one" };
        var source = new InlineSource(s_service, 0, (number, write, token) => inline.ReadAsync(_task, video.VideoId, number, write, token));
        return await downloader.SaveAsync(video, Folder, Name, source, options ?? new DownloadOptions(), default);
    }

    private async Task FailsToTake(DownloadFailure reason, DownloadOptions options)
    {
        var failure = await Assert.ThrowsAsync<DownloadException>(() => Take(options));
        Assert.Equal(reason, failure.Reason);
        Assert.Contains("api.example", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    private string Reply(params (string Id, byte[] Video)[] videos) => "{\"data\":[" + string.Join(",", videos.Select(video =>
        $$"""{"taskType":"videoInference","taskUUID":"{{_task}}","status":"success","videoUUID":"{{video.Id}}","videoBase64Data":"{{Convert.ToBase64String(video.Video)}}"}""")) + "]}";
}
