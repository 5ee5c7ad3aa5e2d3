using Kling.Core.Tests.Wire;
using Kling.Models;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

public class SubmitRulesTests
{
    private const string Plain = """{"errors":[{"code":"CODE","message":"m","taskUUID":"T"}]}""";

    [Theory]
    [InlineData(Samples.Acknowledgement, 200, SubmitVerdict.Acknowledged)]
    [InlineData(Samples.Empty, 200, SubmitVerdict.Acknowledged)]
    [InlineData(Samples.Empty, 202, SubmitVerdict.Acknowledged)]
    [InlineData(Samples.Processing, 200, SubmitVerdict.Acknowledged)]
    [InlineData(Samples.Success, 200, SubmitVerdict.Acknowledged)]
    [InlineData(Samples.Partial, 200, SubmitVerdict.Acknowledged)]
    [InlineData("""{"data":[{"taskType":"videoInference"}]}""", 200, SubmitVerdict.Acknowledged)]
    [InlineData(Samples.BadKey, 401, SubmitVerdict.Refused)]
    [InlineData(Samples.BadParameter, 400, SubmitVerdict.Refused)]
    [InlineData(Samples.BadParameter, 200, SubmitVerdict.Refused)]
    [InlineData(Samples.BadImage, 400, SubmitVerdict.Refused)]
    [InlineData(Samples.ThirdPartyCredit, 400, SubmitVerdict.Refused)]
    [InlineData(Samples.Credit, 402, SubmitVerdict.Refused)]
    [InlineData(Samples.LegacyError, 404, SubmitVerdict.Refused)]
    [InlineData(Samples.Overloaded, 429, SubmitVerdict.RetryLater)]
    [InlineData(Samples.Overloaded, 500, SubmitVerdict.RetryLater)]
    [InlineData(Samples.FlatError, 200, SubmitVerdict.Ambiguous)]
    [InlineData(Samples.NestedError, 200, SubmitVerdict.Ambiguous)]
    [InlineData(Samples.BadParameter, 500, SubmitVerdict.Ambiguous)]
    [InlineData(Samples.Empty, 500, SubmitVerdict.Ambiguous)]
    [InlineData(Samples.Acknowledgement, 503, SubmitVerdict.Ambiguous)]
    public void Classify_Sample(string sample, int status, SubmitVerdict expected) =>
        Assert.Equal(expected, SubmitRules.Classify(Samples.Reply(sample, status), Samples.Task, earlierAttempt: false));

    [Theory]
    [InlineData("serviceUnavailable", 503, SubmitVerdict.RetryLater)]
    [InlineData("serviceUnavailable", 500, SubmitVerdict.Ambiguous)]
    [InlineData("internalServerError", 500, SubmitVerdict.Ambiguous)]
    [InlineData("internalServerError", 503, SubmitVerdict.Ambiguous)]
    [InlineData("providerTimeout", 504, SubmitVerdict.Ambiguous)]
    [InlineData("timeoutProvider", 200, SubmitVerdict.Ambiguous)]
    [InlineData("providerError", 400, SubmitVerdict.Ambiguous)]
    [InlineData("contentPolicyViolation", 400, SubmitVerdict.Refused)]
    [InlineData("rateLimitExceeded", 429, SubmitVerdict.RetryLater)]
    [InlineData("brandNewCode", 400, SubmitVerdict.Refused)]
    [InlineData("brandNewCode", 200, SubmitVerdict.Ambiguous)]
    public void Classify_Code(string code, int status, SubmitVerdict expected) =>
        Assert.Equal(expected, SubmitRules.Classify(Samples.Reply(Plain.Replace("CODE", code), status), Samples.Task, earlierAttempt: false));

    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    [InlineData(200)]
    [InlineData(500)]
    public void Classify_Conflict_IsProofOnlyAfterAnAttemptOfOurs(int status)
    {
        ApiReply reply = Samples.Reply(Samples.Conflict, status);

        Assert.Equal(SubmitVerdict.Conflict, SubmitRules.Classify(reply, Samples.Task, earlierAttempt: true));
        Assert.Equal(SubmitVerdict.Refused, SubmitRules.Classify(reply, Samples.Task, earlierAttempt: false));
    }

    [Theory]
    [InlineData(Samples.Credit, 402)]
    [InlineData(Samples.BadKey, 401)]
    [InlineData(Samples.BadParameter, 400)]
    public void Classify_Refusal_IsOneAfterAnEarlierAttemptToo(string sample, int status) =>
        Assert.Equal(SubmitVerdict.Refused, SubmitRules.Classify(Samples.Reply(sample, status), Samples.Task, earlierAttempt: true));

    [Fact]
    public void Classify_OtherTasks_AreIgnored()
    {
        ApiReply reply = Samples.Reply($$"""{"data":[{"taskUUID":"T","taskType":"videoInference"}],"errors":[{"code":"invalidX","taskUUID":"{{Samples.Other}}"}]}""");

        Assert.Equal(SubmitVerdict.Acknowledged, SubmitRules.Classify(reply, Samples.Task, earlierAttempt: false));
        Assert.Equal(SubmitVerdict.Refused, SubmitRules.Classify(reply, Samples.Other, earlierAttempt: false));
        Assert.Equal(SubmitVerdict.Ambiguous, SubmitRules.Classify(reply, Guid.NewGuid(), earlierAttempt: false));
    }

    [Fact]
    public void Classify_AcknowledgementBesideAnError_IsLookedInto()
    {
        ApiReply reply = Samples.Reply("""{"data":[{"taskUUID":"T","taskType":"videoInference"}],"errors":[{"code":"invalidX","taskUUID":"T"}]}""");

        Assert.Equal(SubmitVerdict.Ambiguous, SubmitRules.Classify(reply, Samples.Task, earlierAttempt: false));
    }

    [Fact]
    public void Classify_WithoutEnvelope_FollowsTheWire()
    {
        Assert.Equal(SubmitVerdict.Unsent, SubmitRules.Classify(new ApiReply { Outcome = ApiOutcome.Unsent }, Samples.Task, true));
        Assert.Equal(SubmitVerdict.Ambiguous, SubmitRules.Classify(new ApiReply { Outcome = ApiOutcome.Ambiguous, HttpStatus = 500 }, Samples.Task, false));
    }

    public static TheoryData<string, bool> Looks => new()
    {
        { "a finished video", true },
        { "a video that is not finished", false },
        { "a failure of the task", true },
        { "processing", false },
        { "not found", false },
        { "an empty reply", false },
        { "a video of another task", false },
        { "a conflict", true },
        { "a conflict of another task", false },
        { "a conflict without an id", false },
        { "a failure beside a status of the call", false },
        { "our request in the archive", true },
        { "our request in the archive with its refusal", false },
        { "our request in the archive with its failure", true },
        { "another request in the archive", false },
        { "another request in the archive, with a video without an id", true },
        { "another request in the archive, with a conflict without an id", true },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public void ProvesAcceptance_Look(string look, bool expected)
    {
        Guid id = Samples.Task;
        Guid other = Samples.Other;
        ApiReply reply = look switch
        {
            "a finished video" => Replies.Data(Replies.Video(id)),
            "a video that is not finished" => Replies.Data(new ResultItem { TaskId = id, Status = "processing", Video = new KlingVideo() }),
            "a failure of the task" => Replies.Error(200, Replies.Failure(id)),
            "processing" => Replies.Processing(id),
            "not found" => Replies.NotFound(id),
            "a video of another task" => Replies.Data(Replies.Video(other)),
            "a conflict" => Replies.Conflict(id),
            "a conflict of another task" => Replies.Conflict(other),
            "a conflict without an id" => Replies.Error(400, Replies.Failure(null, "conflictTaskUUID", KlingErrorCategory.Conflict)),
            "a failure beside a status of the call" => Replies.Error(503, Replies.Failure(id)),
            "our request in the archive" => Replies.Archive(id),
            "our request in the archive with its refusal" => Replies.Archive(id, errors: [Replies.Failure(id, "invalidDuration", KlingErrorCategory.Validation)]),
            "our request in the archive with its failure" => Replies.Archive(id, errors: [Replies.Failure(id)]),
            "another request in the archive" => Replies.Archive(other),
            "another request in the archive, with a video without an id" => Replies.Archive(other, items: [new ResultItem { Video = new KlingVideo() }]),
            "another request in the archive, with a conflict without an id" =>
                Replies.Archive(other, errors: [Replies.Failure(null, "conflictTaskUUID", KlingErrorCategory.Conflict)]),
            _ => Replies.Empty(),
        };

        Assert.Equal(expected, SubmitRules.ProvesAcceptance(reply, id));
    }

    [Theory]
    [InlineData("unsupportedDuration", KlingErrorCategory.Validation, "duration", 400, true)]
    [InlineData("missingPrompt", KlingErrorCategory.Validation, null, 200, true)]
    [InlineData("unsupportedDuration", KlingErrorCategory.Validation, "duration", 429, false)]
    [InlineData("unsupportedDuration", KlingErrorCategory.Safety, "duration", 400, false)]
    [InlineData("duplicateValue", KlingErrorCategory.Validation, "duration", 400, false)]
    [InlineData("invalidValueUploadFailed", KlingErrorCategory.Validation, "inputs", 400, false)]
    [InlineData("invalidValue", KlingErrorCategory.Validation, "inputs.frameImages", 400, false)]
    [InlineData("invalidTaskUUID", KlingErrorCategory.Validation, null, 400, false)]
    [InlineData("insufficientCredits", KlingErrorCategory.Quota, null, 400, false)]
    public void CoversEarlierAttempts_OnlyARuleOnTheText(string code, string category, string? parameter, int status, bool expected) =>
        Assert.Equal(expected, SubmitRules.CoversEarlierAttempts(Replies.Error(status, Replies.Failure(Samples.Task, code, category, parameter: parameter))));

    [Fact]
    public void CoversEarlierAttempts_EveryErrorMustBeOne()
    {
        ApiReply mixed = new() { HttpStatus = 400, Errors = [.. Replies.Invalid(Samples.Task).Errors, .. Replies.NoCredit(Samples.Task).Errors] };

        Assert.False(SubmitRules.CoversEarlierAttempts(mixed));
        Assert.False(SubmitRules.CoversEarlierAttempts(Replies.Empty()));
    }

    [Theory]
    [InlineData("invalidValueUploadFailed", KlingErrorCategory.Validation, "inputs.frameImages", true)]
    [InlineData("invalidValueUploadFailed", KlingErrorCategory.Validation, null, true)]
    [InlineData("mediaNotFound", KlingErrorCategory.NotFound, null, true)]
    [InlineData("providerError", KlingErrorCategory.Provider, "inputs.frameImages", true)]
    [InlineData("brandNewCode", KlingErrorCategory.Unknown, "image", true)]
    [InlineData("unsupportedDuration", KlingErrorCategory.Validation, "duration", false)]
    [InlineData("invalidFrameImageWidth", KlingErrorCategory.Validation, "inputs.frameImages", false)]
    [InlineData("imageBlocked", KlingErrorCategory.Safety, "inputs.frameImages", false)]
    [InlineData("insufficientCredits", KlingErrorCategory.Quota, "inputs.frameImages", false)]
    public void MayMeanForgottenImage_Words(string code, string category, string? parameter, bool expected)
    {
        KlingApiException Refusal(string billing) =>
            new("m", category, billing) { Errors = [Replies.Failure(Samples.Task, code, category, parameter: parameter)] };

        Assert.Equal(expected, SubmitRules.MayMeanForgottenImage(Refusal(BillingState.NotCharged)));
        Assert.False(SubmitRules.MayMeanForgottenImage(Refusal(BillingState.Unknown)));
    }
}
