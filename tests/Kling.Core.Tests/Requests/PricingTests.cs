using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class PricingTests
{
    [Theory]
    [InlineData(null, null, "0.1850", "0.1848")]
    [InlineData(5, 1, "0.1850", "0.1848")]
    [InlineData(10, 1, "0.3700", "0.3696")]
    [InlineData(10, 4, "1.4800", "1.4784")]
    public void Price_IsSecondsTimesVideos(int? seconds, int? count, string list, string billed)
    {
        VideoRequest request = Sample.Request with { Duration = seconds, NumberResults = count };
        Assert.Equal(decimal.Parse(list), Pricing.Estimate(request));
        Assert.Equal(decimal.Parse(billed), Pricing.ExpectedBill(request));
    }

    [Fact]
    public void Estimate_IsRoundedUp() => Assert.Equal(0.0001m, Pricing.Estimate(new VideoRequest { Duration = 0.0001m }));

    [Theory]
    [InlineData("klingai:5@2")]
    [InlineData("")]
    [InlineData(null)]
    public void UnknownModel_HasNoPrice(string? model)
    {
        VideoSettings settings = new() { Model = model, Duration = 5m, NumberResults = 1 };
        Assert.Null(Pricing.Estimate(settings));
        Assert.Null(Pricing.ExpectedBill(settings));
    }

    [Fact]
    public void ImpossibleRequests_HaveNoPrice_AndDoNotThrow()
    {
        Assert.Null(Pricing.Estimate(new VideoRequest { Duration = decimal.MaxValue, NumberResults = int.MaxValue }));
        Assert.Null(Pricing.Estimate(new VideoRequest { Duration = -1m }));
        Assert.Null(Pricing.Estimate(new VideoRequest { Duration = 5m, NumberResults = -1 }));
    }

    [Fact]
    public void PriceNote_ExplainsBothTraps()
    {
        string note = ModelSpec.Kling21Standard.PriceNote!;
        Assert.Contains("0.1848", note);
        Assert.Contains("1080p", note);
    }
}
