using Kling.Core.Tests.Support;
using Kling.Models;
using Kling.Submit;
using Kling.Wire;

namespace Kling.Core.Tests.Submit;

public class SubmitGateTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly ApiReply s_good = new() { HttpStatus = 200 };

    [Fact]
    public async Task Enter_BeyondTheLimit_WaitsForATurn()
    {
        var gate = new SubmitGate(new FakeClock(), most: 2);
        await gate.EnterAsync(s_day, default);
        await gate.EnterAsync(s_day, default);

        Task third = gate.EnterAsync(s_day, default);

        Assert.False(third.IsCompleted);
        gate.Leave(s_good);
        await third;
    }

    [Fact]
    public void Leave_TooManyRequests_HalvesTheLimitDownToOne()
    {
        var gate = new SubmitGate(new FakeClock(), most: 5);

        Assert.Equal([2, 1, 1], Enumerable.Range(0, 3).Select(_ => Attempt(gate, TooMany(), most: 5)));
    }

    [Fact]
    public void Leave_GoodOnes_RecoverTheLimitAndNeverPassIt()
    {
        var gate = new SubmitGate(new FakeClock(), most: 4);
        Attempt(gate, TooMany());
        Attempt(gate, TooMany());

        int[] limits = [.. Enumerable.Range(0, 20).Select(_ => Attempt(gate, s_good))];

        Assert.Equal(1, limits[0]);
        Assert.Equal(4, limits[^1]);
        Assert.Equal(limits.Order(), limits);
    }

    [Fact]
    public async Task Leave_OneBurst_HalvesOnce_AndTheNextAgain()
    {
        var gate = new SubmitGate(new FakeClock(), most: 16);
        foreach (int left in new[] { 8, 4, 2 })
        {
            await gate.EnterAsync(s_day, default);
            await gate.EnterAsync(s_day, default);
            await gate.EnterAsync(s_day, default);
            gate.Leave(TooMany());
            gate.Leave(TooMany());
            gate.Leave(TooMany());

            Assert.Equal(left, gate.AtOnce(16));
        }
    }

    [Fact]
    public void AtOnce_IsTheSameShareOfWhatACallerWants_AndAtLeastOne()
    {
        var gate = new SubmitGate(new FakeClock());
        Assert.Equal((4, 1), (gate.AtOnce(4), gate.AtOnce(1)));

        Attempt(gate, TooMany());
        Assert.Equal((2, 1), (gate.AtOnce(4), gate.AtOnce(1)));

        for (int i = 0; i < 8; i++)
        {
            Attempt(gate, s_good);
        }

        Assert.Equal((4, 1), (gate.AtOnce(4), gate.AtOnce(1)));
    }

    [Fact]
    public void Leave_OtherFailures_ChangeNothing()
    {
        var gate = new SubmitGate(new FakeClock(), most: 4);

        Assert.Equal(4, Attempt(gate, new ApiReply { Outcome = ApiOutcome.Ambiguous }));
        Assert.Equal(4, Attempt(gate, null));
    }

    [Fact]
    public async Task Enter_AfterRetryAfter_IsHeldBackForExactlyThatLong()
    {
        var clock = new FakeClock();
        var gate = new SubmitGate(clock, most: 4);
        await gate.EnterAsync(s_day, default);
        DateTimeOffset start = clock.UtcNow;
        gate.Leave(TooMany(TimeSpan.FromSeconds(7)));

        await gate.EnterAsync(s_day, default);

        Assert.Equal(start + TimeSpan.FromSeconds(7), clock.UtcNow);
    }

    [Fact]
    public async Task Enter_AfterAFaultWithRetryAfter_IsHeldBackAsWell()
    {
        var clock = new FakeClock();
        var gate = new SubmitGate(clock, most: 4);
        await gate.EnterAsync(s_day, default);
        gate.Leave(new ApiReply { Outcome = ApiOutcome.Ambiguous, HttpStatus = 503, RetryAfter = TimeSpan.FromSeconds(9) });

        await gate.EnterAsync(s_day, default);

        Assert.Equal([TimeSpan.FromSeconds(9)], clock.Delays);
        Assert.Equal(4, gate.AtOnce(4));
    }

    [Fact]
    public async Task Enter_HeldBackForLongerThanThereIs_DoesNotEnterAndTakesNoTurn()
    {
        var clock = new FakeClock();
        var gate = new SubmitGate(clock, most: 1);
        await gate.EnterAsync(s_day, default);
        gate.Leave(TooMany(TimeSpan.FromSeconds(61)));

        Assert.False(await gate.EnterAsync(TimeSpan.FromMinutes(1), default));
        Assert.Empty(clock.Delays);
        Assert.True(await gate.EnterAsync(TimeSpan.FromSeconds(61), default));
    }

    [Fact]
    public async Task Enter_Cancelled_GivesItsTurnToTheNext()
    {
        var gate = new SubmitGate(new FakeClock(), most: 1);
        await gate.EnterAsync(s_day, default);
        using var stop = new CancellationTokenSource();
        Task cancelled = gate.EnterAsync(s_day, stop.Token);
        Task next = gate.EnterAsync(s_day, default);

        await stop.CancelAsync();
        gate.Leave(s_good);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await next;
    }

    private static int Attempt(SubmitGate gate, ApiReply? reply, int most = 4)
    {
        Task entered = gate.EnterAsync(s_day, default);
        Assert.True(entered.IsCompletedSuccessfully);
        gate.Leave(reply);
        return gate.AtOnce(most);
    }

    private static ApiReply TooMany(TimeSpan? retryAfter = null) => new()
    {
        HttpStatus = 429,
        Errors = [new KlingTaskError { Code = "rateLimitExceeded", Category = KlingErrorCategory.RateLimit }],
        RetryAfter = retryAfter,
    };
}
