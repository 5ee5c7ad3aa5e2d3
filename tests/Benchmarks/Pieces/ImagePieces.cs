using System.Buffers.Binary;
using System.Text;
using BenchmarkDotNet.Attributes;
using Kling.Images;
using Kling.Models;
using Kling.Requests;

namespace Kling.Pieces;

/// <summary>An image from the disk to the wire.</summary>
public class ImagePieces
{
    private readonly RequestImage _small = Make(8 * 1024);
    private readonly RequestImage _large = Make(4 * 1024 * 1024);

    /// <summary>Hash, format and size of a small image.</summary>
    [Benchmark(Description = "Check and hash a file of 8 KB")]
    public object LoadSmall() => ImageFile.Load(_small.Value);

    /// <summary>Hash, format and size of a large image.</summary>
    [Benchmark(Description = "Check and hash a file of 4 MB")]
    public object LoadLarge() => ImageFile.Load(_large.Value);

    /// <summary>Base64 of a small image, made while it is sent.</summary>
    [Benchmark(Description = "Stream base64 of a file of 8 KB")]
    public Task StreamSmall() => Body(_small).WriteAsync(Stream.Null, CancellationToken.None);

    /// <summary>Base64 of a large image, made while it is sent.</summary>
    [Benchmark(Description = "Stream base64 of a file of 4 MB")]
    public Task StreamLarge() => Body(_large).WriteAsync(Stream.Null, CancellationToken.None);

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void Clean()
    {
        File.Delete(_small.Value);
        File.Delete(_large.Value);
    }

    private static RequestBody Body(RequestImage image) => ImageBody.For(new VideoRequest { TaskId = Guid.NewGuid(), Image = image, Prompt = "slow dolly in" });

    /// <summary>A PNG of this size whose one data chunk is noise: whole as far as its parts and their checksums go.</summary>
    private static RequestImage Make(int size)
    {
        const int PartsAndHead = 57;
        byte[] noise = new byte[size - PartsAndHead];
        new Random(1).NextBytes(noise);
        string path = Path.Combine(Path.GetTempPath(), FormattableString.Invariant($"kling-piece-{Environment.ProcessId}-{size}.png"));
        File.WriteAllBytes(path, [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, .. Chunk("IHDR", [0, 0, 5, 0, 0, 0, 2, 208, 8, 2, 0, 0, 0]), .. Chunk("IDAT", noise), .. Chunk("IEND", [])]);
        return ImageFile.Load(path);
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        byte[] chunk = new byte[body.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(body.Length + 4), Checksum(body));
        return chunk;
    }

    // The CRC of the PNG specification, bit by bit: it is made once and not measured.
    private static uint Checksum(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
