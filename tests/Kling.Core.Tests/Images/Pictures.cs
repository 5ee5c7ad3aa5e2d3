using System.Text;

namespace Kling.Core.Tests.Images;

/// <summary>The smallest images that are whole; their pixels are not.</summary>
internal static class Pictures
{
    /// <summary>Bytes of a PNG without extra ones.</summary>
    internal const int SmallestPng = 8 + 25 + 14 + 12;

    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="extra">How many random bytes follow behind the image's end.</param>
    internal static byte[] Png(int width = 640, int height = 480, int extra = 0)
    {
        var more = new byte[extra];
        new Random(extra).NextBytes(more);
        return [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", [.. Big(width, 4), .. Big(height, 4), 8, 2, 0, 0, 0]), .. Chunk("IDAT", [1, 2]), .. Chunk("IEND", []), .. more];
    }

    internal static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        return [.. Big(data.Length, 4), .. body, .. Big((int)Checksum(body), 4)];
    }

    internal static byte[] Gif(int width, int height) =>
        [.. "GIF89a"u8, .. Little(width, 2), .. Little(height, 2), 0, 0, 0, 0x2c, 0, 0, 0, 0, .. Little(width, 2), .. Little(height, 2), 0, 2, 1, 0x44, 0, 0x3b];

    internal static byte[] Bmp(int width, int height) =>
        [.. "BM"u8, .. new byte[8], .. Little(54, 4), .. Little(40, 4), .. Little(width, 4), .. Little(height, 4), 1, 0, 1, 0, .. new byte[24], .. BmpRows(width, height)];

    internal static byte[] OldBmp(int width, int height) =>
        [.. "BM"u8, .. new byte[8], .. Little(26, 4), .. Little(12, 4), .. Little(width, 2), .. Little(height, 2), 1, 0, 1, 0, .. BmpRows(width, height)];

    internal static byte[] Vp8X(int width, int height) => Riff(
        [.. "VP8X"u8, 10, 0, 0, 0, 0x10, 0, 0, 0, .. Little(width - 1, 3), .. Little(height - 1, 3), .. Lossy(width, height)]);

    internal static byte[] Vp8L(int width, int height) => Riff([.. "VP8L"u8, 5, 0, 0, 0, 0x2f, .. Little((width - 1) | ((height - 1) << 14), 4), 0]);

    internal static byte[] Vp8(int width, int height) => Riff(Lossy(width, height));

    /// <param name="width">Width as stored.</param>
    /// <param name="height">Height as stored.</param>
    /// <param name="orientation">The Exif orientation; 0 for none.</param>
    /// <param name="little">The byte order of the Exif segment.</param>
    internal static byte[] Jpeg(int width, int height, int orientation = 0, bool little = true)
    {
        byte[] Short(int value) => little ? Little(value, 2) : Big(value, 2);
        byte[] Long(int value) => little ? Little(value, 4) : Big(value, 4);
        byte[] exif = orientation == 0 ? [] :
        [
            0xff, 0xe1, 0, 40, .. "Exif"u8, 0, 0, .. (little ? "II"u8 : "MM"u8), .. Short(42), .. Long(8), .. Short(2),
            .. Short(0x0100), .. Short(4), .. Long(1), .. Long(99),
            .. Short(0x0112), .. Short(3), .. Long(1), .. Short(orientation), 0, 0,
        ];
        if (exif.Length > 0)
        {
            exif[3] = (byte)(exif.Length - 2);
        }

        return [0xff, 0xd8, .. exif, 0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, .. Big(height, 2), .. Big(width, 2), 3, .. new byte[9],
            0xff, 0xda, 0, 3, 0, 1, 0xff, 0, 2, 0xff, 0xd9];
    }

    private static byte[] BmpRows(int width, int height) => new byte[Math.Max(0, (Math.Abs((long)width) + 31) / 32 * 4 * Math.Min(4096, Math.Abs((long)height)))];

    private static byte[] Riff(byte[] chunks) => [.. "RIFF"u8, .. Little(chunks.Length + 4, 4), .. "WEBP"u8, .. chunks];

    private static byte[] Lossy(int width, int height) =>
        [.. "VP8 "u8, 10, 0, 0, 0, 0x10, 0, 0, 0x9d, 1, 0x2a, .. Little(width, 2), .. Little(height, 2)];

    /// <summary>The checksum of a PNG chunk, bit by bit.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }

    private static byte[] Little(int value, int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(value >> (8 * i)))];

    private static byte[] Big(int value, int count) => [.. Little(value, count).Reverse()];
}
