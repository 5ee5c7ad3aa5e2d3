using Kling.Support;

namespace Kling.Core.Tests.Support;

public class BackoffTests
{
    [Theory]
    [InlineData(1, 0.0, 0.5)]
    [InlineData(1, 1.0, 1.0)]
    [InlineData(2, 0.5, 1.5)]
    [InlineData(3, 0.0, 2.0)]
    [InlineData(6, 1.0, 30.0)]
    [InlineData(1000, 1.0, 30.0)]
    [InlineData(0, 1.0, 1.0)]
    public void Delay_GrowsWithJitterToItsCap(int attempt, double random, double seconds) =>
        Assert.Equal(seconds, Backoff.Delay(attempt, null, random).TotalSeconds);

    [Fact]
    public void Delay_IsNeverShorterThanAsked()
    {
        var random = new Random(11);
        for (int i = 0; i < 2000; i++)
        {
            var asked = TimeSpan.FromSeconds(random.NextDouble() * 120);
            TimeSpan delay = Backoff.Delay(random.Next(1, 40), asked, random.NextDouble());
            Assert.True(delay >= asked);
            Assert.True(delay == asked || delay <= TimeSpan.FromSeconds(30));
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 6)]
    [InlineData(3, 10)]
    [InlineData(int.MaxValue, 10)]
    public void Doubled_StopsAtTheLongest(int attempt, double seconds) =>
        Assert.Equal(seconds, Backoff.Doubled(TimeSpan.FromSeconds(3), attempt, TimeSpan.FromSeconds(10)).TotalSeconds);
}
