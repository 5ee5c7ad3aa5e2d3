using System.Buffers.Binary;

namespace Kling.Images;

/// <summary>Walks the chunks of a PNG (W3C PNG, third edition): from IHDR to IEND, with the checksums of the critical ones.</summary>
internal static class PngReader
{
    private const int SignatureBytes = 8;
    private const uint HeaderBytes = 13;

    internal static ImageInfo Read(ImageBytes bytes)
    {
        bytes.Skip(SignatureBytes);
        (int width, int height, bool alpha) = Header(bytes);
        bool pixels = false;
        int? orientation = null;
        ImageTraits traits = ImageTraits.None;
        while (true)
        {
            (uint length, string type) = Start(bytes);
            long start = bytes.Position;
            switch (type)
            {
                case "IHDR":
                    throw bytes.Damaged("it has two headers (IHDR)");
                case "tRNS":
                    alpha = true;
                    break;
                case "eXIf":
                    orientation ??= ExifOrientation.Read(bytes, length);
                    bytes.Seek(start);
                    break;
                case "acTL":
                    traits |= ImageTraits.Animated;
                    break;
                case "IDAT":
                    pixels |= length > 0;
                    break;
            }

            Body(bytes, length, type);
            if (type == "IEND")
            {
                return pixels
                    ? ExifOrientation.Turn(new ImageInfo(bytes.Format, width, height, alpha, traits), orientation)
                    : throw bytes.Damaged("it has no pixels (IDAT)");
            }
        }
    }

    private static (int Width, int Height, bool Alpha) Header(ImageBytes bytes)
    {
        (uint length, string type) = Start(bytes);
        if (type != "IHDR" || length != HeaderBytes)
        {
            throw bytes.Damaged("it does not begin with its header (IHDR)");
        }

        long at = bytes.Position;
        uint width = bytes.Big32();
        uint height = bytes.Big32();
        int depth = bytes.Byte();
        int colour = bytes.Byte();
        (int compression, int filter, int interlace) = (bytes.Byte(), bytes.Byte(), bytes.Byte());
        bytes.Seek(at);
        Body(bytes, length, type);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
        {
            throw bytes.Damaged("it has no size");
        }

        bool known = colour switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        return known && compression == 0 && filter == 0 && interlace <= 1
            ? ((int)width, (int)height, colour is 4 or 6)
            : throw bytes.Damaged("its header (IHDR) names a kind of pixels that does not exist");
    }

    private static (uint Length, string Type) Start(ImageBytes bytes)
    {
        uint length = bytes.Big32();
        string type = bytes.Text(4);
        return length <= int.MaxValue && type.All(c => c is >= 'A' and <= 'Z' or >= 'a' and <= 'z')
            ? (length, type)
            : throw bytes.Damaged("a part of it (chunk) has no readable beginning");
    }

    /// <summary>Goes over a chunk's data. Of a critical one (its type begins with a capital) the checksum must be right.</summary>
    private static void Body(ImageBytes bytes, uint length, string type)
    {
        if (char.IsLower(type[0]))
        {
            bytes.Skip(length + 4L);
            return;
        }

        uint crc = Crc32.Start;
        foreach (char c in type)
        {
            crc = Crc32.Add(crc, c);
        }

        for (long left = length; left > 0;)
        {
            ReadOnlySpan<byte> piece = bytes.Piece(left);
            crc = Crc32.Add(crc, piece);
            left -= piece.Length;
        }

        if (bytes.Big32() != Crc32.End(crc))
        {
            throw bytes.Damaged($"the checksum of a part of it ({type}) is wrong");
        }
    }
}

/// <summary>The checksum of PNG chunks (ISO 3309, polynomial EDB88320), eight bytes at a time.</summary>
internal static class Crc32
{
    internal const uint Start = uint.MaxValue;

    private const int Step = 8;

    private static readonly uint[] s_table =
    [
        .. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) == 0 ? c >> 1 : 0xEDB88320 ^ (c >> 1))),
    ];

    // What a byte does to the checksum when 0 to 7 others follow it.
    private static readonly uint[][] s_tables = Tables();

    internal static uint Add(uint crc, int value) => s_table[(crc ^ (uint)value) & 0xff] ^ (crc >> 8);

    internal static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[][] t = s_tables;
        while (bytes.Length >= Step)
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[7][low & 0xff] ^ t[6][(low >> 8) & 0xff] ^ t[5][(low >> 16) & 0xff] ^ t[4][low >> 24]
                ^ t[3][high & 0xff] ^ t[2][(high >> 8) & 0xff] ^ t[1][(high >> 16) & 0xff] ^ t[0][high >> 24];
            bytes = bytes[Step..];
        }

        foreach (byte value in bytes)
        {
            crc = Add(crc, value);
        }

        return crc;
    }

    internal static uint End(uint crc) => ~crc;

    private static uint[][] Tables()
    {
        var tables = new uint[Step][];
        tables[0] = s_table;
        for (int i = 1; i < Step; i++)
        {
            tables[i] = [.. tables[i - 1].Select(value => Add(value, 0))];
        }

        return tables;
    }
}
