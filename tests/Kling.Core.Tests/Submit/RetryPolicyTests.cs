using Kling.Core.Tests.Wire;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

public class RetryPolicyTests
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
        Assert.Equal(expected, RetryPolicy.Classify(Samples.Reply(sample, status), Samples.Task, earlierAttempt: false));

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
        Assert.Equal(expected, RetryPolicy.Classify(Samples.Reply(Plain.Replace("CODE", code), status), Samples.Task, earlierAttempt: false));

    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    [InlineData(200)]
    [InlineData(500)]
    public void Classify_Conflict_IsProofOnlyAfterAnAttemptOfOurs(int status)
    {
        ApiReply reply = Samples.Reply(Samples.Conflict, status);

        Assert.Equal(SubmitVerdict.Conflict, RetryPolicy.Classify(reply, Samples.Task, earlierAttempt: true));
        Assert.Equal(SubmitVerdict.Refused, RetryPolicy.Classify(reply, Samples.Task, earlierAttempt: false));
    }

    [Theory]
    [InlineData(Samples.Credit, 402)]
    [InlineData(Samples.BadKey, 401)]
    [InlineData(Samples.BadParameter, 400)]
    public void Classify_Refusal_IsOneAfterAnEarlierAttemptToo(string sample, int status) =>
        Assert.Equal(SubmitVerdict.Refused, RetryPolicy.Classify(Samples.Reply(sample, status), Samples.Task, earlierAttempt: true));

    [Fact]
    public void Classify_OtherTasks_AreIgnored()
    {
        ApiReply reply = Samples.Reply($$"""{"data":[{"taskUUID":"T","taskType":"videoInference"}],"errors":[{"code":"invalidX","taskUUID":"{{Samples.Other}}"}]}""");

        Assert.Equal(SubmitVerdict.Acknowledged, RetryPolicy.Classify(reply, Samples.Task, earlierAttempt: false));
        Assert.Equal(SubmitVerdict.Refused, RetryPolicy.Classify(reply, Samples.Other, earlierAttempt: false));
        Assert.Equal(SubmitVerdict.Ambiguous, RetryPolicy.Classify(reply, Guid.NewGuid(), earlierAttempt: false));
    }

    [Fact]
    public void Classify_AcknowledgementBesideAnError_IsLookedInto()
    {
        ApiReply reply = Samples.Reply("""{"data":[{"taskUUID":"T","taskType":"videoInference"}],"errors":[{"code":"invalidX","taskUUID":"T"}]}""");

        Assert.Equal(SubmitVerdict.Ambiguous, RetryPolicy.Classify(reply, Samples.Task, earlierAttempt: false));
    }

    [Fact]
    public void Classify_WithoutEnvelope_FollowsTheWire()
    {
        Assert.Equal(SubmitVerdict.Unsent, RetryPolicy.Classify(new ApiReply { Outcome = ApiOutcome.Unsent }, Samples.Task, true));
        Assert.Equal(SubmitVerdict.Ambiguous, RetryPolicy.Classify(new ApiReply { Outcome = ApiOutcome.Ambiguous, HttpStatus = 500 }, Samples.Task, false));
    }

    [Theory]
    [InlineData(Samples.Processing, 200, false)]
    [InlineData(Samples.Empty, 200, false)]
    [InlineData(Samples.Partial, 200, false)]
    [InlineData(Samples.FlatError, 200, false)]
    [InlineData(Samples.BadKey, 401, false)]
    [InlineData(Samples.LegacyError, 200, false)]
    [InlineData(Samples.Overloaded, 200, true)]
    [InlineData(Samples.Overloaded, 429, true)]
    [InlineData(Samples.Processing, 500, true)]
    [InlineData("""{"errors":[{"code":"internalError"}]}""", 200, true)]
    [InlineData("""{"errors":[{"code":"internalError","taskUUID":"T"}]}""", 200, false)]
    [InlineData("""{"errors":[{"code":"providerRateLimitExceeded","taskUUID":"T"}]}""", 200, false)]
    public void IsTransient_Sample(string sample, int status, bool expected) =>
        Assert.Equal(expected, RetryPolicy.IsTransient(Samples.Reply(sample, status)));

    [Fact]
    public void IsTransient_Wire()
    {
        Assert.True(RetryPolicy.IsTransient(new ApiReply { Outcome = ApiOutcome.Unsent }));
        Assert.True(RetryPolicy.IsTransient(new ApiReply { Outcome = ApiOutcome.Ambiguous }));
        Assert.False(RetryPolicy.IsTransient(new ApiReply { Outcome = ApiOutcome.Unsent, BodyChanged = true }));
    }

    [Theory]
    [InlineData(1, 0.0, 0.5)]
    [InlineData(1, 1.0, 1.0)]
    [InlineData(2, 0.5, 1.5)]
    [InlineData(3, 0.0, 2.0)]
    [InlineData(6, 1.0, 30.0)]
    [InlineData(1000, 1.0, 30.0)]
    public void NextDelay_GrowsWithJitterToItsCap(int attempt, double random, double seconds) =>
        Assert.Equal(seconds, RetryPolicy.NextDelay(attempt, new ApiReply(), random, int.MaxValue)?.TotalSeconds);

    [Fact]
    public void NextDelay_IsNeverShorterThanAsked_AndNeverPastTheLastAttempt()
    {
        var random = new Random(11);
        for (int i = 0; i < 2000; i++)
        {
            var asked = TimeSpan.FromSeconds(random.NextDouble() * 120);
            var reply = new ApiReply { RetryAfter = asked };
            TimeSpan delay = RetryPolicy.NextDelay(random.Next(1, 40), reply, random.NextDouble(), 40)!.Value;
            Assert.True(delay >= asked);
            Assert.True(delay == asked || delay <= TimeSpan.FromSeconds(30));
        }

        Assert.Null(RetryPolicy.NextDelay(3, new ApiReply(), 0.5, 3));
        Assert.Null(RetryPolicy.NextDelay(1, new ApiReply { Outcome = ApiOutcome.Unsent, BodyChanged = true }, 0.5, 3));
    }
}
