using CsCheck;
using Kling.Core.Tests.Media;
using Kling.Media;
using Kling.Models;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>Images are recognised by bytes nobody vouches for.</summary>
public class ImageFuzz(ITestOutputHelper output)
{
    private static readonly Gen<byte[]> s_images = Gen.Select(Gen.Int[1, 900], Gen.Int[1, 900], Gen.Int[0, 8], Gen.Int[0, 7], (width, height, orientation, kind) => kind switch
    {
        0 => Pictures.Png(width, height, orientation * 7),
        1 => Pictures.Gif(width, height),
        2 => Pictures.Bmp(width, height),
        3 => Pictures.OldBmp(width, height),
        4 => Pictures.Vp8X(width, height),
        5 => Pictures.Vp8L(width, height),
        6 => Pictures.Vp8(width, height),
        _ => Pictures.Jpeg(width, height, orientation, orientation % 2 == 0),
    });

    private static readonly Gen<byte[]> s_bytes = Gen.Frequency((8, FuzzBytes.Damaged(s_images)), (1, Gen.Byte.Array[0, 80]));

    [Fact]
    public void AnyBytes_AreWholeWithASizeOrRefused_AndNeverWholeWhenCutOff() => FuzzRun.Check(
        output, "Image: any bytes", Gen.Select(s_bytes, Gen.Double[0, 1], (bytes, cut) => (Bytes: bytes, Cut: (int)(cut * bytes.Length))), sample =>
        {
            ImageInfo? whole = Read(sample.Bytes);
            ImageInfo? cut = Read(sample.Bytes[..sample.Cut]);

            // What is whole without its last bytes is the same image with them.
            Assert.True(cut is null || cut == whole, $"Cut: {cut}; whole: {whole}.");
        }, sample => $"{Convert.ToHexString(sample.Bytes)} cut at {sample.Cut}");

    [Fact]
    public void AnyText_IsAnImageOrRefusedInOneWay() => FuzzRun.Check(
        output, "Image: any text",
        Gen.Frequency(
            (4, s_bytes.Select(Convert.ToBase64String)),
            (4, s_bytes.Select(bytes => "data:image/png;base64," + Convert.ToBase64String(bytes))),
            (2, Gen.Select(s_bytes, FuzzText.Any, Gen.Double[0, 1], (bytes, odd, at) => Convert.ToBase64String(bytes).Insert((int)(at * Convert.ToBase64String(bytes).Length), odd))),
            (1, FuzzText.Any)),
        text =>
        {
            ImageKind? recognised = ImageText.Recognise(text, _ => false);
            Assert.NotEqual(ImageKind.File, recognised);
            foreach (ImageKind kind in new[] { ImageKind.Base64, ImageKind.DataUri })
            {
                try
                {
                    RequestImage image = InlineImage.Load(kind, text);
                    Assert.Equal(64, image.Sha256!.Length);
                    Assert.True(image.Bytes > 0);
                    Assert.DoesNotContain(image.Value, char.IsWhiteSpace);
                }
                catch (ImageException refused)
                {
                    Assert.Contains("allowed: ", refused.Message, StringComparison.Ordinal);
                }
            }
        });

    private static ImageInfo? Read(byte[] bytes)
    {
        bool isWhole = ImageReader.TryRead(new MemoryStream(bytes), out ImageInfo? info, out string? fault);
        Assert.Equal(isWhole, fault is null);
        Assert.Equal(isWhole, info is not null);
        Assert.True(info is null or { Width: > 0, Height: > 0 }, $"{info}");
        return info;
    }
}
