using System.Text;

namespace Kling.Core.Tests.Media;

/// <summary>The smallest byte sequences that carry a signature and a size.</summary>
internal static class Pictures
{
    internal static byte[] Png(int width = 640, int height = 480, int extra = 0)
    {
        var bytes = new List<byte> { 0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13 };
        bytes.AddRange(Encoding.ASCII.GetBytes("IHDR"));
        bytes.AddRange(Big(width, 4));
        bytes.AddRange(Big(height, 4));
        var random = new Random(extra);
        for (int i = 0; i < extra; i++)
        {
            bytes.Add((byte)random.Next(256));
        }

        return [.. bytes];
    }

    internal static byte[] Gif(int width, int height) => [.. "GIF89a"u8, .. Little(width, 2), .. Little(height, 2), 0, 0, 0];

    internal static byte[] Bmp(int width, int height) => [.. "BM"u8, .. new byte[12], .. Little(40, 4), .. Little(width, 4), .. Little(height, 4)];

    internal static byte[] OldBmp(int width, int height) => [.. "BM"u8, .. new byte[12], .. Little(12, 4), .. Little(width, 2), .. Little(height, 2)];

    internal static byte[] Vp8X(int width, int height) =>
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, .. Little(width - 1, 3), .. Little(height - 1, 3)];

    internal static byte[] Vp8L(int width, int height) =>
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 10, 0, 0, 0, 0x2f, .. Little((width - 1) | ((height - 1) << 14), 4)];

    internal static byte[] Vp8(int width, int height) =>
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8 "u8, 10, 0, 0, 0, 1, 2, 3, 0x9d, 1, 0x2a, .. Little(width, 2), .. Little(height, 2)];

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

        return [0xff, 0xd8, .. exif, 0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, .. Big(height, 2), .. Big(width, 2), 3, 0, 0, 0];
    }

    private static byte[] Little(int value, int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(value >> (8 * i)))];

    private static byte[] Big(int value, int count) => [.. Little(value, count).Reverse()];
}
