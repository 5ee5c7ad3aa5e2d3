using Kling.Core.Tests.Submit;
using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Polling;
using Kling.Wire;

namespace Kling.Core.Tests.Polling;

public class ServiceCallsTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Ping_IsGoodWhenThePongComes()
    {
        ScriptedApi api = Api(_ => Replies.Data(new ResultItem { TaskType = "ping" }));
        await new ServiceCalls(api, _clock).PingAsync(default);
        Assert.Equal("ping", Assert.Single(api.Calls).TaskType);
    }

    [Fact]
    public async Task Ping_RefusedKey_IsSaidAtOnce()
    {
        ScriptedApi api = Api(_ => Replies.RefusedKey());
        KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => new ServiceCalls(api, _clock).PingAsync(default));
        Assert.Equal((KlingErrorCategory.Authentication, BillingState.NotCharged), (failure.Category, failure.BillingState));
        Assert.Single(api.Calls);
    }

    [Fact]
    public async Task Ping_AnotherServerOrNone_Fails()
    {
        foreach ((ApiReply reply, string category) in new[]
        {
            (Replies.Empty(), KlingErrorCategory.Protocol),
            (Replies.Ambiguous(200), KlingErrorCategory.Protocol),
            (Replies.Ambiguous(503), KlingErrorCategory.Server),
            (Replies.Unsent(), KlingErrorCategory.Connection),
        })
        {
            ScriptedApi api = Api(_ => reply);
            KlingApiException failure = await Assert.ThrowsAsync<KlingApiException>(() => new ServiceCalls(api, _clock).PingAsync(default));
            Assert.Equal(category, failure.Category);
            Assert.Contains(api.Endpoint.AbsoluteUri, failure.Message, StringComparison.Ordinal);
            Assert.Equal(2, api.Calls.Count);
        }
    }

    [Fact]
    public async Task Account_SurvivesAFault()
    {
        int calls = 0;
        ScriptedApi api = Api(_ => ++calls < 3 ? Replies.Ambiguous(502) : new ApiReply { HttpStatus = 200, Account = new KlingAccount { Balance = 5m } });
        KlingAccount account = await new ServiceCalls(api, _clock).GetAccountAsync(default);
        Assert.Equal((5m, api.Endpoint.AbsoluteUri), (account.Balance, account.Endpoint));
        Assert.Equal("accountManagement", api.Calls[0].TaskType);
        Assert.Contains("\"operation\":\"getDetails\"", api.Calls[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_NotTold_IsAnError()
    {
        KlingApiException silent = await Assert.ThrowsAsync<KlingApiException>(() => new ServiceCalls(Api(_ => Replies.Empty()), _clock).GetAccountAsync(default));
        Assert.Equal(KlingErrorCategory.Protocol, silent.Category);
        KlingApiException refused = await Assert.ThrowsAsync<KlingApiException>(() => new ServiceCalls(Api(_ => Replies.RefusedKey()), _clock).GetAccountAsync(default));
        Assert.Equal(KlingErrorCategory.Authentication, refused.Category);
        Assert.Contains("invalidApiKey", refused.Message, StringComparison.Ordinal);
    }

    private ScriptedApi Api(Func<ApiCall, ApiReply> answer) => new(_clock, answer);
}
