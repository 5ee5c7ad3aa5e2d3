using Kling.Core.Tests.Support;
using Kling.Images;
using Kling.Models;
using Kling.Support;

namespace Kling.Core.Tests.Images;

public class ImageKindDetectorTests
{
    private static readonly string s_base64 = Convert.ToBase64String(Pictures.Png(extra: 300));

    [Theory]
    [InlineData("aac49721-1964-481a-ae78-8a4e29b91402", ImageKind.Uuid)]
    [InlineData(" AAC49721-1964-481A-AE78-8A4E29B91402 ", ImageKind.Uuid)]
    [InlineData("https://images.test/a.jpg", ImageKind.Url)]
    [InlineData("HTTP://images.test/a.jpg", ImageKind.Url)]
    [InlineData("data:image/png;base64,AAAA", ImageKind.DataUri)]
    [InlineData("here.png", ImageKind.File)]
    [InlineData("*.png", ImageKind.File)]
    [InlineData("ftp://images.test/a.jpg", null)]
    [InlineData("there.png", null)]
    [InlineData("aac497211964481aae788a4e29b91402", null)]
    [InlineData("AAAA", null)]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData(null, null)]
    public void Text_IsRecognised(string? text, ImageKind? expected) =>
        Assert.Equal(expected, ImageKindDetector.Detect(text, path => path is "here.png" or "*.png"));

    [Fact]
    public void Base64OfAnImage_IsRecognised_AlsoWrapped()
    {
        Assert.Equal(ImageKind.Base64, ImageKindDetector.Detect(s_base64, _ => false));
        string wrapped = string.Join("\r\n", s_base64.Chunk(60).Select(line => new string(line)));
        Assert.Equal(ImageKind.Base64, ImageKindDetector.Detect(wrapped, _ => false));
        Assert.Null(ImageKindDetector.Detect(Convert.ToBase64String("plain text, no image at all"u8), _ => false));
    }

    [Fact]
    public void ExistingFile_WinsOverBase64_AndUuidOverFile()
    {
        Assert.Equal(ImageKind.File, ImageKindDetector.Detect(s_base64, _ => true));
        Assert.Equal(ImageKind.Uuid, ImageKindDetector.Detect("aac49721-1964-481a-ae78-8a4e29b91402", _ => true));
    }

    [Fact]
    public void MaskedText_IsNoImage()
    {
        Assert.Null(ImageKindDetector.Detect(Masking.Address("https://images.test/a.jpg?sig=1"), _ => true));
        Assert.Null(ImageKindDetector.Detect(Masking.InlineData("data:image/png;base64,AAAA"), _ => true));
    }

    [Fact]
    public void FileNames_KeepTheirSpaces() => Assert.Equal(ImageKind.File, ImageKindDetector.Detect(" a.png ", path => path == " a.png "));

    [Fact]
    public void HugeText_IsNotAskedForAsAFile() =>
        Assert.Equal(ImageKind.Base64, ImageKindDetector.Detect(Convert.ToBase64String(Pictures.Png(extra: 40_000)), _ => throw new InvalidOperationException()));

    [Fact]
    public void RandomText_NeverThrows()
    {
        var random = new Random(7);
        const string Noise = "AZaz09+/= \r\n-_,:;[]?*\u0000\ud800\u0131";
        for (int run = 0; run < TestDepth.Of(10_000); run++)
        {
            string text = string.Concat(s_base64.AsSpan(0, random.Next(60)), string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => Noise[random.Next(Noise.Length)])));
            if (ImageKindDetector.Detect(text, _ => false) is ImageKind.Base64 or ImageKind.DataUri)
            {
                try
                {
                    InlineImage.Load(ImageKind.Base64, text);
                }
                catch (ImageException)
                {
                    // Refused is fine; anything else would end the test.
                }
            }
        }
    }
}
