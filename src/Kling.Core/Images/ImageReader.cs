namespace Kling.Images;

/// <summary>
/// Tells what an image is and whether it is whole, by walking its structure from the first byte to its end mark. No pixel is
/// decoded, so nothing can grow or take long, whatever the bytes say.
/// </summary>
public static class ImageReader
{
    /// <summary>Reads the whole image. Bytes after its end mark are ignored: cameras put data there.</summary>
    /// <param name="stream">A stream that can seek; it is read from its beginning and stays open.</param>
    /// <param name="info">What it is; null when it is no whole image.</param>
    /// <param name="fault">What is wrong, as the end of a sentence that begins with the file; null when nothing is.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static bool TryRead(Stream stream, out ImageInfo? info, out string? fault)
    {
        try
        {
            info = Read(stream);
            fault = null;
            return true;
        }
        catch (ImageFaultException refused)
        {
            info = null;
            fault = refused.Message;
            return false;
        }
    }

    private static ImageInfo Read(Stream stream)
    {
        if (stream.Length == 0)
        {
            throw new ImageFaultException("is empty");
        }

        var head = new byte[ImageSignature.HeadBytes];
        stream.Position = 0;
        int count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        string? format = ImageSignature.Format(head, count);
        using var bytes = new ImageBytes(stream) { Format = format ?? "" };
        return format switch
        {
            ImageSignature.Png => PngReader.Read(bytes),
            ImageSignature.Jpeg => JpegReader.Read(bytes),
            ImageSignature.WebP => WebPReader.Read(bytes),
            ImageSignature.Gif => GifReader.Read(bytes),
            ImageSignature.Bmp => BmpReader.Read(bytes),
            _ => throw new ImageFaultException(ImageSignature.OtherKind(head, count) is string other
                ? $"is {other} and not an image of a known kind"
                : "is not an image, whatever its name says"),
        };
    }
}

/// <summary>What an image's structure tells, without a pixel decoded.</summary>
/// <param name="Format">Its name, for example <c>PNG</c>.</param>
/// <param name="Width">Width in pixels as it is shown, that is after the rotation the file asks for.</param>
/// <param name="Height">Height in pixels as it is shown.</param>
/// <param name="HasAlpha">Whether its pixels can be transparent; whether any is, only a decoder could tell.</param>
/// <param name="Traits">What else is unusual about it.</param>
public sealed record ImageInfo(string Format, int Width, int Height, bool HasAlpha, ImageTraits Traits = ImageTraits.None)
{
    /// <summary>The image of a request that has this structure.</summary>
    internal RequestImage ToImage(ImageKind kind, string value, string sha256, long bytes) => new(kind, value)
    {
        Sha256 = sha256,
        Bytes = bytes,
        Width = Width,
        Height = Height,
        Format = Format,
        HasAlpha = HasAlpha,
        Traits = Traits,
    };
}
