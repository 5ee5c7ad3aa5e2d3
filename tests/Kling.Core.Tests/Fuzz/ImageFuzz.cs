using System.Buffers.Binary;
using CsCheck;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Support;
using Kling.Images;
using Kling.Models;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>Images are recognised by bytes nobody vouches for: never a crash, and never an image that a strict decoder finds no size in.</summary>
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

    // Most sizes stand in the first bytes, a JPEG's behind its tables.
    private static readonly int[] s_headerBytes = [30, 30, 220];

    private static readonly byte[][] s_originals =
        [.. ImageFixtureTests.Fixtures().Select(row => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "images", (string)row[0]))),
         .. ImageReaderTests.Images().Select(row => (byte[])row[1])];

    [Fact]
    public void ChangedHeaders_AreRefused_OrHaveTheSizeAStrictDecoderReads()
    {
        int accepted = 0;
        int changedSizes = 0;
        long tried = FuzzRun.Check(output, "Image: changed headers", Gen.Select(Gen.Int[0, s_originals.Length - 1], Gen.Int, (original, seed) => (Whole: s_originals[original], Seed: seed)), sample =>
        {
            byte[] bytes = ChangeHeader(sample.Whole, new Random(sample.Seed));
            // A strict decoder refuses what is irregular, and the user is warned of it.
            if (Read(bytes) is ImageInfo info && !info.Traits.HasFlag(ImageTraits.Irregular))
            {
                Assert.True(StrictSize.Of(bytes) is not null, $"It is accepted as {info}, and a strict decoder finds no size.");
                (int width, int height) = StrictSize.Of(bytes)!.Value;
                Assert.True((info.Width, info.Height) == (width, height) || (info.Format is "JPEG" or "PNG" or "WebP" && (info.Width, info.Height) == (height, width)), $"{info}, strictly {width}x{height}.");
                Interlocked.Increment(ref accepted);
                Interlocked.Add(ref changedSizes, StrictSize.Of(sample.Whole) == (width, height) ? 0 : 1);
            }
        }, count: TestDepth.Of(10_000, least: 3000));

        // Without these, nothing would have been compared.
        Assert.InRange(accepted, tried / 10, tried * 9 / 10);
        Assert.True(changedSizes > tried / 50, $"Only {changedSizes} changes changed a size.");
    }

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
            ImageKind? recognised = ImageKindDetector.Detect(text, _ => false);
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
        Assert.True(isWhole ? fault is null : fault!.StartsWith("is ", StringComparison.Ordinal), fault);
        Assert.Equal(isWhole, info is not null);
        Assert.True(info is null or { Width: > 0, Height: > 0 }, $"{info}");
        return info;
    }

    private static byte[] ChangeHeader(byte[] whole, Random random)
    {
        List<byte> bytes = [.. whole];
        for (int change = random.Next(4) == 0 ? 3 : 1; change > 0; change--)
        {
            int at = random.Next(Math.Min(bytes.Count, s_headerBytes[random.Next(s_headerBytes.Length)]));
            switch (random.Next(30))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at) / 2);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(bytes.Count, random.Next(40))));
                    break;
                case 4:
                    bytes[at] = 0xff;
                    break;
                case 5:
                    bytes[at] = 0;
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add(0);
            }
        }

        byte[] result = [.. bytes];
        if (random.Next(2) == 0 && result.Length > 33 && result[0] == 0x89)
        {
            // Half of the changed PNG headers get the right checksum again, or it alone would stop them all.
            BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(29), Pictures.Checksum(result.AsSpan(12, 17)));
        }

        return result;
    }
}
