using System.Buffers.Binary;
using Kling.Media;

namespace Kling.Core.Tests.Media;

/// <summary>Mutated headers: never a crash, never a hang, and never an image that a strict decoder finds no size in.</summary>
public class ImageFuzzTests
{
    private const int Runs = 10_000;
    // Most sizes stand in the first bytes, a JPEG's behind its tables.
    private static readonly int[] s_headerBytes = [32, 32, 220];

    private static readonly byte[][] s_seeds =
        [.. ImageFixtureTests.Fixtures().Select(row => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "images", (string)row[0]))),
         .. ImageReaderTests.Images().Select(row => (byte[])row[1])];

    [Fact]
    public void MutatedHeaders_AreRefused_OrHaveTheSizeAStrictDecoderReads()
    {
        var random = new Random(5);
        int accepted = 0;
        int changedSizes = 0;
        for (int run = 0; run < Runs; run++)
        {
            byte[] seed = s_seeds[run % s_seeds.Length];
            byte[] bytes = Mutate(seed, random);
            if (!ImageReader.TryRead(new MemoryStream(bytes), out ImageInfo? info, out string? fault))
            {
                Assert.StartsWith("is ", fault, StringComparison.Ordinal);
                continue;
            }

            accepted++;
            (int width, int height) = StrictSize.Of(bytes) ?? throw new InvalidOperationException($"Run {run}: accepted as {info}, and a strict decoder finds no size.");
            Assert.True((info!.Width, info.Height) == (width, height) || (info.Format == "JPEG" && (info.Width, info.Height) == (height, width)), $"Run {run}: {info}, strictly {width}x{height}.");
            changedSizes += StrictSize.Of(seed) == (width, height) ? 0 : 1;
        }

        // Without these, nothing would have been compared.
        Assert.InRange(accepted, Runs / 10, Runs * 9 / 10);
        Assert.True(changedSizes > Runs / 50, $"Only {changedSizes} mutations changed a size.");
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int change = random.Next(4) == 0 ? 3 : 1; change > 0; change--)
        {
            int at = random.Next(Math.Min(bytes.Count, s_headerBytes[random.Next(s_headerBytes.Length)]));
            switch (random.Next(12))
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
