using Kling.Polling;

namespace Kling.Core.Tests.Polling;

public class RemainingTimeTests
{
    [Theory]
    [InlineData(60, new[] { 20 }, 0, 4, 40)]
    [InlineData(60, new[] { 20, 50 }, 0, 4, 40)]
    [InlineData(60, new[] { 90 }, 0, 4, 0)]
    [InlineData(60, new[] { 30, 30, 30, 30 }, 8, 4, 150)]
    [InlineData(60, new int[0], 1, 4, 60)]
    [InlineData(60, new int[0], 100, 10, 600)]
    [InlineData(60, new[] { 0 }, 3, 1, 240)]
    public void Estimate_SpreadsTheWorkOverWhatMayBeOpen(int typical, int[] ages, int notStarted, int limit, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected),
            RemainingTime.Estimate(TimeSpan.FromSeconds(typical), [.. ages.Select(age => TimeSpan.FromSeconds(age))], notStarted, limit));

    [Fact]
    public void Estimate_WithNothingLearnt_IsUnknown() => Assert.Null(RemainingTime.Estimate(null, [TimeSpan.Zero], 5, 4));

    [Fact]
    public void Estimate_WithNothingLeft_IsUnknown() => Assert.Null(RemainingTime.Estimate(TimeSpan.FromSeconds(9), [], 0, 4));
}
