namespace Kling.Core.Tests.Support;

public class FakeClockTests
{
    [Fact]
    public async Task DelayAsync_ByDefault_MovesTheTimeAndIsRecorded()
    {
        var clock = new FakeClock();
        DateTimeOffset start = clock.UtcNow;

        await clock.DelayAsync(TimeSpan.FromSeconds(90), CancellationToken.None);

        Assert.Equal(start + TimeSpan.FromSeconds(90), clock.UtcNow);
        Assert.Equal([TimeSpan.FromSeconds(90)], clock.Delays);
    }

    [Fact]
    public async Task DelayAsync_Manual_WaitsForAdvance()
    {
        var clock = new FakeClock { Manual = true };
        Task late = clock.DelayAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        Task early = clock.DelayAsync(TimeSpan.FromSeconds(3), CancellationToken.None);

        clock.Advance(TimeSpan.FromSeconds(3));

        await early;
        Assert.False(late.IsCompleted);
        Assert.Equal(1, clock.Waiting);
        clock.Advance(TimeSpan.FromSeconds(7));
        await late;
    }

    [Fact]
    public async Task DelayAsync_Cancelled_Throws()
    {
        var clock = new FakeClock { Manual = true };
        using var stop = new CancellationTokenSource();
        Task delay = clock.DelayAsync(TimeSpan.FromSeconds(10), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
        Assert.Equal(0, clock.Waiting);
    }
}
