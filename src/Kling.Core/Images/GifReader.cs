namespace Kling.Images;

/// <summary>Walks the blocks of a GIF (GIF89a specification) to its trailer.</summary>
internal static class GifReader
{
    private const int SignatureBytes = 6;
    private const int GraphicControl = 0xf9;

    internal static ImageInfo Read(ImageBytes bytes)
    {
        bytes.Skip(SignatureBytes);
        int width = bytes.Little16();
        int height = bytes.Little16();
        if (width == 0 || height == 0)
        {
            throw bytes.Damaged("it has no size");
        }

        int flags = bytes.Byte();
        bytes.Skip(2 + ColourTable(flags));
        bool frames = false;
        bool alpha = false;
        while (true)
        {
            switch (bytes.Byte())
            {
                case 0x21:
                    int kind = bytes.Byte();
                    alpha |= Blocks(bytes, kind == GraphicControl);
                    break;
                case 0x2c:
                    bytes.Skip(8);
                    bytes.Skip(ColourTable(bytes.Byte()) + 1);
                    Blocks(bytes, false);
                    frames = true;
                    break;
                case 0x3b:
                    return frames ? new ImageInfo(bytes.Format, width, height, alpha) : throw bytes.Damaged("it has no pixels");
                default:
                    throw bytes.Damaged("a part of it (block) is of no known kind");
            }
        }
    }

    private static int ColourTable(int flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    /// <summary>Goes over data blocks to the empty one that ends them; true where they declare a transparent colour.</summary>
    private static bool Blocks(ImageBytes bytes, bool isControl)
    {
        bool transparent = false;
        for (int length = bytes.Byte(); length > 0; length = bytes.Byte())
        {
            if (isControl)
            {
                transparent |= (bytes.Byte() & 1) == 1;
                length--;
                isControl = false;
            }

            bytes.Skip(length);
        }

        return transparent;
    }
}
