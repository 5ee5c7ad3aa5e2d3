namespace Kling.Media;

/// <summary>
/// Recognises images by their bytes, never by their name. The bytes may be hostile or cut off: then less is known,
/// but nothing is thrown.
/// </summary>
public static class ImageSignature
{
    /// <summary>How many leading bytes are worth giving; a JPEG's size may stand behind long metadata.</summary>
    public const int HeadBytes = 256 * 1024;

    private const int ShortBmpHeader = 12;
    private const int LongestBmpHeader = 124;

    /// <summary>What the bytes are; null when they are no image of a known format.</summary>
    /// <param name="head">The image, or its first <see cref="HeadBytes"/> bytes.</param>
    public static ImageInfo? Recognise(byte[] head) => Recognise(head, head.Length);

    /// <summary>What the bytes are; null when they are no image of a known format.</summary>
    /// <param name="head">A buffer that starts with the image's first bytes.</param>
    /// <param name="length">How many bytes of the buffer count.</param>
    public static ImageInfo? Recognise(byte[] head, int length)
    {
        var bytes = new ByteReader(head, length);
        return Png(bytes) ?? Jpeg(bytes) ?? WebP(bytes) ?? Gif(bytes) ?? Bmp(bytes);
    }

    private static ImageInfo? Png(ByteReader bytes)
    {
        if (!bytes.Has(0, "\u0089PNG\r\n\u001a\n"))
        {
            return null;
        }

        bool header = bytes.Has(12, "IHDR");
        return Sized("PNG", "image/png", header ? bytes.Big32(16) : null, header ? bytes.Big32(20) : null);
    }

    private static ImageInfo? Jpeg(ByteReader bytes)
    {
        if (!bytes.Has(0, "\u00ff\u00d8\u00ff"))
        {
            return null;
        }

        (int? width, int? height) = JpegSize.Read(bytes);
        return Sized("JPEG", "image/jpeg", width, height);
    }

    private static ImageInfo? Gif(ByteReader bytes) => bytes.Has(0, "GIF87a") || bytes.Has(0, "GIF89a")
        ? Sized("GIF", "image/gif", bytes.Little16(6), bytes.Little16(8))
        : null;

    private static ImageInfo? WebP(ByteReader bytes)
    {
        if (!bytes.Has(0, "RIFF") || !bytes.Has(8, "WEBP"))
        {
            return null;
        }

        (long? width, long? height) = (null, null);
        if (bytes.Has(12, "VP8X"))
        {
            (width, height) = (bytes.Little24(24) + 1, bytes.Little24(27) + 1);
        }
        else if (bytes.Has(12, "VP8L") && bytes.At(20) == 0x2f)
        {
            (width, height) = ((bytes.Little32(21) & 0x3fff) + 1, ((bytes.Little32(21) >> 14) & 0x3fff) + 1);
        }
        else if (bytes.Has(12, "VP8 ") && bytes.Has(23, "\u009d\u0001\u002a"))
        {
            (width, height) = (bytes.Little16(26) & 0x3fff, bytes.Little16(28) & 0x3fff);
        }

        return Sized("WebP", "image/webp", width, height);
    }

    private static ImageInfo? Bmp(ByteReader bytes)
    {
        // "BM" alone also begins ordinary text, so the header's length has to make sense too.
        long? header = bytes.Little32(14);
        if (!bytes.Has(0, "BM") || header is not (ShortBmpHeader or >= 40 and <= LongestBmpHeader))
        {
            return null;
        }

        if (header == ShortBmpHeader)
        {
            return Sized("BMP", "image/bmp", bytes.Little16(18), bytes.Little16(20));
        }

        // The height is signed: rows may be stored from the top.
        long? height = bytes.Little32(22);
        return Sized("BMP", "image/bmp", bytes.Little32(18), height > int.MaxValue ? uint.MaxValue - height + 1 : height);
    }

    /// <summary>A size is only told when both sides make sense.</summary>
    private static ImageInfo Sized(string format, string mediaType, long? width, long? height) =>
        width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue
            ? new ImageInfo(format, mediaType, (int)width, (int)height)
            : new ImageInfo(format, mediaType);
}
