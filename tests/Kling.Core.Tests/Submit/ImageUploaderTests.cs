using Kling.Core.Tests.Images;
using Kling.Core.Tests.Support;
using Kling.Images;
using Kling.Journal;
using Kling.Models;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

public class ImageUploaderTests : TempFolder
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task SameBytes_AreSentOnce_WhateverTheFileIsCalled()
    {
        ScriptedApi api = Api(Store);
        byte[] bytes = Pictures.Png(width: 640, height: 480, extra: 5);
        KlingImage first = await Uploader(api).UploadAsync(ImageFile.Load(Write("a.png", bytes)), false, null, null, default);
        KlingImage second = await Uploader(api).UploadAsync(ImageFile.Load(Write("b.png", bytes)), false, null, null, default);
        KlingImage other = await Uploader(api).UploadAsync(ImageFile.Load(Write("c.png", Pictures.Png(extra: 6))), false, null, null, default);
        Assert.Equal(2, api.Calls.Count);
        Assert.Equal(first.MediaUUID, second.MediaUUID);
        Assert.NotEqual(first.MediaUUID, other.MediaUUID);
        Assert.Equal((false, true), (first.IsReused, second.IsReused));
        Assert.Equal(first.UploadedAt, second.UploadedAt);
        Assert.Equal((640, 480, (long)bytes.Length), (second.PixelWidth, second.PixelHeight, second.Bytes));
        Assert.EndsWith("b.png", second.Source, StringComparison.Ordinal);
        Assert.Equal(api.Endpoint.AbsoluteUri, second.Endpoint);
    }

    [Fact]
    public async Task Force_Age_AndForgetting_SendAgain()
    {
        ScriptedApi api = Api(Store);
        RequestImage image = Image();
        KlingImage first = await Uploader(api).UploadAsync(image, false, null, null, default);
        Assert.False((await Uploader(api).UploadAsync(image, true, null, null, default)).IsReused);
        Assert.Equal(2, api.Calls.Count);
        _clock.UtcNow += TimeSpan.FromDays(31);
        Assert.False((await Uploader(api).UploadAsync(image, false, null, null, default)).IsReused);
        KlingImage last = await Uploader(api).UploadAsync(image, false, null, null, default);
        Assert.True(last.IsReused);
        Index(api).Forget(last.MediaUUID);
        Assert.NotEqual(last.MediaUUID, (await Uploader(api).UploadAsync(image, false, null, null, default)).MediaUUID);
        Assert.NotEqual(first.MediaUUID, last.MediaUUID);
    }

    [Fact]
    public async Task UseProlongsTheLife()
    {
        ScriptedApi api = Api(Store);
        RequestImage image = Image();
        for (int week = 0; week < 20; week++)
        {
            await Uploader(api).UploadAsync(image, false, null, null, default);
            _clock.UtcNow += TimeSpan.FromDays(7);
        }

        Assert.Single(api.Calls);
    }

    [Fact]
    public async Task SameBytesAtOnce_AreSentOnce()
    {
        var gate = new TaskCompletionSource();
        var api = new ScriptedApi(_clock, async call =>
        {
            await gate.Task;
            return Store(call);
        });
        ImageUploader uploader = Uploader(api);
        RequestImage image = Image();
        Task<KlingImage>[] uploads = [.. Enumerable.Range(0, 20).Select(_ => uploader.UploadAsync(image, false, null, null, default))];
        gate.SetResult();
        KlingImage[] images = await Task.WhenAll(uploads);
        Assert.Single(api.Calls);
        Assert.Single(images.Select(i => i.MediaUUID).Distinct());
        Assert.Equal(19, images.Count(i => i.IsReused));
    }

    [Fact]
    public async Task CancelledUpload_DoesNotBlockTheNext()
    {
        using var cancel = new CancellationTokenSource();
        var never = new TaskCompletionSource<ApiReply>();
        ScriptedApi stuck = new(_clock, call =>
        {
            call.Token.Register(() => never.TrySetCanceled(call.Token));
            return never.Task;
        });
        ImageUploader uploader = Uploader(stuck);

        // Loaded once: writing the file anew while it is sent would be a change of it.
        RequestImage image = Image();
        Task<KlingImage> first = uploader.UploadAsync(image, false, null, null, cancel.Token);
        Task<KlingImage> waiting = uploader.UploadAsync(image, false, null, null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Null(Index(stuck).Find(image.Sha256!));
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("unsent")]
    [InlineData("server")]
    [InlineData("limited")]
    [InlineData("empty")]
    public async Task UnclearOutcome_IsSentAgainUnderAnotherId(string fault)
    {
        int calls = 0;
        ScriptedApi api = Api(call => ++calls < 4 ? Fault(fault) : Store(call));
        await Uploader(api).UploadAsync(Image(), false, null, null, default);
        Assert.Equal(4, api.Calls.Count);
        Assert.Equal(4, api.Calls.SelectMany(call => call.Ids).Distinct().Count());
        Assert.All(api.Calls, call => Assert.Equal("mediaStorage", call.TaskType));
        Assert.Equal(3, _clock.Delays.Count);
    }

    [Theory]
    [InlineData("reset", KlingErrorCategory.Connection)]
    [InlineData("server", KlingErrorCategory.Server)]
    [InlineData("empty", KlingErrorCategory.Protocol)]
    public async Task NoAttemptLeft_IsAnErrorThatChargedNothing(string fault, string category)
    {
        ScriptedApi api = Api(_ => Fault(fault));
        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => Uploader(api).UploadAsync(Image(), false, null, null, default));
        Assert.Equal((category, BillingState.NotCharged), (failure.Category, failure.BillingState));
        Assert.Contains("a.png", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, api.Calls.Count);
    }

    [Fact]
    public async Task LongWait_IsNotWaitedFor()
    {
        ScriptedApi api = Api(_ => Replies.Limited(TimeSpan.FromHours(1)));
        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => Uploader(api).UploadAsync(Image(), false, null, null, default));
        Assert.Equal(KlingErrorCategory.RateLimit, failure.Category);
        Assert.Single(api.Calls);
        Assert.Empty(_clock.Delays);
    }

    [Theory]
    [InlineData("unsupportedTaskType", null)]
    [InlineData("invalidTaskType", "taskType")]
    [InlineData("unknownParameter", "operation")]
    public async Task ServiceWithoutMediaStorage_GetsTheOlderTask_AndIsAskedOnlyOnce(string code, string? parameter)
    {
        ScriptedApi api = Api(call => call.TaskType == "mediaStorage"
            ? Replies.Error(400, Replies.Failure(call.Ids[0], code, KlingErrorCategory.Validation, parameter: parameter))
            : Store(call));
        ImageUploader uploader = Uploader(api);
        await uploader.UploadAsync(Image(), false, null, null, default);
        await uploader.UploadAsync(Image(), true, null, null, default);
        Assert.Equal(["mediaStorage", "imageUpload", "imageUpload"], api.Calls.Select(call => call.TaskType));
        Assert.Contains("\"image\":\"data:image/png;base64,", api.Calls[1].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invalidValueUploadFailed", KlingErrorCategory.Validation, "media")]
    [InlineData("invalidApiKey", KlingErrorCategory.Authentication, null)]
    public async Task RefusedImage_IsAnError_AndNotSentAnotherWay(string code, string category, string? parameter)
    {
        ScriptedApi api = Api(call => Replies.Error(400, Replies.Failure(call.Ids[0], code, category, parameter: parameter)));
        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => Uploader(api).UploadAsync(Image(), false, null, null, default));
        Assert.Equal(category, failure.Category);
        Assert.Contains(code, failure.Message, StringComparison.Ordinal);
        Assert.Single(api.Calls);
    }

    [Fact]
    public async Task ChangedFile_IsAnImageError()
    {
        RequestImage image = Image();
        Write("a.png", Pictures.Png(width: 300, extra: 7));
        ScriptedApi api = Api(Store);
        await Assert.ThrowsAsync<ImageException>(() => Uploader(api).UploadAsync(image, false, null, null, default));
        Assert.Empty(api.Calls);
    }

    [Fact]
    public async Task Address_IsSentEachTime_AndItsQueryIsNotShown()
    {
        ScriptedApi api = Api(Store);
        var image = new RequestImage(ImageKind.Url, "https://x.example/a.png?token=verysecret");
        KlingImage sent = await Uploader(api).UploadAsync(image, false, null, null, default);
        await Uploader(api).UploadAsync(image, false, null, null, default);
        Assert.Equal(2, api.Calls.Count);
        Assert.DoesNotContain("verysecret", sent.Source, StringComparison.Ordinal);
        Assert.Null(sent.Sha256);
        await Assert.ThrowsAsync<ArgumentException>(() => Uploader(api).UploadAsync(new RequestImage(ImageKind.Uuid, Guid.NewGuid().ToString()), false, null, null, default));
    }

    [Fact]
    public async Task UnusableIndex_IsSaid_AndTheUploadGoesOn()
    {
        var index = new UploadIndex(Path.Combine(Folder, "u.jsonl"), Sample.Endpoint, _clock, TimeSpan.Zero, _ => throw new IOException("no space"));
        ScriptedApi api = Api(Store);
        var told = new List<JournalException>();
        var uploader = new ImageUploader(api, index, _clock);
        await uploader.UploadAsync(Image(), false, told.Add, null, default);
        Assert.Single(told);
        Assert.True((await uploader.UploadAsync(Image(), false, told.Add, null, default)).IsReused);
        Assert.Single(api.Calls);
    }

    private static ApiReply Fault(string fault) => fault switch
    {
        "reset" => Replies.Ambiguous(),
        "unsent" => Replies.Unsent(),
        "server" => Replies.Ambiguous(502),
        "limited" => Replies.Limited(TimeSpan.FromSeconds(2)),
        _ => Replies.Empty(),
    };

    private static ApiReply Store(ApiCall call) => Replies.Data(new ResultItem { TaskId = call.Ids[0], TaskType = call.TaskType, MediaId = Guid.NewGuid() });

    private ScriptedApi Api(Func<ApiCall, ApiReply> answer) => new(_clock, answer);

    private RequestImage Image() => ImageFile.Load(Write("a.png", Pictures.Png(extra: 7)));

    private UploadIndex Index(ScriptedApi api) => new(Path.Combine(Folder, "uploads.jsonl"), api.Endpoint, _clock);

    // A new one each time, as each session has: what is known comes from the disk.
    private ImageUploader Uploader(ScriptedApi api) => new(api, Index(api), _clock);
}
