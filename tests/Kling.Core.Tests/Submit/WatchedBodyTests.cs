using Kling.Core.Tests.Support;
using Kling.Requests;
using Kling.Submit;
using Kling.Support;

namespace Kling.Core.Tests.Submit;

public class WatchedBodyTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Write_IsListedWithItsBytesWhileItRuns()
    {
        var transfers = new RunningTransfers(_clock);
        var half = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        RequestBody body = WatchedBody.Of(new HalvedBody(half, goOn.Task), "a.png", transfers);
        using var stream = new MemoryStream();

        Task write = body.WriteAsync(stream, default);
        await half.Task;

        Assert.Empty(transfers.RunningFor(TimeSpan.FromSeconds(1), 4));
        _clock.UtcNow += TimeSpan.FromSeconds(1);
        Transfer transfer = Assert.Single(transfers.RunningFor(TimeSpan.FromSeconds(1), 4));
        Assert.Equal(("Sending", "a.png", 4L, 8L), (transfer.What, transfer.Name, transfer.Bytes, transfer.Total));
        goOn.SetResult();
        await write;
        Assert.Empty(transfers.RunningFor(TimeSpan.Zero, 4));
        Assert.Equal(8, stream.Length);
    }

    [Fact]
    public async Task Write_ThatFails_IsNotListedAnyMore()
    {
        var transfers = new RunningTransfers(_clock);
        RequestBody body = WatchedBody.Of(new ChangedBody(), "a.png", transfers);

        await Assert.ThrowsAsync<BodyChangedException>(() => body.WriteAsync(Stream.Null, default));

        Assert.Empty(transfers.RunningFor(TimeSpan.Zero, 4));
    }

    [Fact]
    public void Of_WhereNobodyWatches_IsTheBodyItself()
    {
        RequestBody body = RequestBody.FromBytes([1]);

        Assert.Same(body, WatchedBody.Of(body, "a.png", null));
    }

    [Fact]
    public void RunningFor_ShowsTheOldestFirst_AndNoMoreThanAsked()
    {
        var transfers = new RunningTransfers(_clock);
        Transfer[] begun = [.. Enumerable.Range(0, 6).Select(i => transfers.Begin("Saving", $"{i}.mp4", () => null, () => i))];

        Assert.Equal(["0.mp4", "1.mp4", "2.mp4", "3.mp4"], transfers.RunningFor(TimeSpan.Zero, 4).Select(transfer => transfer.Name));

        begun[0].Dispose();
        Assert.Equal("1.mp4", transfers.RunningFor(TimeSpan.Zero, 1)[0].Name);
    }

    private sealed class HalvedBody(TaskCompletionSource half, Task goOn) : RequestBody
    {
        public override long Length => 8;

        public override async Task WriteAsync(Stream stream, CancellationToken token)
        {
            await stream.WriteAsync(new byte[4], token);
            half.SetResult();
            await goOn;
            await stream.WriteAsync(new byte[4], token);
        }
    }
}
