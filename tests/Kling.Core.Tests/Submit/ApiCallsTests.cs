using Kling.Core.Tests.Wire;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

/// <summary>Which failed calls are worth repeating. What repeats them is tested with the uploads and the service calls.</summary>
public class ApiCallsTests
{
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
        Assert.Equal(expected, ApiCalls.IsTransient(Samples.Reply(sample, status)));

    [Fact]
    public void IsTransient_Wire()
    {
        Assert.True(ApiCalls.IsTransient(new ApiReply { Outcome = ApiOutcome.Unsent }));
        Assert.True(ApiCalls.IsTransient(new ApiReply { Outcome = ApiOutcome.Ambiguous }));
        Assert.False(ApiCalls.IsTransient(new ApiReply { Outcome = ApiOutcome.Unsent, BodyChanged = true }));
    }
}
