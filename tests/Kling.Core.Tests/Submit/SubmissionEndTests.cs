using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>The edges of the money rule: a batch that ends, ids that somebody else may have sent, and a service that asks for time.</summary>
public sealed class SubmissionEndTests : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly MemoryJournal _journal = new();
    private readonly KlingTask _task = Sample.New();
    private readonly CancellationTokenSource _ending = new();

    private Guid Id => _task.TaskId;

    public void Dispose() => _ending.Dispose();

    [Fact]
    public async Task FirstAttempt_ConflictBesideAnotherError_IsNoRefusal()
    {
        var reply = new ApiReply
        {
            HttpStatus = 400,
            Errors = [Replies.Failure(Id, "invalidDuration", KlingErrorCategory.Validation), Replies.Failure(Id, "conflictTaskUUID", KlingErrorCategory.Conflict)],
        };

        KlingApiException failure = await Fails(Api(_ => reply));

        Assert.Equal((KlingErrorCategory.Conflict, BillingState.Unknown), (failure.Category, failure.BillingState));
    }

    [Fact]
    public async Task Ambiguous_AskedForMoreTimeThanThereIs_NotEvenALookComesEarly()
    {
        ScriptedApi api = Api(_ => Replies.Ambiguous(503, TimeSpan.FromMinutes(11)));

        KlingApiException failure = await Fails(api);

        Assert.Single(api.Calls);
        Assert.Empty(_clock.Delays);
        Assert.Equal(BillingState.Unknown, failure.BillingState);
        Assert.Equal([JournalEvent.Intent, JournalEvent.Unknown], _journal.Events);
    }

    [Fact]
    public async Task Ambiguous_ThenTooFastToTheEnd_TheLastLookWaitsAsAsked()
    {
        int submits = 0;
        ScriptedApi api = Api(call => !call.IsSubmit ? Replies.Processing(Id) : ++submits == 1 ? Replies.Ambiguous() : Replies.Limited(TimeSpan.FromSeconds(50)));

        KlingApiException failure = await Fails(api);

        Assert.Equal(BillingState.Unknown, failure.BillingState);
        Assert.True(api.Submits.Count > 2);
        Assert.False(api.Calls[^1].IsSubmit);
        AssertNeverWithin(api, api.Submits.Skip(1), TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task Ambiguous_ThenTooFastForLongerThanThereIs_IsUnknownWithoutALook()
    {
        int submits = 0;
        ScriptedApi api = Api(call => !call.IsSubmit ? Replies.Processing(Id) : ++submits == 1 ? Replies.Ambiguous() : Replies.Limited(TimeSpan.FromHours(1)));

        KlingApiException failure = await Fails(api);

        Assert.Equal(BillingState.Unknown, failure.BillingState);
        Assert.True(api.Calls[^1].IsSubmit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ambiguous_OnlyOneOfTheTwoLooksIsAnswered_NothingIsSentAgain(bool archiveFails)
    {
        ScriptedApi api = Api(call => call.IsSubmit || call.IsDetails == archiveFails ? Replies.Ambiguous(503) : Replies.Processing(Id));

        KlingApiException failure = await Fails(api);

        Assert.Single(api.Submits);
        Assert.Equal(BillingState.Unknown, failure.BillingState);
    }

    [Fact]
    public async Task Ambiguous_OnlyAGatewayAnswersTheLooks_NothingIsSentAgain()
    {
        ScriptedApi api = Api(call => call.IsSubmit ? Replies.Ambiguous() : Replies.Error(404, Replies.Failure(null, "http404", KlingErrorCategory.NotFound)));

        KlingApiException failure = await Fails(api);

        Assert.Single(api.Submits);
        Assert.Equal(BillingState.Unknown, failure.BillingState);
    }

    [Fact]
    public async Task HeldBackByAnotherTasksReply_ForLongerThanThereIs_IsNotSent()
    {
        ScriptedApi api = Api(call => call.Ids[0] == Id ? Replies.Acknowledged(Id) : Replies.Limited(TimeSpan.FromHours(1)));
        var submitter = new TaskSubmitter(api, _journal, _clock);
        KlingTask other = Sample.New();
        await Assert.ThrowsAsync<KlingApiException>(() => submitter.SubmitAsync(other, Sample.Body(other), default));

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => submitter.SubmitAsync(_task, Sample.Body(_task), default));

        Assert.Single(api.Calls);
        Assert.Equal((KlingErrorCategory.RateLimit, BillingState.NotCharged), (failure.Category, failure.BillingState));
        Assert.Equal((KlingTaskStatus.Failed, BillingState.NotCharged), (_task.Status, _task.BillingState));
    }

    [Fact]
    public async Task Ending_WhileThePostIsOnItsWay_AwaitsTheAnswer()
    {
        ScriptedApi api = Api(_ =>
        {
            _ending.Cancel();
            return Replies.Acknowledged(Id);
        });

        await Submit(api);

        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (_task.Status, _task.BillingState));
        Assert.Equal([JournalEvent.Intent, JournalEvent.Accepted], _journal.Events);
    }

    [Fact]
    public async Task Ending_WhileItWouldWait_EndsAtOnceNotCharged()
    {
        ScriptedApi api = Api(_ =>
        {
            _ending.Cancel();
            return Replies.Limited(TimeSpan.FromMinutes(5));
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Submit(api));

        Assert.Single(api.Calls);
        Assert.Empty(_clock.Delays);
        Assert.Equal(BillingState.NotCharged, _task.BillingState);
        Assert.Equal([JournalEvent.Intent, JournalEvent.NotCharged], _journal.Events);
    }

    [Fact]
    public async Task Ending_AfterAnAmbiguousAttempt_SendsNothingMoreAndIsUnknown()
    {
        ScriptedApi api = Api(_ =>
        {
            _ending.Cancel();
            return Replies.Ambiguous();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Submit(api));

        Assert.Single(api.Submits);
        Assert.Equal((KlingTaskStatus.Unknown, BillingState.Unknown), (_task.Status, _task.BillingState));
    }

    [Fact]
    public async Task Ending_BeforeTheFirstAttempt_ItIsStillMade()
    {
        // Its row was taken in before the batch ended, and nobody would tell that it was dropped.
        await _ending.CancelAsync();

        await Submit(Api(_ => Replies.Acknowledged(Id)));

        Assert.Equal(BillingState.Accepted, _task.BillingState);
    }

    [Fact]
    public async Task Ending_WhileHeldBackByAnotherTasksReply_EndsAtOnceNotCharged()
    {
        ScriptedApi api = Api(call => call.Ids[0] == Id ? Replies.Acknowledged(Id) : Replies.Error(402, Replies.Failure(call.Ids[0], "insufficientCredits", KlingErrorCategory.Quota), TimeSpan.FromMinutes(5)));
        var submitter = new TaskSubmitter(api, _journal, _clock);
        KlingTask other = Sample.New();
        await Assert.ThrowsAsync<KlingApiException>(() => submitter.SubmitAsync(other, Sample.Body(other), default));
        await _ending.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitter.SubmitAsync(_task, Sample.Body(_task), looksFirst: false, _ending.Token, default));

        Assert.Single(api.Calls);
        Assert.Empty(_clock.Delays);
        Assert.Equal(BillingState.NotCharged, _task.BillingState);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LooksFirst_FoundAtTheService_IsNotSent(bool inArchive)
    {
        ScriptedApi api = Api(call => call.IsDetails ? Replies.Archive(Id, Stored(_task.Settings)) : inArchive ? Replies.Processing(Id) : Replies.Data(Replies.Video(Id)));

        await Submit(api, looksFirst: true);

        Assert.Empty(api.Submits);
        Assert.Equal(BillingState.Accepted, _task.BillingState);
        Assert.Equal([JournalEvent.Intent, JournalEvent.Accepted], _journal.Events);
    }

    [Theory]
    [InlineData("prompt", "Prompt")]
    [InlineData("duration", "Duration")]
    [InlineData("image", "Image")]
    [InlineData("silent", "does not tell")]
    [InlineData("503", "does not tell")]
    public async Task LooksFirst_FoundWithAnotherRequest_IsAnErrorAndNothingIsRecorded(string what, string named)
    {
        _task.Image = "https://images.example/a.png";
        VideoSettings other = what switch
        {
            "prompt" => _task.Settings with { Prompt = "another" },
            "duration" => _task.Settings with { Duration = 10 },
            _ => _task.Settings,
        };
        ScriptedApi api = Api(call => !call.IsDetails ? Replies.Data(Replies.Video(Id))
            : what == "silent" ? Replies.NotFound(Id) : what == "503" ? Replies.Ambiguous(503)
            : Replies.Archive(Id, Stored(other, what == "image" ? "https://images.example/b.png" : null)));

        KlingApiException failure = await Fails(api, looksFirst: true);

        Assert.Equal((KlingErrorCategory.Conflict, BillingState.NotCharged), (failure.Category, failure.BillingState));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Wait-KlingTask -TaskId {Id:D}", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_journal.Events);
        Assert.Empty(api.Submits);
    }

    [Fact]
    public async Task LooksFirst_LooksBeforeEverySend()
    {
        int submits = 0;
        ScriptedApi api = Api(call => call.IsSubmit ? (++submits < 3 ? Replies.Limited() : Replies.Acknowledged(Id)) : call.IsPoll ? Replies.Processing(Id) : Replies.NotFound(Id));

        await Submit(api, looksFirst: true);

        string[] look = ["getResponse", "getTaskDetails", "videoInference"];
        Assert.Equal([.. look, .. look, .. look], api.Calls.Select(call => call.TaskType));
    }

    [Fact]
    public void Differences_WhatIsLeftToTheService_IsItsDefault()
    {
        KlingTask task = Sample.New();
        task.Settings = new VideoSettings { Model = "klingai:5@1", Prompt = "Pan" };
        Assert.Empty(SubmitRules.Differences(task, Stored(task.Settings with { Duration = 5.0m, NumberResults = 1, OutputFormat = "mp4" })));
        Assert.Equal(["Prompt"], SubmitRules.Differences(task, Stored(task.Settings with { Prompt = "pan" })));
        Assert.Equal(["NumberResults"], SubmitRules.Differences(task, Stored(task.Settings with { NumberResults = 2 })));
    }

    [Theory]
    [InlineData("b", "b", false)]
    [InlineData("b", "c", true)]
    [InlineData("b", null, true)]
    [InlineData(null, "b", true)]
    [InlineData(null, null, false)]
    public void Differences_TheLastFrameCounts(string? ours, string? theirs, bool differs)
    {
        KlingTask task = Sample.New();
        task.Settings = new VideoSettings { Model = "klingai:5@1" };
        task.LastImage = Address(ours);
        StoredRequest stored = new() { TaskId = Id, Settings = task.Settings, Image = Address("a"), LastImage = Address(theirs) };
        Assert.Equal(differs ? ["LastImage"] : [], SubmitRules.Differences(task, stored));

        static string? Address(string? name) => name is null ? null : $"https://images.example/{name}.png";
    }

    [Fact]
    public async Task LooksFirst_NotFound_IsSentAfterOneLook()
    {
        ScriptedApi api = Api(call => call.IsSubmit ? Replies.Acknowledged(Id) : call.IsPoll ? Replies.Processing(Id) : Replies.NotFound(Id));

        await Submit(api, looksFirst: true);

        Assert.Equal(["getResponse", "getTaskDetails", "videoInference"], api.Calls.Select(call => call.TaskType));
        Assert.Empty(_clock.Delays);
    }

    [Fact]
    public async Task LooksFirst_ThenRefused_IsARefusalLikeAnyOther()
    {
        KlingApiException failure = await Fails(Api(call => call.IsSubmit ? Replies.NoCredit(Id) : Replies.Empty()), looksFirst: true);

        Assert.Equal((KlingErrorCategory.Quota, BillingState.NotCharged), (failure.Category, failure.BillingState));
    }

    [Fact]
    public async Task LooksFirst_ThenConflict_IsNoProofOfOurOwn()
    {
        KlingApiException failure = await Fails(Api(call => call.IsSubmit ? Replies.Conflict(Id) : Replies.Processing(Id)), looksFirst: true);

        Assert.Equal((KlingErrorCategory.Conflict, BillingState.Unknown), (failure.Category, failure.BillingState));
    }

    [Theory]
    [InlineData("key", KlingErrorCategory.Authentication, 2)]
    [InlineData("dead", KlingErrorCategory.Connection, 6)]
    [InlineData("gateway", KlingErrorCategory.Server, 14)]
    public async Task LooksFirst_Blind_IsNotSent(string look, string category, int mostCalls)
    {
        ScriptedApi api = Api(_ => look switch
        {
            "key" => Replies.RefusedKey(),
            "dead" => Replies.Unsent(),
            _ => Replies.Ambiguous(503),
        });

        KlingApiException failure = await Fails(api, looksFirst: true);

        Assert.Empty(api.Submits);
        Assert.InRange(api.Calls.Count, 1, mostCalls);
        Assert.Equal((category, BillingState.NotCharged), (failure.Category, failure.BillingState));
        Assert.Empty(_journal.Events);
        Assert.Contains("could not be asked", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("This command sent nothing.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LooksFirst_AnsweredAfterTheLastAttempt_SaysWhyItIsNotSent()
    {
        int calls = 0;
        KlingApiException failure = await Fails(Api(call => ++calls <= 12 ? Replies.Ambiguous(503) : call.IsPoll ? Replies.Processing(Id) : Replies.NotFound(Id)), looksFirst: true);

        Assert.Equal((14, BillingState.NotCharged), (calls, failure.BillingState));
        Assert.EndsWith("the service does not show it, but no time or no attempt is left. This command sent nothing.", failure.Message, StringComparison.Ordinal);
    }

    private StoredRequest Stored(VideoSettings settings, string? image = null) => new() { TaskId = Id, Settings = settings, Image = image };

    private ScriptedApi Api(Func<ApiCall, ApiReply> answer) => new(_clock, answer);

    private Task Submit(ScriptedApi api, bool looksFirst = false) =>
        new TaskSubmitter(api, _journal, _clock).SubmitAsync(_task, Sample.Body(_task), looksFirst, _ending.Token, default);

    private Task<KlingApiException> Fails(ScriptedApi api, bool looksFirst = false) => Assert.ThrowsAsync<KlingApiException>(() => Submit(api, looksFirst));

    /// <summary>No call of any kind comes sooner after one of these than it was told.</summary>
    private static void AssertNeverWithin(ScriptedApi api, IEnumerable<ApiCall> told, TimeSpan asked)
    {
        foreach (ApiCall call in told)
        {
            Assert.DoesNotContain(api.Calls, next => next.At > call.At && next.At < call.At + asked);
            int place = api.Calls.ToList().IndexOf(call);
            Assert.True(place + 1 == api.Calls.Count || api.Calls[place + 1].At >= call.At + asked);
        }
    }
}
