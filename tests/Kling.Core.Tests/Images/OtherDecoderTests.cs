using Kling.Images;
using SkiaSharp;

namespace Kling.Core.Tests.Images;

/// <summary>
/// Skia, whose decoders are those of browsers, sees the same size and orientation in an image as our reader. Skia itself decodes every
/// pixel, so what is compared is an image.
/// </summary>
public class OtherDecoderTests
{
    private const int Files = 200;

    [Theory]
    [InlineData("JPEG", "JPEG", 1)]
    [InlineData("progressive JPEG", "JPEG", 2)]
    [InlineData("PNG", "PNG", 3)]
    [InlineData("lossy WebP", "WebP", 4)]
    [InlineData("lossless WebP", "WebP", 5)]
    [InlineData("GIF", "GIF", 6)]
    [InlineData("BMP", "BMP", 7)]
    public void Size_AndOrientation_AreAsAnotherDecoderSeesThem(string kind, string format, int seed)
    {
        var maker = new ImageMaker(seed);
        int turned = 0;
        for (int number = 0; number < Files; number++)
        {
            byte[] image = maker.Next(kind);
            SKImageInfo stored = Decode(image, out SKEncodedOrigin origin);
            if (format == "PNG" && maker.Exif.Length > 0)
            {
                // Skia does not look for Exif data in a PNG. It reads the same data in a JPEG.
                _ = Decode(maker.ExifInJpeg(stored.Width, stored.Height), out origin);
            }

            bool isTurned = origin >= SKEncodedOrigin.LeftTop;
            turned += isTurned ? 1 : 0;
            Assert.True(ImageReader.TryRead(new MemoryStream(image), out ImageInfo? own, out string? fault), $"{kind} {number}: {fault}");
            Assert.True((format, isTurned ? stored.Height : stored.Width, isTurned ? stored.Width : stored.Height) == (own!.Format, own.Width, own.Height),
                $"{kind} {number}: {stored.Width}x{stored.Height} {origin} and {own}");
        }

        Assert.True(format is "GIF" or "BMP" ? turned == 0 : turned > Files / 8, $"{turned} turned");
    }

    private static SKImageInfo Decode(byte[] image, out SKEncodedOrigin origin)
    {
        using var codec = SKCodec.Create(new MemoryStream(image));
        Assert.NotNull(codec);
        Assert.Equal(SKCodecResult.Success, codec.GetPixels(out _));
        origin = codec.EncodedOrigin;
        return codec.Info;
    }
}
