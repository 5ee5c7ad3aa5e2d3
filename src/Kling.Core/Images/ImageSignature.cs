namespace Kling.Images;

/// <summary>Recognises a file by its first bytes, never by its name. The bytes may be hostile or cut off; nothing is thrown.</summary>
internal static class ImageSignature
{
    internal const string Png = "PNG";
    internal const string Jpeg = "JPEG";
    internal const string WebP = "WebP";
    internal const string Gif = "GIF";
    internal const string Bmp = "BMP";

    /// <summary>How many bytes are worth giving.</summary>
    internal const int HeadBytes = 512;

    private const int ShortBmpHeader = 12;
    private const int ShortestFullBmpHeader = 40;
    private const int LongestBmpHeader = 124;

    // What is often mistaken for a usable image.
    private static readonly (int At, string Text, string Name)[] s_others =
    [
        (0, "%PDF-", "a PDF document"),
        (0, "II*\0", "a TIFF image"),
        (0, "MM\0*", "a TIFF image"),
        (0, "8BPS", "a Photoshop document"),
        (0, "\0\0\u0001\0", "an icon (ICO)"),
        (0, "\u00ff\u000a", "a JPEG XL image"),
        (0, "\0\0\0\u000cJXL ", "a JPEG XL image"),
        (0, "\0\0\0\u000cjP  ", "a JPEG 2000 image"),
        (0, "qoif", "a QOI image"),
        (4, "ftypavif", "an AVIF image"),
        (4, "ftypavis", "an AVIF image"),
        (4, "ftypheic", "a HEIC image"),
        (4, "ftypheix", "a HEIC image"),
        (4, "ftyphevc", "a HEIC image"),
        (4, "ftypmif1", "a HEIF image"),
        (4, "ftypmsf1", "a HEIF image"),
        (4, "ftyp", "an MP4 or MOV video"),
        (0, "\u001a\u0045\u00df\u00a3", "a WEBM or MKV video"),
        (8, "AVI ", "an AVI video"),
        (8, "WAVE", "a WAV sound"),
        (0, "PK\u0003\u0004", "a ZIP archive (or an Office document)"),
        (0, "\u001f\u008b", "a gzip archive"),
        (0, "version https://git-lfs", "a Git LFS pointer"),
    ];

    private static readonly (string Start, string Name)[] s_texts =
    [
        ("<svg", "an SVG drawing"),
        ("<!doctype html", "an HTML page"),
        ("<html", "an HTML page"),
        ("<?xml", "an XML text, perhaps an SVG drawing"),
        ("{", "a JSON text"),
    ];

    /// <summary>The image format these bytes begin like; null for none that is known.</summary>
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

    /// <summary>What else a file with these first bytes is, with its article; null when that is not known.</summary>
    internal static string? OtherKind(byte[] head, int length)
    {
        var bytes = new ByteReader(head, length);
        if (s_others.FirstOrDefault(kind => bytes.Has(kind.At, kind.Text)).Name is string known)
        {
            return known;
        }

        // A byte order mark and white space may stand before the first tag.
        int at = bytes.Has(0, "\u00ef\u00bb\u00bf") ? 3 : 0;
        while (bytes.At(at) is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }

        return s_texts.FirstOrDefault(kind => bytes.Has(at, kind.Start, ignoreCase: true)).Name;
    }
}
