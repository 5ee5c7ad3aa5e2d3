using Kling.Support;

namespace Kling.Core.Tests.Support;

public class RetryAfterReaderTests
{
    private static readonly DateTimeOffset s_now = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("60", 60.0)]
    [InlineData(" 1.5 ", 1.5)]
    [InlineData("0", 0.0)]
    [InlineData("-30", 0.0)]
    [InlineData("86400", 86400.0)]
    [InlineData("99999999999999999999999999", 31536000.0)]
    [InlineData("Infinity", 31536000.0)]
    [InlineData("NaN", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("soon", null)]
    [InlineData("Sun, 01 Jun 2025 12:00:42 GMT", 42.0)]
    [InlineData("Sunday, 01-Jun-25 12:00:42 GMT", 42.0)]
    [InlineData("Sun Jun 1 12:00:42 2025", 42.0)]
    [InlineData("Sun Jun  1 12:00:42 2025", 42.0)]
    [InlineData("Sun, 01 Jun 2025 11:00:00 GMT", 0.0)]
    [InlineData("Sun, 01 Jun 2025 14:00:00 GMT", 7200.0)]
    [InlineData("Mon, 01 Jun 2026 12:00:00 GMT", 31536000.0)]
    [InlineData("Tue, 01 Jun 2027 12:00:00 GMT", 31536000.0)]
    public void Read_GivesAWaitOrNothing(string? value, double? seconds) =>
        Assert.Equal(seconds, RetryAfterReader.Read(value, s_now)?.TotalSeconds);

    [Fact]
    public void FromSeconds_IsNeverShorter()
    {
        var random = new Random(3);
        for (int i = 0; i < 1000; i++)
        {
            double seconds = random.NextDouble() * 100;
            Assert.True(RetryAfterReader.FromSeconds(seconds)!.Value.TotalSeconds >= seconds);
        }
    }

    [Fact]
    public void Longer_TakesTheLonger()
    {
        TimeSpan one = TimeSpan.FromSeconds(1), two = TimeSpan.FromSeconds(2);
        Assert.Equal(two, RetryAfterReader.Longer(one, two));
        Assert.Equal(two, RetryAfterReader.Longer(two, one));
        Assert.Equal(one, RetryAfterReader.Longer(null, one));
        Assert.Null(RetryAfterReader.Longer(null, null));
    }

    [Fact]
    public void Read_OfSeveralHeaders_TakesTheLongest()
    {
        Assert.Equal(5, RetryAfterReader.Read(["2", "soon", "5"], s_now)?.TotalSeconds);
        Assert.Null(RetryAfterReader.Read([], s_now));
    }

    [Theory]
    [InlineData(-10, 52)]
    [InlineData(10, 42)]
    public void Read_OfADate_CountsFromTheClockThatIsBehind(int hostSeconds, double expected) =>
        Assert.Equal(expected, RetryAfterReader.Read(["Sun, 01 Jun 2025 12:00:42 GMT"], s_now, s_now.AddSeconds(hostSeconds))?.TotalSeconds);
}
