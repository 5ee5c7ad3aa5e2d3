using Kling.Polling;

namespace Kling.Core.Tests.Polling;

public sealed class PollTimingTests
{
    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(190)]
    public void Next_Live_NoticesAVideoWithinAboutFivePercentOfTheMedian(int seconds)
    {
        var timing = new PollTiming(loopback: false);
        var random = new Random(seconds);
        for (int n = 0; n < 31; n++)
        {
            timing.Observe(TimeSpan.FromSeconds(seconds * (0.8 + (random.NextDouble() * 0.4))));
        }

        double median = timing.ExpectedDuration.TotalSeconds;
        Assert.InRange(median, seconds * 0.9, seconds * 1.1);
        for (int n = 0; n < 200; n++)
        {
            // Walk through the looks of a task that ends at any time of the usual range.
            double end = seconds * (0.8 + (random.NextDouble() * 0.4));
            double look = timing.FirstRequest.TotalSeconds;
            while (look < end)
            {
                look += timing.Next(random.NextDouble()).TotalSeconds;
            }

            Assert.InRange(look - end, 0, median * 0.056);
        }
    }

    [Fact]
    public void Next_Live_IsNeverFasterThanASecond()
    {
        var timing = new PollTiming(loopback: false);
        timing.Observe(TimeSpan.FromSeconds(1));

        Assert.Equal(1, timing.Next(0).TotalSeconds);
        Assert.Equal(1, timing.MinTick.TotalSeconds);
    }

    [Theory]
    [InlineData(0.1, 210)]
    [InlineData(4.4, 220)]
    [InlineData(60, 3000)]
    [InlineData(600, 10_000)]
    public void Pace_Loopback_IsFivePercentOfTheMedianAndAtLeast210Milliseconds(double seconds, double milliseconds)
    {
        var timing = new PollTiming(loopback: true);
        timing.Observe(TimeSpan.FromSeconds(seconds));

        Assert.Equal(milliseconds, timing.Pace.TotalMilliseconds);
    }

    [Fact]
    public void Median_NothingSeenLive_IsAMinute()
    {
        var timing = new PollTiming(loopback: false);

        Assert.Equal(60, timing.ExpectedDuration.TotalSeconds);
        Assert.Equal(3, timing.Pace.TotalSeconds);
        Assert.Equal(3, timing.FirstRequest.TotalSeconds);
    }

    [Fact]
    public void Pace_NothingSeenToEnd_GrowsWithWhatTasksHaveTakenSoFar()
    {
        var timing = new PollTiming(loopback: true);
        Assert.Equal(210, timing.Pace.TotalMilliseconds);

        timing.ObserveRunning(TimeSpan.FromSeconds(90));
        Assert.Equal(4.5, timing.Pace.TotalSeconds);

        timing.Observe(TimeSpan.FromSeconds(10));
        Assert.Equal(0.5, timing.Pace.TotalSeconds);
    }

    [Fact]
    public void Pace_AfterALookOfManyRequests_IsFiveTimesWhatItTook()
    {
        var timing = new PollTiming(loopback: false);
        timing.ObserveLook(TimeSpan.FromSeconds(1.5), requests: 200);
        Assert.Equal(7.5, timing.Pace.TotalSeconds);

        timing.ObserveLook(TimeSpan.FromSeconds(60), requests: 200);
        Assert.Equal(10, timing.Pace.TotalSeconds);

        // One slow reply says nothing about how many tasks there are.
        timing.ObserveLook(TimeSpan.FromSeconds(60), requests: 1);
        Assert.Equal(3, timing.Pace.TotalSeconds);
    }

    [Fact]
    public void FirstRequest_ServiceGetsFaster_FollowsDown()
    {
        var timing = new PollTiming(loopback: false);
        timing.Observe(TimeSpan.FromSeconds(100));
        TimeSpan before = timing.FirstRequest;

        // Ended before the first look, so that look is all that is known of its duration.
        timing.Observe(before);

        Assert.True(timing.FirstRequest < before);
    }

    [Fact]
    public void Observe_ManyDurations_ForgetsTheOldest()
    {
        var timing = new PollTiming(loopback: false);
        for (int n = 0; n < 50; n++)
        {
            timing.Observe(TimeSpan.FromSeconds(10));
        }

        for (int n = 0; n < 50; n++)
        {
            timing.Observe(TimeSpan.FromSeconds(100));
        }

        Assert.Equal((100, 70), (timing.ExpectedDuration.TotalSeconds, timing.FirstRequest.TotalSeconds));
    }

    [Fact]
    public void AfterFailure_GrowsToALimitAndObeysRetryAfter()
    {
        var timing = new PollTiming(loopback: false);

        double[] delays = [.. Enumerable.Range(1, 8).Select(n => timing.AfterFailure(n, null, 0.5).TotalSeconds)];

        Assert.Equal(delays.Order(), delays);
        Assert.True(delays[0] > timing.Pace.TotalSeconds);
        Assert.Equal(30, delays[^1]);
        Assert.Equal(90, timing.AfterFailure(1, TimeSpan.FromSeconds(90), 0.5).TotalSeconds);
    }
}
