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
        while (true)
        {
            (uint length, string type) = Start(bytes);
            switch (type)
            {
                case "IHDR":
                    throw Damaged("it has two headers (IHDR)");
                case "tRNS":
                    alpha = true;
                    break;
                case "IDAT":
                    pixels |= length > 0;
                    break;
            }

            Body(bytes, length, type);
            if (type == "IEND")
            {
                return pixels ? new ImageInfo(ImageSignature.Png, width, height, alpha) : throw Damaged("it has no pixels (IDAT)");
            }
        }
    }

    private static (int Width, int Height, bool Alpha) Header(ImageBytes bytes)
    {
        (uint length, string type) = Start(bytes);
        if (type != "IHDR" || length != HeaderBytes)
        {
            throw Damaged("it does not begin with its header (IHDR)");
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
            throw Damaged("it has no size");
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
            : throw Damaged("its header (IHDR) names a kind of pixels that does not exist");
    }

    private static (uint Length, string Type) Start(ImageBytes bytes)
    {
        uint length = bytes.Big32();
        string type = bytes.Text(4);
        return length <= int.MaxValue && type.All(c => c is >= 'A' and <= 'Z' or >= 'a' and <= 'z')
            ? (length, type)
            : throw Damaged("a part of it (chunk) has no readable beginning");
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
            throw Damaged($"the checksum of a part of it ({type}) is wrong");
        }
    }

    private static ImageFaultException Damaged(string what) => ImageFaultException.Damaged(ImageSignature.Png, what);
}
