using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class CropTests
{
    private static readonly VideoSize s_wide = new(1280, 720, "16:9", "");
    private static readonly VideoSize s_square = new(720, 720, "1:1", "");

    [Theory]
    [InlineData(1280, 720, 0)]
    [InlineData(3840, 2160, 0)]
    [InlineData(1024, 768, 25)]
    [InlineData(512, 512, 43.8)]
    [InlineData(720, 1280, 68.4)]
    [InlineData(2560, 720, 50)]
    [InlineData(1281, 720, 0.1)]
    [InlineData(int.MaxValue, 1, 99.9)]
    [InlineData(1, int.MaxValue, 99.9)]
    public void Share_IsWhatDoesNotFit(int width, int height, double percent) => Assert.Equal((decimal)percent, s_wide.CropPercent(width, height));

    [Theory]
    [InlineData(1024, 768, "an image of 1024x768 becomes 1280x720 (16:9), and 25 % of it, at top and bottom, is cropped")]
    [InlineData(2560, 720, "an image of 2560x720 becomes 1280x720 (16:9), and 50 % of it, left and right, is cropped")]
    [InlineData(512, 512, "an image of 512x512 becomes 1280x720 (16:9), and 43.8 % of it, at top and bottom, is cropped")]
    [InlineData(1280, 720, "an image of 1280x720 becomes 1280x720 (16:9), and next to nothing of it is cropped")]
    public void Text_SaysHowMuchAndWhere(int width, int height, string expected) => Assert.Equal(expected, s_wide.DescribeCrop(width, height));

    [Fact]
    public void Share_IsTheSameForTheTurnedImage()
    {
        var random = new Random(5);
        for (int run = 0; run < 2000; run++)
        {
            int width = random.Next(1, 9000);
            int height = random.Next(1, 9000);
            decimal share = s_square.CropPercent(width, height);
            Assert.InRange(share, 0m, 99.9m);
            Assert.Equal(share, s_square.CropPercent(height, width));
            Assert.Equal(s_wide.CropPercent(width, height), new VideoSize(720, 1280, "9:16", "").CropPercent(height, width));
        }
    }

    [Fact]
    public void NearestSize_CropsLeast()
    {
        var random = new Random(6);
        for (int run = 0; run < 2000; run++)
        {
            int width = random.Next(300, 2049);
            int height = random.Next(300, 2049);
            VideoSize nearest = ModelSpec.Kling21Standard.NearestSize(width, height);
            Assert.Equal(ModelSpec.Kling21Standard.Sizes.Min(size => size.CropPercent(width, height)), nearest.CropPercent(width, height));
        }
    }

    [Theory]
    [InlineData(1024, 768, "1280x720")]
    [InlineData(768, 1024, "720x1280")]
    [InlineData(1000, 1000, "720x720")]
    [InlineData(1100, 1000, "720x720")]
    [InlineData(1500, 1000, "1280x720")]
    public void OfEqualCrops_TheLargerVideoIsNearest(int width, int height, string expected) =>
        Assert.Equal(expected, ModelSpec.Kling21Standard.NearestSize(width, height).Dimensions);

    [Fact]
    public void NoSide_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => s_wide.CropPercent(0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_wide.DescribeCrop(5, -1));
    }
}
