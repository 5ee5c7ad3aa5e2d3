using Kling.Support;

namespace Kling.Core.Tests.Support;

public sealed class CallBatcherTests
{
    private readonly List<int[]> _calls = [];
    private readonly TaskCompletionSource _firstMayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _firstBegan = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Ask_WhileACallIsOnItsWay_SharesTheNextOne()
    {
        CallBatcher<int, int> call = FirstCallHolds();
        Task<int> first = call.AskAsync([1], default);
        await _firstBegan.Task;

        Task<int>[] others = [.. Enumerable.Range(2, 10_000).Select(number => call.AskAsync([number], default))];
        Assert.DoesNotContain(others, other => other.IsCompleted);
        _firstMayEnd.SetResult();

        Assert.Equal(1, await first);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(2, answer));
        Assert.Equal([1], _calls[0]);
        Assert.Equal(Enumerable.Range(2, 10_000), _calls[1]);
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public async Task Ask_AfterTheAnswer_MakesANewCall()
    {
        _firstMayEnd.SetResult();
        CallBatcher<int, int> call = FirstCallHolds();

        Assert.Equal(1, await call.AskAsync([7, 8], default));
        Assert.Equal(2, await call.AskAsync([7], default));

        Assert.Equal([7, 8], _calls[0]);
        Assert.Equal([7], _calls[1]);
    }

    [Fact]
    public async Task Ask_CallFails_TellsAllWhoSharedItAndGoesOn()
    {
        int calls = 0;
        var call = new CallBatcher<int, int>((_, _) => ++calls == 1 ? throw new IOException("No disk.") : Task.FromResult(calls));

        IOException failure = await Assert.ThrowsAsync<IOException>(() => call.AskAsync([1], default));

        Assert.Equal("No disk.", failure.Message);
        Assert.Equal(2, await call.AskAsync([2], default));
    }

    [Fact]
    public async Task Ask_TokenStops_EndsAsCancelled()
    {
        using var stop = new CancellationTokenSource();
        var call = new CallBatcher<int, int>(async (_, token) =>
        {
            _firstBegan.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        });
        Task<int> asked = call.AskAsync([1], stop.Token);
        await _firstBegan.Task;

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private CallBatcher<int, int> FirstCallHolds() => new(async (asks, _) =>
    {
        _calls.Add([.. asks]);
        int number = _calls.Count;
        if (number == 1)
        {
            _firstBegan.SetResult();
            await _firstMayEnd.Task;
        }

        return number;
    });
}
