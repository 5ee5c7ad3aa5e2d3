using Kling.Models;
using Kling.Wire;

namespace Kling.Core.Tests.Wire;

public class ErrorCategorizerTests
{
    [Theory]
    [InlineData("connectionFailed", null, KlingErrorCategory.Connection)]
    [InlineData("insufficientCredits", 402, KlingErrorCategory.Quota)]
    [InlineData("thirdPartyInsufficientCredits", 400, KlingErrorCategory.Quota)]
    [InlineData("videoInferenceInsufficientCredits", 200, KlingErrorCategory.Quota)]
    [InlineData("providerInsufficientCredits", 500, KlingErrorCategory.Quota)]
    [InlineData("lowBalance", 400, KlingErrorCategory.Quota)]
    [InlineData("quotaExceeded", null, KlingErrorCategory.Quota)]
    [InlineData("paymentRequired", null, KlingErrorCategory.Quota)]
    [InlineData("rateLimitExceeded", null, KlingErrorCategory.RateLimit)]
    [InlineData("providerRateLimitExceeded", 200, KlingErrorCategory.RateLimit)]
    [InlineData("serviceOverloaded", 500, KlingErrorCategory.RateLimit)]
    [InlineData("contentPolicyViolation", null, KlingErrorCategory.Safety)]
    [InlineData("providerContentPolicyViolation", null, KlingErrorCategory.Safety)]
    [InlineData("moderationFailed", null, KlingErrorCategory.Safety)]
    [InlineData("promptBlocked", 400, KlingErrorCategory.Safety)]
    [InlineData("invalidApiKey", 401, KlingErrorCategory.Authentication)]
    [InlineData("missingApiKey", null, KlingErrorCategory.Authentication)]
    [InlineData("authTimeout", null, KlingErrorCategory.Authentication)]
    [InlineData("tokenExpired", null, KlingErrorCategory.Authentication)]
    [InlineData("forbidden", 403, KlingErrorCategory.Authentication)]
    [InlineData("providerAuthenticationFailed", 200, KlingErrorCategory.Provider)]
    [InlineData("providerInvalidApiKey", 200, KlingErrorCategory.Provider)]
    [InlineData("timeoutProvider", null, KlingErrorCategory.Timeout)]
    [InlineData("providerGatewayTimeout", null, KlingErrorCategory.Timeout)]
    [InlineData("timeout", null, KlingErrorCategory.Timeout)]
    [InlineData("taskNotFound", null, KlingErrorCategory.NotFound)]
    [InlineData("taskExpired", null, KlingErrorCategory.NotFound)]
    [InlineData("taskFailedOrNotFound", null, KlingErrorCategory.NotFound)]
    [InlineData("providerNotFound", null, KlingErrorCategory.NotFound)]
    [InlineData("unknownModel", 400, KlingErrorCategory.NotFound)]
    [InlineData("internalError", null, KlingErrorCategory.Server)]
    [InlineData("serverError", null, KlingErrorCategory.Server)]
    [InlineData("serviceUnavailable", 503, KlingErrorCategory.Server)]
    [InlineData("standardError", null, KlingErrorCategory.Server)]
    [InlineData("standardError", 401, KlingErrorCategory.Authentication)]
    [InlineData("inferenceError", null, KlingErrorCategory.Provider)]
    [InlineData("providerError", 400, KlingErrorCategory.Provider)]
    [InlineData("conflictTaskUUID", 400, KlingErrorCategory.Conflict)]
    [InlineData("conflictTaskUUID", 409, KlingErrorCategory.Conflict)]
    [InlineData("duplicateTaskUUID", 400, KlingErrorCategory.Conflict)]
    [InlineData("conflictingParameters", 400, KlingErrorCategory.Validation)]
    [InlineData("unsupportedDuration", 400, KlingErrorCategory.Validation)]
    [InlineData("invalidValueUploadFailed", 400, KlingErrorCategory.Validation)]
    [InlineData("invalidTaskUUID", 400, KlingErrorCategory.Validation)]
    [InlineData("unknownParameter", null, KlingErrorCategory.Validation)]
    [InlineData("brandNewCode", null, KlingErrorCategory.Unknown)]
    [InlineData("brandNewCode", 200, KlingErrorCategory.Unknown)]
    [InlineData("brandNewCode", 400, KlingErrorCategory.Validation)]
    [InlineData("brandNewCode", 500, KlingErrorCategory.Server)]
    [InlineData(null, 401, KlingErrorCategory.Authentication)]
    [InlineData("", 402, KlingErrorCategory.Quota)]
    [InlineData("http429", null, KlingErrorCategory.RateLimit)]
    [InlineData("http403", 403, KlingErrorCategory.Authentication)]
    [InlineData("http302", 302, KlingErrorCategory.Protocol)]
    [InlineData(null, null, KlingErrorCategory.Unknown)]
    public void Categorize_FollowsTheTable(string? code, int? status, string expected) =>
        Assert.Equal(expected, ErrorCategorizer.Categorize(code, status));

    [Theory]
    [InlineData(null, KlingErrorCategory.Connection, KlingErrorCategory.Connection)]
    [InlineData(200, KlingErrorCategory.Protocol, KlingErrorCategory.Connection)]
    [InlineData(400, KlingErrorCategory.Protocol, KlingErrorCategory.Connection)]
    [InlineData(401, KlingErrorCategory.Authentication, KlingErrorCategory.Connection)]
    [InlineData(402, KlingErrorCategory.Quota, KlingErrorCategory.Connection)]
    [InlineData(404, KlingErrorCategory.Protocol, KlingErrorCategory.Connection)]
    [InlineData(408, KlingErrorCategory.Timeout, KlingErrorCategory.Connection)]
    [InlineData(429, KlingErrorCategory.RateLimit, KlingErrorCategory.Connection)]
    [InlineData(503, KlingErrorCategory.Server, KlingErrorCategory.Server)]
    [InlineData(504, KlingErrorCategory.Server, KlingErrorCategory.Server)]
    public void ReplyWithoutWords_FollowsTheStatus(int? status, string call, string submit)
    {
        var reply = new ApiReply { Outcome = ApiOutcome.Ambiguous, HttpStatus = status };
        Assert.Equal((call, submit), (ErrorCategorizer.OfFailedCall(reply), ErrorCategorizer.OfFailedSubmit(reply)));
    }

    [Fact]
    public void ReplyWithAnError_IsOfItsCategory()
    {
        var known = new ApiReply { HttpStatus = 401, Errors = [new KlingTaskError { Category = KlingErrorCategory.Quota }] };
        Assert.Equal((KlingErrorCategory.Quota, KlingErrorCategory.Quota), (ErrorCategorizer.OfFailedCall(known), ErrorCategorizer.OfFailedSubmit(known)));

        var unknown = new ApiReply { HttpStatus = 200, Errors = [new KlingTaskError { Category = KlingErrorCategory.Unknown }] };
        Assert.Equal((KlingErrorCategory.Protocol, KlingErrorCategory.Unknown), (ErrorCategorizer.OfFailedCall(unknown), ErrorCategorizer.OfFailedSubmit(unknown)));
    }

    [Fact]
    public void ReplyThatSaysNothing_IsUnknownForASubmit()
    {
        Assert.Equal(KlingErrorCategory.Unknown, ErrorCategorizer.OfFailedSubmit(new ApiReply { HttpStatus = 200 }));
        Assert.Equal(KlingErrorCategory.Connection, ErrorCategorizer.OfFailedSubmit(null));
    }
}
