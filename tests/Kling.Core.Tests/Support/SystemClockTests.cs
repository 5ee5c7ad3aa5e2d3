using Kling.Support;

namespace Kling.Core.Tests.Support;

public class SystemClockTests
{
    [Fact]
    public void NeverShorter_IsWholeMillisecondsAndMoreThanAsked()
    {
        var random = new Random(5);
        for (int i = 0; i < 1000; i++)
        {
            TimeSpan asked = TimeSpan.FromTicks(random.NextInt64(1, TimeSpan.FromHours(1).Ticks));
            TimeSpan given = SystemClock.NeverShorter(asked);

            // One more than the next whole millisecond: the timer may fire one early.
            Assert.Equal(0, given.Ticks % TimeSpan.TicksPerMillisecond);
            Assert.InRange(given - asked, TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond + 1), TimeSpan.FromMilliseconds(2));
        }
    }

    [Fact]
    public void NeverShorter_LeavesNothingAndForeverAlone()
    {
        Assert.Equal(TimeSpan.Zero, SystemClock.NeverShorter(TimeSpan.Zero));
        Assert.Equal(Timeout.InfiniteTimeSpan, SystemClock.NeverShorter(Timeout.InfiniteTimeSpan));
    }
}
