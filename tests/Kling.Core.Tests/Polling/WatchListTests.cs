using Kling.Core.Tests.Submit;
using Kling.Models;
using Kling.Polling;

namespace Kling.Core.Tests.Polling;

public sealed class WatchListTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly WatchList _list = new();
    private readonly PollTiming _timing = new(loopback: false);

    [Fact]
    public void GiveUp_SomebodyElseCameForTheTaskDuringTheRequest_KeepsTheNewWait()
    {
        KlingTask task = Sample.Foreign();
        WatchedTask.Waiter first = Add(task);
        WatchedTask[] asked = _list.DueBy(DateTimeOffset.MaxValue);
        for (int answer = 0; answer < 3; answer++)
        {
            asked[0].CountNotFound(s_noon);
        }

        Assert.True(_list.Remove(first));
        WatchedTask.Waiter second = Add(task);
        _list.GiveUp(asked, s_noon.AddMinutes(1));

        Assert.False(second.Task.IsCompleted);
        Assert.True(_list.Remove(second));
        Assert.True(_list.IsEmpty);
    }

    private WatchedTask.Waiter Add(KlingTask task) => _list.Add(task, null, null, s_noon, _timing, default);
}
