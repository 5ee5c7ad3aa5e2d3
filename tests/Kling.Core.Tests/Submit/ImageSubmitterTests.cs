using System.Collections.Concurrent;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Support;
using Kling.Images;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>Images sent apart: once, again where the service forgot them, and never at the price of a second task.</summary>
public sealed class ImageSubmitterTests : TempFolder
{
    private readonly FakeClock _clock = new();
    private readonly MemoryJournal _journal = new();
    private readonly HashSet<Guid> _kept = [];
    private readonly List<string> _told = [];
    private readonly ConcurrentDictionary<string, KlingApiException> _failed = new();

    private readonly CancellationTokenSource _ending = new();

    // As the sandbox does: the same bytes get the same id again.
    private Guid? _sameId;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FiftyTasksOfOneImage_SendItOnce_AndOnceMoreWhenItIsForgotten(bool sameId)
    {
        _sameId = sameId ? Guid.NewGuid() : null;
        RequestImage image = Image();
        ScriptedApi api = Api(Answer);
        ImageSubmitter submitter = Submitter(api);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Submit(submitter, image)));
        Assert.Equal((1, 50), (Uploads(api), api.Submits.Count));

        _kept.Clear();
        KlingTask[] tasks = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Submit(submitter, image)));
        Assert.Equal(2, Uploads(api));
        Assert.All(tasks, task => Assert.Equal(BillingState.Accepted, task.BillingState));
        Assert.All(api.Submits.Skip(50).GroupBy(call => call.Ids[0]), attempts => Assert.InRange(attempts.Count(), 1, 2));
        Assert.All(api.Submits, call => Assert.DoesNotContain("iVBORw0K", call.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Record_NamesTheOriginalAndItsHash()
    {
        RequestImage image = Image();
        KlingTask task = await Submit(Submitter(Api(Answer)), image);
        KlingTask inline = await Submit(Submitter(Api(Answer)), image, ImageDelivery.Inline);
        Assert.Equal((image.Value, image.Sha256, inline.Fingerprint), (task.Image, task.ImageSha256, task.Fingerprint));
        Assert.All(_journal.Entries, entry => Assert.Equal(image.Value, entry.Task.Image));
    }

    [Fact]
    public async Task ForgottenImage_IsRefusedUncharged_ThenAcceptedUnderTheSameId()
    {
        RequestImage image = Image();
        ScriptedApi api = Api(Answer);
        ImageSubmitter submitter = Submitter(api);
        await Submit(submitter, image);
        _kept.Clear();
        KlingTask task = await Submit(submitter, image);
        Assert.Equal([task.TaskId, task.TaskId], api.Submits.Skip(1).Select(call => call.Ids[0]));
        Assert.Equal([JournalEvent.Intent, JournalEvent.NotCharged, JournalEvent.Intent, JournalEvent.Accepted], _journal.Events.Skip(2));
        Assert.Contains(_told, what => what.Contains("is sent again", StringComparison.Ordinal));
        Assert.Equal(KlingTaskStatus.Processing, task.Status);
        Assert.Empty(task.Errors);
    }

    [Fact]
    public async Task ForgottenTwice_EndsWithTheRefusal_AndIsNotCharged()
    {
        ScriptedApi api = Api(call => call.IsSubmit ? Unusable(call.Ids[0]) : Store(call));
        var failure = await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), Image()));
        Assert.Equal((BillingState.NotCharged, 2, 2), (failure.BillingState, Uploads(api), api.Submits.Count));
    }

    [Theory]
    [InlineData("unsupportedDuration", KlingErrorCategory.Validation, "duration")]
    [InlineData("invalidFrameImageWidth", KlingErrorCategory.Validation, "inputs.frameImages")]
    [InlineData("imageBlocked", KlingErrorCategory.Safety, "inputs.frameImages")]
    [InlineData("insufficientCredits", KlingErrorCategory.Quota, null)]
    public async Task OtherRefusals_SendNothingAgain(string code, string category, string? parameter)
    {
        ScriptedApi api = Api(call => call.IsSubmit ? Replies.Error(400, Replies.Failure(call.Ids[0], code, category, parameter: parameter)) : Store(call));
        await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), Image()));
        Assert.Equal((1, 1), (Uploads(api), api.Submits.Count));
    }

    [Fact]
    public async Task LostReply_BeforeTheRefusal_IsNotSentAgain_AndStaysUnknown()
    {
        int submits = 0;
        ScriptedApi api = Api(call => !call.IsSubmit ? call.TaskType == "mediaStorage" ? Store(call) : Replies.Empty()
            : submits++ == 0 ? Replies.Ambiguous() : Unusable(call.Ids[0]));
        var failure = await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), Image()));
        Assert.Equal((BillingState.Unknown, 1, 2), (failure.BillingState, Uploads(api), submits));
    }

    [Theory]
    [InlineData(ImageDelivery.UploadOrInline, true)]
    [InlineData(ImageDelivery.Upload, false)]
    public async Task FailedUpload_GoesInline_UnlessUploadWasAskedFor(ImageDelivery delivery, bool accepted)
    {
        ScriptedApi api = Api(call => call.IsSubmit ? Replies.Acknowledged(call.Ids[0])
            : Replies.Error(400, Replies.Failure(call.Ids[0], "invalidValueUploadFailed", KlingErrorCategory.Validation, parameter: "media")));
        if (accepted)
        {
            KlingTask task = await Submit(Submitter(api), Image(), delivery);
            Assert.Equal(BillingState.Accepted, task.BillingState);
            Assert.Contains("iVBORw0K", Assert.Single(api.Submits).Body, StringComparison.Ordinal);
            Assert.Contains(_told, what => what.Contains("goes inside the request", StringComparison.Ordinal));
            return;
        }

        var failure = await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), Image(), delivery));
        Assert.Equal(BillingState.NotCharged, failure.BillingState);
        Assert.Empty(api.Submits);
        Assert.Empty(_journal.Events);
    }

    [Theory]
    [InlineData(ImageDelivery.UploadOrInline, 50)]
    [InlineData(ImageDelivery.Upload, 0)]
    public async Task FailedUpload_IsTriedOnceForAllTasks(ImageDelivery delivery, int submits)
    {
        RequestImage image = Image();
        ScriptedApi api = Api(call => call.IsSubmit ? Replies.Acknowledged(call.Ids[0]) : Replies.Ambiguous(503));
        ImageSubmitter submitter = Submitter(api);
        Task<KlingTask>[] tasks = [.. Enumerable.Range(0, 50).Select(_ => Submit(submitter, image, delivery))];
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(submits, api.Submits.Count);
        Assert.Equal(submits == 0 ? 50 : 0, tasks.Count(task => task.Exception?.InnerException is KlingApiException { BillingState: BillingState.NotCharged }));

        // One upload with its own repeats.
        Assert.Equal(4, Uploads(api));
    }

    [Fact]
    public async Task FailedUpload_OfALargeImage_AsksForNothing()
    {
        // Refused for good: 13 MB need not be sent again and again.
        ScriptedApi api = Api(call => Unusable(call.Ids[0]));
        RequestImage image = ImageFile.Load(Write("large.png", Pictures.Png(extra: (int)ImageSubmitter.LargestFallback)));
        await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), image, ImageDelivery.UploadOrInline));
        Assert.Empty(api.Submits);
        Assert.Empty(_journal.Events);
    }

    [Fact]
    public async Task Ending_StillMakesTheFirstAttempt()
    {
        ScriptedApi api = Api(call =>
        {
            _ending.Cancel();
            return Answer(call);
        });
        KlingTask task = await Submit(Submitter(api), Image());
        Assert.Equal((1, 1), (Uploads(api), api.Submits.Count));
        Assert.Equal(BillingState.Accepted, task.BillingState);
    }

    [Fact]
    public async Task Ending_LeavesARefusalAsItIs()
    {
        ScriptedApi api = Api(call =>
        {
            if (call.IsSubmit)
            {
                _ending.Cancel();
            }

            return call.IsSubmit ? Unusable(call.Ids[0]) : Store(call);
        });
        await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), Image()));
        Assert.Equal((1, 1), (Uploads(api), api.Submits.Count));
    }

    [Fact]
    public async Task RefusedKey_IsNotTriedInline()
    {
        ScriptedApi api = Api(_ => Replies.RefusedKey());
        var failure = await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), Image(), ImageDelivery.UploadOrInline));
        Assert.Equal(KlingErrorCategory.Authentication, failure.Category);
        Assert.Empty(api.Submits);
    }

    [Fact]
    public async Task GivenMediaId_ThatIsForgotten_IsSentAgainFromItsFile()
    {
        RequestImage image = Image();
        ScriptedApi api = Api(Answer);
        KlingImage sent = await Uploader(api).UploadAsync(image, false, null, null, default);
        var given = new RequestImage(ImageKind.Uuid, sent.MediaUUID.ToString("D")) { Sha256 = image.Sha256 };
        _kept.Clear();
        ImageSubmitter submitter = Submitter(api);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Submit(submitter, given, ImageDelivery.Inline)));
        Assert.Equal(2, Uploads(api));

        _kept.Clear();
        Write("a.png", Pictures.Png(extra: 8));
        await Assert.ThrowsAsync<KlingApiException>(() => Submit(submitter, given, ImageDelivery.Inline));
        Assert.Equal(2, Uploads(api));
    }

    [Theory]
    [InlineData(ImageKind.Url, "https://x.example/a.png")]
    [InlineData(ImageKind.Uuid, "0b4a5d31-7ac0-4b6a-8b5e-2f1d6c9e7a10")]
    public async Task OtherImages_GoAsTheyAre(ImageKind kind, string text)
    {
        ScriptedApi api = Api(call => Replies.Acknowledged(call.Ids[0]));
        await Submit(Submitter(api), new RequestImage(kind, text));
        Assert.Contains(text, Assert.Single(api.Calls).Body, StringComparison.Ordinal);
    }

    /// <summary>One image of a request is streamed, so a second file is always uploaded, and again where the service forgot it.</summary>
    [Theory]
    [InlineData(ImageDelivery.Inline, 1)]
    [InlineData(ImageDelivery.UploadOrInline, 2)]
    public async Task LastFrame_IsUploadedOnce_AndAgainWhenItIsForgotten(ImageDelivery delivery, int uploads)
    {
        RequestImage first = Image();
        RequestImage last = ImageFile.Load(Write("z.png", Pictures.Png(extra: 9)));
        ScriptedApi api = Api(call => !call.IsSubmit ? Store(call)
            : _kept.Any(id => call.Body.Split("frameImages")[1].Split("},{")[1].Contains(id.ToString("D"), StringComparison.Ordinal)) ? Replies.Acknowledged(call.Ids[0])
            : Unusable(call.Ids[0]));
        ImageSubmitter submitter = Submitter(api);
        await Submit(submitter, first, delivery, last);
        await Submit(submitter, first, delivery, last);
        Assert.Equal((uploads, 2), (Uploads(api), api.Submits.Count));
        _kept.Clear();
        KlingTask task = await Submit(submitter, first, delivery, last);
        Assert.Equal((2 * uploads, 4), (Uploads(api), api.Submits.Count));
        Assert.Equal((BillingState.Accepted, last.Value, last.Sha256), (task.BillingState, task.LastImage, task.LastImageSha256));
    }

    [Fact]
    public async Task LastFrame_ThatCannotBeUploaded_EndsUncharged()
    {
        RequestImage last = ImageFile.Load(Write("z.png", Pictures.Png(extra: 9)));
        ScriptedApi api = Api(call => call.IsSubmit ? Replies.Acknowledged(call.Ids[0])
            : Replies.Error(400, Replies.Failure(call.Ids[0], "invalidValueUploadFailed", KlingErrorCategory.Validation, parameter: "media")));
        var failure = await Assert.ThrowsAsync<KlingApiException>(() => Submit(Submitter(api), Image(), ImageDelivery.Inline, last));
        Assert.Equal(BillingState.NotCharged, failure.BillingState);
        Assert.Empty(api.Submits);
    }

    private ApiReply Answer(ApiCall call)
    {
        if (!call.IsSubmit)
        {
            return Store(call);
        }

        lock (_kept)
        {
            return call.Body.Contains("iVBORw0K", StringComparison.Ordinal) || _kept.Any(id => call.Body.Contains(id.ToString("D"), StringComparison.Ordinal))
                ? Replies.Acknowledged(call.Ids[0])
                : Unusable(call.Ids[0]);
        }
    }

    private ApiReply Store(ApiCall call)
    {
        Guid id = _sameId ?? Guid.NewGuid();
        lock (_kept)
        {
            _kept.Add(id);
        }

        return Replies.Data(new ResultItem { TaskId = call.Ids[0], TaskType = call.TaskType, MediaId = id });
    }

    private static ApiReply Unusable(Guid id) =>
        Replies.Error(400, Replies.Failure(id, "invalidValueUploadFailed", KlingErrorCategory.Validation, parameter: "inputs.frameImages"));

    private static int Uploads(ScriptedApi api) => api.Calls.Count(call => call.TaskType == "mediaStorage");

    private async Task<KlingTask> Submit(ImageSubmitter submitter, RequestImage image, ImageDelivery delivery = ImageDelivery.UploadOrInline, RequestImage? last = null)
    {
        var request = new VideoRequest { TaskId = Guid.NewGuid(), Image = image, LastImage = last, Prompt = "pan" };
        KlingTask task = KlingTaskBuilder.From(request, 0.185m, Sample.Endpoint);
        await submitter.SubmitAsync(task, request, new SubmitOptions { Delivery = delivery, FailedUploads = _failed, Tell = Tell }, _ending.Token, default);
        return task;
    }

    private void Tell(string what)
    {
        lock (_told)
        {
            _told.Add(what);
        }
    }

    private RequestImage Image() => ImageFile.Load(Write("a.png", Pictures.Png(extra: 7)));

    private ScriptedApi Api(Func<ApiCall, ApiReply> answer) => new(_clock, async call =>
    {
        // Lets the others in, as a network would.
        await Task.Yield();
        return answer(call);
    });

    private UploadIndex Index() => new(Path.Combine(Folder, "uploads.jsonl"), Sample.Endpoint, _clock);

    private ImageUploader Uploader(ScriptedApi api) => new(api, Index(), _clock);

    private ImageSubmitter Submitter(ScriptedApi api) => new(new TaskSubmitter(api, _journal, _clock), Uploader(api), Index());
}
