using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class ImageWordsTests
{
    [Theory]
    [InlineData(ImageKind.File, true, "a file: PNG, 640x480 pixels, 83211 bytes, may be transparent, which a video cannot show")]
    [InlineData(ImageKind.Base64, false, "base64 text: PNG, 640x480 pixels, 83211 bytes")]
    [InlineData(ImageKind.DataUri, null, "a data URI: PNG, 640x480 pixels, 83211 bytes")]
    public void LocalImages_AreDescribed(ImageKind kind, bool? alpha, string expected) => Assert.Equal(expected, ImageWords.Describe(
        new RequestImage(kind, "secret") { Format = "PNG", Width = 640, Height = 480, Bytes = 83211, HasAlpha = alpha }));

    [Fact]
    public void Sentence_AddsWhatASizeCrops()
    {
        var image = new RequestImage(ImageKind.File, "/p/a.png") { Format = "PNG", Width = 1024, Height = 768 };
        VideoSize size = ModelSpec.Kling21Standard.Sizes[0];
        Assert.Equal("a is taken for a file: PNG, 1024x768 pixels.", ImageWords.Sentence("a", image, null));
        Assert.Equal($"a is taken for a file: PNG, 1024x768 pixels; {CropText.For(1024, 768, size)}.", ImageWords.Sentence("a", image, size));
        Assert.Throws<ArgumentException>(() => ImageWords.Sentence("a", new RequestImage(ImageKind.Url, "https://x.example/a.png"), size));
    }

    [Theory]
    [InlineData(ImageKind.Url, "an address, which the service fetches itself")]
    [InlineData(ImageKind.Uuid, "a media UUID")]
    public void OtherImages_AreNamed(ImageKind kind, string expected) => Assert.Equal(expected, ImageWords.Describe(new RequestImage(kind, "secret")));
}
