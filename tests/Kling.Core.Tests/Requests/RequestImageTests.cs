using Kling.Models;

namespace Kling.Core.Tests.Requests;

public class RequestImageTests
{
    [Theory]
    [InlineData(ImageKind.File, true, "a file: PNG, 640x480 pixels, 83211 bytes, may be transparent, which a video cannot show")]
    [InlineData(ImageKind.Base64, false, "base64 text: PNG, 640x480 pixels, 83211 bytes")]
    [InlineData(ImageKind.DataUri, null, "a data URI: PNG, 640x480 pixels, 83211 bytes")]
    public void Description_OfALocalImage_SaysWhatIsKnown(ImageKind kind, bool? alpha, string expected) => Assert.Equal(
        expected, new RequestImage(kind, "secret") { Format = "PNG", Width = 640, Height = 480, Bytes = 83211, HasAlpha = alpha }.Description);

    [Theory]
    [InlineData(ImageKind.Url, "an address, which the service fetches itself")]
    [InlineData(ImageKind.Uuid, "a media UUID")]
    public void Description_OfAnotherImage_IsItsKind(ImageKind kind, string expected) => Assert.Equal(expected, new RequestImage(kind, "secret").Description);

    [Fact]
    public void Description_WithoutBytes_NamesThePixelsOnly() =>
        Assert.Equal("a file: PNG, 1024x768 pixels", new RequestImage(ImageKind.File, "/p/a.png") { Format = "PNG", Width = 1024, Height = 768 }.Description);

    [Theory]
    [InlineData(ImageKind.File, "/p/a b.png", "/p/a b.png")]
    [InlineData(ImageKind.Uuid, "4923cad8-a610-4604-9846-08e843a33e8d", "4923cad8-a610-4604-9846-08e843a33e8d")]
    [InlineData(ImageKind.Url, "https://me:hunter2@x.example/a.png", "https://x.example/a.png")]
    [InlineData(ImageKind.Url, "https://x.example/a.png?key=hunter2", "https://x.example/a.png?[query: 11 characters, sha256 ")]
    [InlineData(ImageKind.DataUri, "data:image/png;base64,hunter2", "[data: 29 characters, sha256 ")]
    [InlineData(ImageKind.Base64, "hunter22", "[data: 8 characters, sha256 ")]
    public void Shown_NeverTellsASecret(ImageKind kind, string value, string start)
    {
        string shown = new RequestImage(kind, value).Shown;
        Assert.StartsWith(start, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
    }
}
