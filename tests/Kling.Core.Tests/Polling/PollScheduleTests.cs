using Kling.Polling;

namespace Kling.Core.Tests.Polling;

public sealed class PollScheduleTests
{
    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(190)]
    public void Next_Live_NoticesAVideoWithinAboutFivePercentOfTheMedian(int seconds)
    {
        var schedule = new PollSchedule(loopback: false);
        var random = new Random(seconds);
        for (int n = 0; n < 31; n++)
        {
            schedule.Observe(TimeSpan.FromSeconds(seconds * (0.8 + (random.NextDouble() * 0.4))));
        }

        double median = schedule.Median.TotalSeconds;
        Assert.InRange(median, seconds * 0.9, seconds * 1.1);
        for (int n = 0; n < 200; n++)
        {
            // Walk through the looks of a task that ends at any time of the usual range.
            double end = seconds * (0.8 + (random.NextDouble() * 0.4));
            double look = schedule.FirstLook.TotalSeconds;
            while (look < end)
            {
                look += schedule.Next(random.NextDouble()).TotalSeconds;
            }

            Assert.InRange(look - end, 0, median * 0.056);
        }
    }

    [Fact]
    public void Next_Live_IsNeverFasterThanASecond()
    {
        var schedule = new PollSchedule(loopback: false);
        schedule.Observe(TimeSpan.FromSeconds(1));

        Assert.Equal(1, schedule.Next(0).TotalSeconds);
        Assert.Equal(1, schedule.MinTick.TotalSeconds);
    }

    [Theory]
    [InlineData(0.1, 210)]
    [InlineData(4.4, 220)]
    [InlineData(60, 3000)]
    [InlineData(600, 10_000)]
    public void Pace_Loopback_IsFivePercentOfTheMedianAndAtLeast210Milliseconds(double seconds, double milliseconds)
    {
        var schedule = new PollSchedule(loopback: true);
        schedule.Observe(TimeSpan.FromSeconds(seconds));

        Assert.Equal(milliseconds, schedule.Pace.TotalMilliseconds);
    }

    [Fact]
    public void Median_NothingSeenLive_IsAMinute()
    {
        var schedule = new PollSchedule(loopback: false);

        Assert.Equal(60, schedule.Median.TotalSeconds);
        Assert.Equal(3, schedule.Pace.TotalSeconds);
        Assert.Equal(3, schedule.FirstLook.TotalSeconds);
    }

    [Fact]
    public void Pace_NothingSeenToEnd_GrowsWithWhatTasksHaveTakenSoFar()
    {
        var schedule = new PollSchedule(loopback: true);
        Assert.Equal(210, schedule.Pace.TotalMilliseconds);

        schedule.ObserveRunning(TimeSpan.FromSeconds(90));
        Assert.Equal(4.5, schedule.Pace.TotalSeconds);

        schedule.Observe(TimeSpan.FromSeconds(10));
        Assert.Equal(0.5, schedule.Pace.TotalSeconds);
    }

    [Fact]
    public void FirstLook_ServiceGetsFaster_FollowsDown()
    {
        var schedule = new PollSchedule(loopback: false);
        schedule.Observe(TimeSpan.FromSeconds(100));
        TimeSpan before = schedule.FirstLook;

        // Ended before the first look, so that look is all that is known of its duration.
        schedule.Observe(before);

        Assert.True(schedule.FirstLook < before);
    }

    [Fact]
    public void Observe_ManyDurations_ForgetsTheOldest()
    {
        var schedule = new PollSchedule(loopback: false);
        for (int n = 0; n < 50; n++)
        {
            schedule.Observe(TimeSpan.FromSeconds(10));
        }

        for (int n = 0; n < 50; n++)
        {
            schedule.Observe(TimeSpan.FromSeconds(100));
        }

        Assert.Equal((100, 70), (schedule.Median.TotalSeconds, schedule.FirstLook.TotalSeconds));
    }

    [Fact]
    public void AfterFailure_GrowsToALimitAndObeysRetryAfter()
    {
        var schedule = new PollSchedule(loopback: false);

        double[] delays = [.. Enumerable.Range(1, 8).Select(n => schedule.AfterFailure(n, null, 0.5).TotalSeconds)];

        Assert.Equal(delays.Order(), delays);
        Assert.True(delays[0] > schedule.Pace.TotalSeconds);
        Assert.Equal(30, delays[^1]);
        Assert.Equal(90, schedule.AfterFailure(1, TimeSpan.FromSeconds(90), 0.5).TotalSeconds);
    }
}
