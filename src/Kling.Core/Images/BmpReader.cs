namespace Kling.Images;

/// <summary>Reads the headers of a BMP (Windows GDI, BITMAPFILEHEADER and BITMAPINFOHEADER) and compares its length with them.</summary>
internal static class BmpReader
{
    private const int FileHeaderBytes = 14;
    private const int ShortHeader = 12;
    private const int HeaderWithMasks = 56;

    internal static ImageInfo Read(ImageBytes bytes)
    {
        bytes.Skip(2);
        uint fileSize = bytes.Little32();
        bytes.Skip(4);
        uint pixels = bytes.Little32();
        uint header = bytes.Little32();
        bool isShort = header == ShortHeader;
        long width = isShort ? bytes.Little16() : (int)bytes.Little32();

        // The height is signed: rows may be stored from the top.
        long height = Math.Abs(isShort ? bytes.Little16() : (long)(int)bytes.Little32());
        int planes = bytes.Little16();
        int depth = bytes.Little16();
        uint compression = isShort ? 0 : bytes.Little32();
        uint size = isShort ? 0 : bytes.Little32();
        if (width is <= 0 or > int.MaxValue || height is <= 0 or > int.MaxValue)
        {
            throw bytes.Damaged("it has no size");
        }

        if (planes != 1 || depth is not (0 or 1 or 2 or 4 or 8 or 16 or 24 or 32) || (depth == 0 && compression is not (4 or 5)))
        {
            throw bytes.Damaged("its header names a kind of pixels that does not exist");
        }

        // Rows are padded to four bytes. Compressed pixels have the length they say, else the file has.
        bool plain = compression is 0 or 3 or 6;
        decimal end = plain ? pixels + (((width * depth) + 31) / 32 * 4 * (decimal)height) : size > 0 ? pixels + size : fileSize;
        if (pixels < FileHeaderBytes + header)
        {
            throw bytes.Damaged("its pixels begin inside its header");
        }

        return end <= bytes.Length
            ? new ImageInfo(bytes.Format, (int)width, (int)height, HasAlpha(bytes, header, depth))
            : throw bytes.CutOff();
    }

    private static bool HasAlpha(ImageBytes bytes, uint header, int depth)
    {
        if (depth != 32 || header < HeaderWithMasks)
        {
            return false;
        }

        bytes.Seek(FileHeaderBytes + HeaderWithMasks - 4);
        return bytes.Little32() != 0;
    }
}
