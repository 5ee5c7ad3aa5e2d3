namespace Kling.Images;

/// <summary>Walks the chunks of a WebP (RFC 9649). The size is that of the canvas where there is one, else that of the image.</summary>
internal static class WebPReader
{
    private const int AlphaFlag = 0x10;
    private const int ExifFlag = 0x08;
    private const int AnimationFlag = 0x02;

    internal static ImageInfo Read(ImageBytes bytes)
    {
        bytes.Skip(4);
        long end = bytes.Little32() + 8L;
        bytes.Skip(4);
        if (end > bytes.Length)
        {
            throw bytes.CutOff();
        }

        (int Width, int Height)? canvas = null;
        int flags = 0;
        ImageInfo? image = null;
        while (bytes.Position + 8 <= end)
        {
            string type = bytes.Text(4);
            long length = bytes.Little32();
            long start = bytes.Position;
            if (start + length > end)
            {
                // Behind the pixels there is only what describes them.
                return image ?? throw bytes.Damaged("a part of it (chunk) is longer than the whole");
            }

            switch (type)
            {
                case "VP8X" when canvas is null && length >= 10:
                    flags = bytes.Byte();
                    bytes.Skip(3);
                    canvas = (bytes.Little24() + 1, bytes.Little24() + 1);
                    break;
                case "VP8 " when image is null:
                    (int width, int height) = Lossy(bytes, length);
                    image = Info(bytes, canvas, (width, height), flags, (flags & AlphaFlag) != 0);
                    break;
                case "VP8L" when image is null:
                    (width, height, bool own) = Lossless(bytes, length);
                    image = Info(bytes, canvas, (width, height), flags, own || (flags & AlphaFlag) != 0);
                    break;
                case "ANMF" when image is null && canvas is not null && length > 24:
                    image = Info(bytes, canvas, canvas.Value, flags, (flags & AlphaFlag) != 0);
                    break;
                case "EXIF" when image is not null:
                    return ExifOrientation.Turn(image, ExifOrientation.Read(bytes, length));
            }

            if (image is not null && (flags & ExifFlag) == 0)
            {
                return image;
            }

            bytes.Seek(Math.Min(start + length + (length & 1), end));
        }

        return image ?? throw bytes.Damaged("it has no pixels");
    }

    /// <summary>Frames of an animation may be smaller than its canvas; the one image of a still may not.</summary>
    private static ImageInfo Info(ImageBytes bytes, (int Width, int Height)? canvas, (int Width, int Height) image, int flags, bool alpha) =>
        canvas is null || canvas == image || (flags & AnimationFlag) != 0
            ? new ImageInfo(bytes.Format, (canvas ?? image).Width, (canvas ?? image).Height, alpha,
                (flags & AnimationFlag) != 0 ? ImageTraits.Animated : ImageTraits.None)
            : throw bytes.Damaged("its canvas and its image differ in size");

    /// <summary>A key frame's header (RFC 6386, 9.1).</summary>
    private static (int Width, int Height) Lossy(ImageBytes bytes, long length)
    {
        if (length < 10)
        {
            throw bytes.Damaged("its pixels (VP8) have no header");
        }

        int tag = bytes.Little24();
        bool isKeyFrame = (tag & 1) == 0;
        long firstPartition = tag >> 5;

        // Not &&: all three bytes must be read whatever the first one is, since the size follows them.
        bool startCode = bytes.Byte() == 0x9d & bytes.Byte() == 0x01 & bytes.Byte() == 0x2a;
        int width = bytes.Little16() & 0x3fff;
        int height = bytes.Little16() & 0x3fff;
        return isKeyFrame && startCode && width > 0 && height > 0 && firstPartition <= length
            ? (width, height)
            : throw bytes.Damaged("it has no size");
    }

    private static (int Width, int Height, bool Alpha) Lossless(ImageBytes bytes, long length)
    {
        if (length < 5 || bytes.Byte() != 0x2f)
        {
            throw bytes.Damaged("its pixels (VP8L) have no header");
        }

        uint bits = bytes.Little32();
        return bits >> 29 == 0
            ? ((int)(bits & 0x3fff) + 1, (int)((bits >> 14) & 0x3fff) + 1, ((bits >> 28) & 1) == 1)
            : throw bytes.Damaged("it is of a version that does not exist");
    }
}
