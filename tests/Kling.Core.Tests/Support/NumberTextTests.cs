using Kling.Support;

namespace Kling.Core.Tests.Support;

public class NumberTextTests
{
    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0.9, "0s")]
    [InlineData(59.9, "59s")]
    [InlineData(60, "1m")]
    [InlineData(3599, "59m")]
    [InlineData(3600, "1h 0m")]
    [InlineData(93_784, "26h 3m")]
    public void Duration_is_told_in_its_largest_units(double seconds, string text) => Assert.Equal(text, NumberText.Duration(TimeSpan.FromSeconds(seconds)));
}
