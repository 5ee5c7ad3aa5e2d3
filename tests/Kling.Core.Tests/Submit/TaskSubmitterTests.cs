using Kling.Core.Tests.Support;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>Each row of the money rule.</summary>
public sealed class TaskSubmitterTests
{
    private readonly FakeClock _clock = new();
    private readonly MemoryJournal _journal = new();
    private readonly KlingTask _task = Sample.New();

    private Guid Id => _task.TaskId;

    [Fact]
    public async Task Submit_Acknowledged_IsAcceptedAndRecordedBeforeAndAfter()
    {
        IReadOnlyList<JournalEvent> beforePost = [];
        ScriptedApi api = Api(call =>
        {
            beforePost = _journal.Events;
            return Replies.Acknowledged(Id);
        });

        await Submit(api);

        Assert.Equal([JournalEvent.Intent], beforePost);
        Assert.Equal([JournalEvent.Intent, JournalEvent.Accepted], _journal.Events);
        Assert.Equal(BillingState.Unknown, _journal.Entries[0].Task.BillingState);
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (_task.Status, _task.BillingState));
        Assert.Equal(_clock.UtcNow, _task.SubmittedAt);
    }

    [Fact]
    public async Task Submit_IntentCannotBeRecorded_NothingIsSent()
    {
        _journal.Fails = what => what == JournalEvent.Intent;
        ScriptedApi api = Api(_ => Replies.Acknowledged(Id));

        await Assert.ThrowsAsync<JournalException>(() => Submit(api));

        Assert.Empty(api.Calls);
        Assert.Equal(BillingState.NotCharged, _task.BillingState);
    }

    [Fact]
    public async Task Submit_AcceptanceCannotBeRecorded_TaskStaysAccepted()
    {
        _journal.Fails = what => what == JournalEvent.Accepted;

        await Assert.ThrowsAsync<JournalException>(() => Submit(Api(_ => Replies.Acknowledged(Id))));

        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (_task.Status, _task.BillingState));
    }

    [Fact]
    public async Task Submit_Refused_IsNotChargedWithTheServicesReason()
    {
        ScriptedApi api = Api(_ => Replies.Invalid(Id));

        KlingApiException failure = await Fails(api);

        Assert.Single(api.Calls);
        Assert.Equal((KlingErrorCategory.Validation, BillingState.NotCharged, 400), (failure.Category, failure.BillingState, failure.HttpStatus));
        Assert.Equal("unsupportedDuration", Assert.Single(failure.Errors).Code);
        Assert.Equal(Id, failure.TaskId);
        Assert.Equal((KlingTaskStatus.Failed, BillingState.NotCharged), (_task.Status, _task.BillingState));
        Assert.Equal([JournalEvent.Intent, JournalEvent.NotCharged], _journal.Events);
    }

    [Fact]
    public async Task Submit_ConflictOnTheFirstAttempt_IsNoProofEitherWay()
    {
        KlingApiException failure = await Fails(Api(_ => Replies.Conflict(Id)));

        Assert.Equal((KlingErrorCategory.Conflict, BillingState.Unknown), (failure.Category, failure.BillingState));
        Assert.Equal(KlingTaskStatus.Unknown, _task.Status);
    }

    [Fact]
    public async Task Submit_UnsentThenAcknowledged_SendsTheSameIdAgain()
    {
        ScriptedApi api = Api((call, n) => n == 1 ? Replies.Unsent() : Replies.Acknowledged(Id));

        await Submit(api);

        Assert.Equal(2, api.Submits.Count);
        Assert.All(api.Calls, call => Assert.Equal(Id, Assert.Single(call.Ids)));
        Assert.Equal(BillingState.Accepted, _task.BillingState);
    }

    [Fact]
    public async Task Submit_NeverLeaves_EndsAfterThreeAttemptsNotCharged()
    {
        ScriptedApi api = Api(_ => Replies.Unsent());

        KlingApiException failure = await Fails(api);

        Assert.Equal(3, api.Calls.Count);
        Assert.Equal((KlingErrorCategory.Connection, BillingState.NotCharged), (failure.Category, failure.BillingState));
        Assert.Equal(BillingState.NotCharged, _task.BillingState);
    }

    [Fact]
    public async Task Submit_ImageChanged_IsNeverTriedAgain()
    {
        ScriptedApi api = Api(_ => Replies.Acknowledged(Id));

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(
            () => new TaskSubmitter(api, _journal, _clock).SubmitAsync(_task, new ChangedBody(), default));

        Assert.Empty(api.Calls);
        Assert.Empty(_clock.Delays);
        Assert.Equal((KlingErrorCategory.Validation, BillingState.NotCharged), (failure.Category, failure.BillingState));
        Assert.IsType<BodyChangedException>(failure.InnerException);
        Assert.Equal([JournalEvent.Intent, JournalEvent.NotCharged], _journal.Events);
    }

    [Fact]
    public async Task Submit_RetryAfter_IsWaitedExactly()
    {
        ScriptedApi api = Api((call, n) => n == 1 ? Replies.Limited(TimeSpan.FromSeconds(37)) : Replies.Acknowledged(Id));

        await Submit(api);

        Assert.Equal([TimeSpan.FromSeconds(37)], _clock.Delays);
        Assert.Equal(2, api.Calls.Count);
    }

    [Fact]
    public async Task Submit_LimitedForever_EndsAfterSixAttemptsNotCharged()
    {
        ScriptedApi api = Api(_ => Replies.Limited());

        KlingApiException failure = await Fails(api);

        Assert.Equal(6, api.Calls.Count);
        Assert.Equal((KlingErrorCategory.RateLimit, BillingState.NotCharged), (failure.Category, failure.BillingState));
    }

    [Fact]
    public async Task Submit_RetryAfterBeyondTheWindow_DoesNotWait()
    {
        ScriptedApi api = Api(_ => Replies.Limited(TimeSpan.FromHours(1)));

        KlingApiException failure = await Fails(api);

        Assert.Single(api.Calls);
        Assert.Empty(_clock.Delays);
        Assert.Equal(BillingState.NotCharged, failure.BillingState);
    }

    [Fact]
    public async Task Submit_ConflictAfterAnOwnAttempt_IsAcceptance()
    {
        ScriptedApi api = Api((call, n) => !call.IsSubmit ? Replies.Processing(Id) : n == 1 ? Replies.Ambiguous() : Replies.Conflict(Id));

        await Submit(api);

        Assert.Equal(2, api.Submits.Count);
        Assert.Equal(BillingState.Accepted, _task.BillingState);
    }

    public static TheoryData<string> Proofs => ["video", "failure", "archive", "archived conflict", "archived video", "conflict on a look"];

    [Theory]
    [MemberData(nameof(Proofs))]
    public async Task Submit_AmbiguousAndProven_IsNotSentAgain(string proof)
    {
        ScriptedApi api = Api((call, n) => proof switch
        {
            _ when call.IsSubmit => Replies.Ambiguous(502),
            "video" when call.IsPoll => Replies.Data(Replies.Video(Id)),
            "failure" when call.IsPoll => Replies.Error(200, Replies.Failure(Id)),
            "archive" when call.IsDetails => Replies.Archive(Id),
            "archived conflict" when call.IsDetails => Replies.Archive(Id, errors: [Replies.Failure(Id, "conflictTaskUUID", KlingErrorCategory.Conflict)]),
            "archived video" when call.IsDetails => Replies.Archive(Id, items: [Replies.Video(Id)]),
            "conflict on a look" when call.IsPoll => Replies.Conflict(Id),
            _ => Replies.Empty(),
        });

        await Submit(api);

        Assert.Single(api.Submits);
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (_task.Status, _task.BillingState));
        Assert.Equal([JournalEvent.Intent, JournalEvent.Accepted], _journal.Events);
    }

    public static TheoryData<string> NoProofs => ["processing", "not found", "empty", "other task", "archived refusal", "archived conflict of another task", "gateway page"];

    [Theory]
    [MemberData(nameof(NoProofs))]
    public async Task Submit_AmbiguousAndUnproven_SendsTheSameIdAfterTheSettleTime(string look)
    {
        var other = Guid.NewGuid();
        ScriptedApi api = Api((call, n) => look switch
        {
            _ when call.IsSubmit => n == 1 ? Replies.Ambiguous() : Replies.Acknowledged(Id),
            "processing" when call.IsPoll => Replies.Processing(Id),
            "not found" => Replies.NotFound(Id),
            "gateway page" when call.IsPoll && n < 5 => Replies.Error(404, Replies.Failure(null, "http404", KlingErrorCategory.NotFound)),
            "other task" when call.IsPoll => Replies.Data(Replies.Video(other)),
            "archived conflict of another task" when call.IsDetails =>
                Replies.Archive(other, errors: [Replies.Failure(other, "conflictTaskUUID", KlingErrorCategory.Conflict)]),
            "archived refusal" when call.IsDetails => Replies.Archive(Id, errors: [Replies.Failure(Id, "invalidDuration", KlingErrorCategory.Validation)]),
            _ => Replies.Empty(),
        });

        await Submit(api);

        Assert.Equal(2, api.Submits.Count);
        Assert.Equal(Id, Assert.Single(api.Submits[1].Ids));
        Assert.True(api.Submits[1].At - api.Submits[0].At >= TimeSpan.FromSeconds(5));
        Assert.True(api.Calls.Count(call => call.IsPoll) >= 3);
        Assert.True(api.Calls.Count(call => call.IsDetails) >= 3);
    }

    [Fact]
    public async Task Submit_LateVisibility_IsFoundWithinTheSettleTime()
    {
        DateTimeOffset start = _clock.UtcNow;
        ScriptedApi api = Api((call, n) => call.IsSubmit ? Replies.Ambiguous()
            : call.IsDetails && _clock.UtcNow - start >= TimeSpan.FromSeconds(4) ? Replies.Archive(Id) : Replies.NotFound(Id));

        await Submit(api);

        Assert.Single(api.Submits);
    }

    [Fact]
    public async Task Submit_LooksGetNoAnswer_NothingIsSentAgain()
    {
        ScriptedApi api = Api((call, n) => Replies.Ambiguous(503));

        KlingApiException failure = await Fails(api);

        Assert.Single(api.Submits);
        Assert.Equal(BillingState.Unknown, failure.BillingState);
        Assert.Equal((KlingTaskStatus.Unknown, BillingState.Unknown), (_task.Status, _task.BillingState));
    }

    [Fact]
    public async Task Submit_AmbiguousToTheEnd_IsUnknownAndNamesEveryExit()
    {
        ScriptedApi api = Api((call, n) => call.IsSubmit ? Replies.Ambiguous() : Replies.Processing(Id));

        KlingApiException failure = await Fails(api);

        Assert.Equal(6, api.Submits.Count);
        Assert.Equal(BillingState.Unknown, failure.BillingState);
        Assert.Contains($"New-KlingVideo … -TaskId {Id:D}", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Remove-KlingTask -TaskId {Id:D}", failure.Message, StringComparison.Ordinal);
        Assert.Equal([JournalEvent.Intent, JournalEvent.Unknown], _journal.Events);
        Assert.False(api.Calls[^1].IsSubmit, "the last attempt must be looked for too");
    }

    [Fact]
    public async Task Submit_AmbiguousThenInvalid_WasInvalidAllAlong()
    {
        KlingApiException failure = await Fails(After(Replies.Invalid(Id)));

        Assert.Equal((KlingErrorCategory.Validation, BillingState.NotCharged), (failure.Category, failure.BillingState));
    }

    public static TheoryData<string> LaterRefusals => ["quota", "key", "limit", "unsent", "image", "moderation", "changed body"];

    [Theory]
    [MemberData(nameof(LaterRefusals))]
    public async Task Submit_AmbiguousThenAnotherEnd_IsNeverNotCharged(string end)
    {
        ApiReply reply = end switch
        {
            "quota" => Replies.NoCredit(Id),
            "key" => Replies.RefusedKey(),
            "limit" => Replies.Limited(),
            "image" => Replies.Error(400, Replies.Failure(Id, "invalidValueUploadFailed", KlingErrorCategory.Validation, parameter: "inputs.frameImages")),
            "moderation" => Replies.Error(400, Replies.Failure(Id, "promptBlocked", KlingErrorCategory.Safety)),
            _ => Replies.Unsent(),
        };
        ScriptedApi api = After(reply);
        RequestBody body = end == "changed body" ? new ChangedBody(Sample.Body(_task), writes: 1) : Sample.Body(_task);

        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => new TaskSubmitter(api, _journal, _clock).SubmitAsync(_task, body, default));

        Assert.Equal(BillingState.Unknown, failure.BillingState);
        Assert.Equal((KlingTaskStatus.Unknown, BillingState.Unknown), (_task.Status, _task.BillingState));
        Assert.Equal(JournalEvent.Unknown, _journal.Events[^1]);
        Assert.Contains("Remove-KlingTask", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_RefusedAfterAmbiguousButFoundByThen_IsAccepted()
    {
        int submits = 0;
        ScriptedApi api = Api((call, n) => call.IsSubmit ? (++submits == 1 ? Replies.Ambiguous() : Replies.NoCredit(Id))
            : submits == 2 && call.IsDetails ? Replies.Archive(Id) : Replies.Empty());

        await Submit(api);

        Assert.Equal(BillingState.Accepted, _task.BillingState);
    }

    [Fact]
    public async Task Submit_UnknownTask_IsLookedForBeforeItIsSent()
    {
        _task.BillingState = BillingState.Unknown;
        ScriptedApi api = Api((call, n) => call.IsDetails ? Replies.Archive(Id) : Replies.Processing(Id));

        await Submit(api);

        Assert.Empty(api.Submits);
        Assert.Equal(BillingState.Accepted, _task.BillingState);
    }

    [Fact]
    public async Task Submit_UnknownTaskRefused_StaysUnknown()
    {
        _task.BillingState = BillingState.Unknown;

        KlingApiException failure = await Fails(Api((call, n) => call.IsSubmit ? Replies.Invalid(Id) : Replies.Empty()));

        Assert.Equal(BillingState.Unknown, failure.BillingState);
    }

    [Fact]
    public async Task Submit_UnknownTaskInConflict_IsAccepted()
    {
        _task.BillingState = BillingState.Unknown;

        await Submit(Api((call, n) => call.IsSubmit ? Replies.Conflict(Id) : Replies.Empty()));

        Assert.Equal(BillingState.Accepted, _task.BillingState);
    }

    [Theory]
    [InlineData(BillingState.Accepted)]
    [InlineData(BillingState.Billed)]
    public async Task Submit_AcceptedTask_IsNeverSent(string state)
    {
        _task.BillingState = state;
        ScriptedApi api = Api(_ => Replies.Acknowledged(Id));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Submit(api));

        Assert.Empty(api.Calls);
        Assert.Equal(state, _task.BillingState);
    }

    [Fact]
    public async Task Submit_CancelledBefore_LeavesNothing()
    {
        ScriptedApi api = Api(_ => Replies.Acknowledged(Id));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Submit(api, new CancellationToken(true)));

        Assert.Empty(api.Calls);
        Assert.Empty(_journal.Entries);
        Assert.Equal(BillingState.NotCharged, _task.BillingState);
    }

    [Fact]
    public async Task Submit_CancelledInThePost_LeavesTheIntentAndIsUnknown()
    {
        using var stop = new CancellationTokenSource();
        var api = new ScriptedApi(_clock, call =>
        {
            stop.Cancel();
            call.Token.ThrowIfCancellationRequested();
            return Replies.Acknowledged(Id);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Submit(api, stop.Token));

        Assert.Equal([JournalEvent.Intent], _journal.Events);
        Assert.Equal((KlingTaskStatus.Unknown, BillingState.Unknown), (_task.Status, _task.BillingState));
    }

    [Fact]
    public async Task Submit_CancelledBetweenTwoRefusedAttempts_IsNotCharged()
    {
        using var stop = new CancellationTokenSource();
        ScriptedApi api = Api(_ =>
        {
            stop.Cancel();
            return Replies.Limited();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Submit(api, stop.Token));

        Assert.Single(api.Calls);
        Assert.Equal([JournalEvent.Intent, JournalEvent.NotCharged], _journal.Events);
        Assert.Equal(BillingState.NotCharged, _task.BillingState);
    }

    [Fact]
    public async Task Submit_CancelledWhileLooking_IsUnknown()
    {
        using var stop = new CancellationTokenSource();
        ScriptedApi api = Api((call, n) =>
        {
            if (!call.IsSubmit)
            {
                stop.Cancel();
            }

            return Replies.Ambiguous();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Submit(api, stop.Token));

        Assert.Equal([JournalEvent.Intent], _journal.Events);
        Assert.Equal(BillingState.Unknown, _task.BillingState);
    }

    [Fact]
    public async Task Submit_ApiThrowsAgainstItsContract_CountsAsAmbiguous()
    {
        ScriptedApi api = Api((call, n) => call.IsSubmit ? throw new InvalidOperationException("defect") : Replies.Archive(Id));

        await Submit(api);

        Assert.Equal(BillingState.Accepted, _task.BillingState);
    }

    private ScriptedApi Api(Func<ApiCall, ApiReply> answer) => new(_clock, answer);

    private ScriptedApi Api(Func<ApiCall, int, ApiReply> answer)
    {
        int n = 0;
        return new ScriptedApi(_clock, call => answer(call, ++n));
    }

    private ScriptedApi After(ApiReply reply) =>
        Api((call, n) => !call.IsSubmit ? Replies.Processing(Id) : n == 1 ? Replies.Ambiguous() : reply);

    private Task Submit(ScriptedApi api, CancellationToken token = default) =>
        new TaskSubmitter(api, _journal, _clock).SubmitAsync(_task, Sample.Body(_task), token);

    private Task<KlingApiException> Fails(ScriptedApi api) => Assert.ThrowsAsync<KlingApiException>(() => Submit(api));
}
