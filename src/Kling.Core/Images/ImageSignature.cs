namespace Kling.Images;

/// <summary>Recognises an image by its first bytes, never by its name. The bytes may be hostile or cut off; nothing is thrown.</summary>
internal static class ImageSignature
{
    internal const string Png = "PNG";
    internal const string Jpeg = "JPEG";
    internal const string WebP = "WebP";
    internal const string Gif = "GIF";
    internal const string Bmp = "BMP";

    private const int ShortBmpHeader = 12;
    private const int ShortestFullBmpHeader = 40;
    private const int LongestBmpHeader = 124;

    /// <summary>The format these bytes begin like; null for none that is known.</summary>
    /// <param name="head">A buffer that starts with the image's first bytes.</param>
    /// <param name="length">How many bytes of the buffer count.</param>
    internal static string? Format(byte[] head, int length)
    {
        var bytes = new ByteReader(head, length);
        return bytes.Has(0, "\u0089PNG\r\n\u001a\n") ? Png
            : bytes.Has(0, "\u00ff\u00d8\u00ff") ? Jpeg
            : bytes.Has(0, "RIFF") && bytes.Has(8, "WEBP") ? WebP
            : bytes.Has(0, "GIF87a") || bytes.Has(0, "GIF89a") ? Gif

            // "BM" alone also begins ordinary text, so the header's length has to make sense too.
            : bytes.Has(0, "BM") && bytes.Little32(14) is ShortBmpHeader or >= ShortestFullBmpHeader and <= LongestBmpHeader ? Bmp
            : null;
    }
}
