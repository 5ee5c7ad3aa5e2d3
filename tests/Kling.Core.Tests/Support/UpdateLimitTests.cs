using Kling.Support;

namespace Kling.Core.Tests.Support;

public class UpdateLimitTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void ThousandTriesInTenSeconds_AreAtMostFiveUpdatesASecond()
    {
        var limit = new UpdateLimit(_clock, TimeSpan.FromMilliseconds(200));
        var made = new List<DateTimeOffset>();
        for (int i = 0; i < 1000; i++, _clock.UtcNow += TimeSpan.FromMilliseconds(10))
        {
            if (limit.TryTake())
            {
                made.Add(_clock.UtcNow);
            }
        }

        Assert.Equal(50, made.Count);
        Assert.All(made, time => Assert.InRange(made.Count(other => other >= time && other < time + TimeSpan.FromSeconds(1)), 1, 5));
    }

    [Fact]
    public void ClockSetBack_DoesNotSilenceIt()
    {
        var limit = new UpdateLimit(_clock, TimeSpan.FromMilliseconds(200));
        Assert.True(limit.TryTake());
        _clock.Set(TimeSpan.FromHours(-1));
        Assert.False(limit.TryTake());
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.True(limit.TryTake());
    }
}
