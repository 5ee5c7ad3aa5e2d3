using System.Buffers;
using System.Security.Cryptography;
using Kling.Requests;

namespace Kling.Images;

/// <summary>Local image files.</summary>
public static class ImageFile
{
    private const string Allowed = "a readable PNG, JPEG, WebP, GIF or BMP file";
    private const int PieceBytes = 64 * 1024;

    /// <summary>
    /// Reads the file in pieces: its format, whether it is whole, its size in pixels and bytes, its hash. The limits that a model
    /// only recommends are checked by <see cref="RequestValidator"/>, which warns.
    /// </summary>
    /// <param name="fullPath">The file's full path.</param>
    /// <exception cref="ImageException">It is missing, a folder, unreadable, empty, damaged, cut off or no image.</exception>
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
        // First, so that a large file that is no image is not read to its end.
        if (!ImageReader.TryRead(file, out ImageInfo? info, out string? fault))
        {
            throw Refused(path, fault!);
        }

        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(file.Length, PieceBytes));
        long bytes = 0;
        try
        {
            for (int read = file.Read(buffer, 0, buffer.Length); read > 0; read = file.Read(buffer, 0, buffer.Length))
            {
                hash.AppendData(buffer, 0, read);
                bytes += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return info!.ToImage(ImageKind.File, path, Sha256Text.Hex(hash.GetHashAndReset()), bytes);
    }

    private static ImageException Refused(string path, string fault, Exception? inner = null) =>
        new($"Image: '{path}' {fault}; allowed: {Allowed}.", inner);
}
