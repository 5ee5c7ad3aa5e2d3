using System.Text;
using Kling.Media;

namespace Kling.Core.Tests.Media;

public class ImageSignatureTests
{
    public static TheoryData<string, byte[], int, int> Images() => new()
    {
        { "PNG", Pictures.Png(640, 480), 640, 480 },
        { "GIF", Pictures.Gif(640, 480), 640, 480 },
        { "BMP", Pictures.Bmp(640, 480), 640, 480 },
        { "BMP", Pictures.Bmp(640, -480), 640, 480 },
        { "BMP", Pictures.OldBmp(640, 480), 640, 480 },
        { "WebP", Pictures.Vp8X(640, 480), 640, 480 },
        { "WebP", Pictures.Vp8L(640, 480), 640, 480 },
        { "WebP", Pictures.Vp8(640, 480), 640, 480 },
        { "JPEG", Pictures.Jpeg(640, 480), 640, 480 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 1), 640, 480 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 6), 480, 640 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 8, little: false), 480, 640 },
        { "JPEG", Pictures.Jpeg(640, 480, orientation: 3, little: false), 640, 480 },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void FormatAndSize_AreReadFromTheBytes(string format, byte[] bytes, int width, int height)
    {
        ImageInfo info = ImageSignature.Recognise(bytes)!;
        Assert.Equal((format, width, height), (info.Format, info.Width, info.Height));
        Assert.Equal("image/" + format.ToLowerInvariant(), info.MediaType);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void EveryPrefix_IsReadWithoutThrowing_AndNeverTellsAnotherSize(string format, byte[] bytes, int width, int height)
    {
        for (int length = 0; length <= bytes.Length; length++)
        {
            ImageInfo? info = ImageSignature.Recognise(bytes, length);
            Assert.True(info is null || info.Format == format);
            Assert.True(info?.Width is null || (info.Width, info.Height) == (width, height));
        }
    }

    [Theory]
    [InlineData("BMW is a maker of cars, and this is a text.")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("RIFF....WAVEfmt ")]
    [InlineData("GIF90a")]
    [InlineData("%PDF-1.7")]
    [InlineData("")]
    public void OtherThings_AreNoImages(string text) => Assert.Null(ImageSignature.Recognise(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void SizesThatMakeNoSense_AreNotTold()
    {
        Assert.Null(ImageSignature.Recognise(Pictures.Png(0, 480))!.Width);
        Assert.Null(ImageSignature.Recognise(Pictures.Png(640, -1))!.Height);
        Assert.Null(ImageSignature.Recognise(Pictures.Bmp(640, int.MinValue))!.Height);
        Assert.Null(ImageSignature.Recognise(Pictures.Gif(0, 0))!.Width);
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        var random = new Random(51);
        byte[][] seeds = [.. Images().Select(row => (byte[])row[1])];
        for (int run = 0; run < 30_000; run++)
        {
            byte[] bytes = [.. seeds[random.Next(seeds.Length)], .. new byte[random.Next(40)]];
            for (int change = random.Next(6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(4) == 0 ? 0xff : random.Next(256));
            }

            ImageInfo? info = ImageSignature.Recognise(bytes, random.Next(bytes.Length + 20));
            Assert.True(info?.Width is null or > 0);
            Assert.Equal(info?.Width is null, info?.Height is null);

            random.NextBytes(bytes);
            ImageSignature.Recognise(bytes);
        }
    }
}
