using System.Security.Cryptography;
using Kling.Models;
using Kling.Requests;

namespace Kling.Media;

/// <summary>Local image files.</summary>
public static class ImageFile
{
    private const string Allowed = "a readable PNG, JPEG, WebP, GIF or BMP file";

    /// <summary>
    /// Reads the file once, in pieces: hash, size, format and pixels. What only crosses the model's wishes for images is
    /// left to <see cref="RequestValidator"/>, which warns.
    /// </summary>
    /// <param name="fullPath">The file's full path.</param>
    /// <exception cref="ImageException">It is missing, a folder, unreadable, empty or no image.</exception>
    public static RequestImage Load(string fullPath)
    {
        try
        {
            if (Directory.Exists(fullPath))
            {
                throw Refused(fullPath, "is a folder");
            }

            using var file = new FileStream(fullPath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return Read(file, fullPath);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refused(fullPath, "does not exist", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refused(fullPath, $"cannot be read ({failure.Message.TrimEnd('.')})", failure);
        }
    }

    private static RequestImage Read(FileStream file, string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // No larger than the file: most images of a batch may be small, and a buffer of this size is collected late.
        var buffer = new byte[Math.Max(1, Math.Min(file.Length, ImageSignature.HeadBytes))];
        int head = Fill(file, buffer);
        if (head == 0)
        {
            throw Refused(path, "is empty");
        }

        // Known after the first piece: a large file that is no image is not read to its end.
        ImageInfo info = ImageSignature.Recognise(buffer, head) ?? throw Refused(path, "is not an image, whatever its name says");
        long bytes = 0;
        for (int read = head; read > 0; read = file.Read(buffer, 0, buffer.Length))
        {
            hash.AppendData(buffer, 0, read);
            bytes += read;
        }

        return new RequestImage(ImageKind.File, path)
        {
            Sha256 = Sha256Text.Hex(hash.GetHashAndReset()),
            Bytes = bytes,
            Width = info.Width,
            Height = info.Height,
            Format = info.Format,
        };
    }

    private static int Fill(FileStream file, byte[] buffer)
    {
        int filled = 0;
        while (filled < buffer.Length && file.Read(buffer, filled, buffer.Length - filled) is int read and > 0)
        {
            filled += read;
        }

        return filled;
    }

    private static ImageException Refused(string path, string fault, Exception? inner = null) =>
        new($"Image: '{path}' {fault}; allowed: {Allowed}.", inner);
}
