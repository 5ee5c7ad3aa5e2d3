using System.Buffers.Binary;

namespace Kling.Core.Tests.Images;

/// <summary>
/// The size of an image as a strict decoder reads it, in another way than the module's: whole in memory, by offsets, and any doubt is no size.
/// The pixels are not decoded. The size is the stored one, before any rotation.
/// </summary>
internal static class StrictSize
{
    internal static (int Width, int Height)? Of(byte[] image)
    {
        ReadOnlySpan<byte> bytes = image;
        try
        {
            (long width, long height) = bytes switch
            {
                [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ..] => Png(bytes),
                [0xff, 0xd8, 0xff, ..] => Jpeg(bytes),
                [0x47, 0x49, 0x46, 0x38, 0x37 or 0x39, 0x61, ..] => (U16(bytes, 6), U16(bytes, 8)),
                [0x42, 0x4d, ..] => Bmp(bytes),
                [0x52, 0x49, 0x46, 0x46, _, _, _, _, 0x57, 0x45, 0x42, 0x50, ..] => WebP(bytes),
                _ => (0, 0),
            };
            return width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue ? ((int)width, (int)height) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static (long Width, long Height) Png(ReadOnlySpan<byte> bytes)
    {
        bool header = BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(8, 4)) == 13 && bytes.Slice(12, 4).SequenceEqual("IHDR"u8)
            && Pictures.Checksum(bytes.Slice(12, 17)) == BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(29, 4));
        return header ? (BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(16, 4)), BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(20, 4))) : (0, 0);
    }

    private static (long Width, long Height) Jpeg(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes[2..];
        while (rest.Length > 0)
        {
            int fill = rest.IndexOfAnyExcept((byte)0xff);
            if (fill < 1)
            {
                return (0, 0);
            }

            byte marker = rest[fill];
            rest = rest[(fill + 1)..];
            if (marker is 1 or >= 0xd0 and <= 0xd8)
            {
                continue;
            }

            if (marker is 0 or 0xd9 or 0xda)
            {
                return (0, 0);
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(rest.Slice(0, 2));
            ReadOnlySpan<byte> segment = rest.Slice(2, length - 2);
            rest = rest[length..];
            if ((marker & 0xf0) == 0xc0 && marker is not (0xc4 or 0xc8 or 0xcc))
            {
                bool fits = segment.Length >= 6 && segment[5] > 0 && segment.Length == 6 + (3 * segment[5]);
                return fits ? (BinaryPrimitives.ReadUInt16BigEndian(segment.Slice(3, 2)), BinaryPrimitives.ReadUInt16BigEndian(segment.Slice(1, 2))) : (0, 0);
            }
        }

        return (0, 0);
    }

    private static (long Width, long Height) Bmp(ReadOnlySpan<byte> bytes)
    {
        int header = BinaryPrimitives.ReadInt32LittleEndian(bytes.Slice(14, 4));
        return header switch
        {
            12 => (U16(bytes, 18), U16(bytes, 20)),
            >= 40 and <= 124 => (BinaryPrimitives.ReadInt32LittleEndian(bytes.Slice(18, 4)), Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(bytes.Slice(22, 4)))),
            _ => (0, 0),
        };
    }

    private static (long Width, long Height) WebP(ReadOnlySpan<byte> bytes)
    {
        (long Width, long Height)? canvas = null;
        bool moves = false;
        for (long at = 12; at + 8 <= bytes.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice((int)at + 4, 4));
            ReadOnlySpan<byte> data = bytes[((int)at + 8)..];
            (long Width, long Height)? image = null;
            switch (System.Text.Encoding.Latin1.GetString(bytes.Slice((int)at, 4)))
            {
                case "VP8X" when canvas is null && length >= 10:
                    canvas = (1 + U24(data, 4), 1 + U24(data, 7));
                    moves = (data[0] & 2) != 0;
                    break;
                case "VP8 ":
                    image = length >= 10 && (data[0] & 1) == 0 && data.Slice(3, 3).SequenceEqual((byte[])[0x9d, 1, 0x2a]) ? (U16(data, 6) & 0x3fff, U16(data, 8) & 0x3fff) : (0, 0);
                    break;
                case "VP8L":
                    uint bits = BinaryPrimitives.ReadUInt32LittleEndian(data.Slice(1, 4));
                    image = length >= 5 && data[0] == 0x2f ? (1 + (bits & 0x3fff), 1 + ((bits >> 14) & 0x3fff)) : (0, 0);
                    break;
                case "ANMF" when canvas is not null:
                    return canvas.Value;
            }

            if (image is not null)
            {
                return canvas is null || (image == canvas && image.Value.Width * image.Value.Height > 0) || (moves && image.Value.Width > 0) ? canvas ?? image.Value : (0, 0);
            }

            at += 8 + length + (length & 1);
        }

        return (0, 0);
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(at, 2));

    private static int U24(ReadOnlySpan<byte> bytes, int at) => U16(bytes, at) | (bytes.Slice(at + 2, 1)[0] << 16);
}
