using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Kling.Models;
using Kling.Requests;
using Kling.Support;

namespace Kling.Images;

/// <summary>
/// A request around a local image, whose base64 is made while it is sent. The last block and what follows it are held
/// back until the hash of everything read is the one that was validated: a changed file can never arrive as a complete
/// request, so it cannot be accepted and paid.
/// </summary>
public sealed class ImageBody : RequestBody
{
    // A whole number of three-byte blocks, so that only the very last piece is padded.
    internal const int PieceBytes = 3 * 16 * 1024;
    private readonly string _path;
    private readonly string _sha256;
    private readonly long _bytes;
    private readonly byte[] _before;
    private readonly byte[] _after;

    /// <summary>Creates the body; the file is opened when it is written.</summary>
    /// <param name="image">The file, with the hash and size that were validated.</param>
    /// <param name="before">The request up to the base64 text.</param>
    /// <param name="after">The request behind it.</param>
    /// <exception cref="ArgumentException">The image is no file, or its hash or size is not known.</exception>
    public ImageBody(RequestImage image, byte[] before, byte[] after)
    {
        if (image is not { Kind: ImageKind.File, Sha256: string hash, Bytes: long bytes })
        {
            throw new ArgumentException("The image must be a file with a known hash and size.", nameof(image));
        }

        _path = image.Value;
        _sha256 = hash;
        _bytes = bytes;
        _before = before;
        _after = after;
    }

    /// <inheritdoc/>
    public override long Length => _before.Length + EncodedLength(_bytes) + _after.Length;

    /// <inheritdoc/>
    public override string Text => FormattableString.Invariant(
        $"{Encoding.UTF8.GetString(_before)}[file: {Path.GetFileName(_path)}, {_bytes} bytes]{Encoding.UTF8.GetString(_after)}");

    /// <inheritdoc/>
    public override async Task WriteAsync(Stream stream, CancellationToken token)
    {
        using FileStream file = Open();
        if (file.Length != _bytes)
        {
            throw Changed("has another length");
        }

        await stream.WriteAsync(_before, token).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[(int)Math.Min(_bytes, PieceBytes)];
        var text = new byte[(int)EncodedLength(piece.Length)];
        long left = _bytes;
        while (true)
        {
            token.ThrowIfCancellationRequested();
            int size = (int)Math.Min(left, PieceBytes);
            Fill(file, piece, size);
            hash.AppendData(piece, 0, size);
            left -= size;
            Base64.EncodeToUtf8(piece.AsSpan(0, size), text, out _, out int written);
            if (left == 0)
            {
                Verify(file, hash);
                await stream.WriteAsync(text.AsMemory(0, written), token).ConfigureAwait(false);
                await stream.WriteAsync(_after, token).ConfigureAwait(false);
                return;
            }

            await stream.WriteAsync(text.AsMemory(0, written), token).ConfigureAwait(false);
        }
    }

    private static long EncodedLength(long bytes) => (bytes + 2) / 3 * 4;

    private FileStream Open()
    {
        try
        {
            return new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        }
        catch (Exception failure) when (IsFileFault(failure))
        {
            throw Changed($"cannot be read any more ({failure.Message.TrimEnd('.')})", failure);
        }
    }

    private void Fill(FileStream file, byte[] piece, int size)
    {
        int filled = 0;
        while (filled < size)
        {
            int read = Read(file, piece, filled, size - filled);
            if (read == 0)
            {
                throw Changed("has become shorter");
            }

            filled += read;
        }
    }

    private void Verify(FileStream file, IncrementalHash hash)
    {
        if (Sha256Text.Hex(hash.GetHashAndReset()) != _sha256)
        {
            throw Changed("has other bytes");
        }

        if (Read(file, new byte[1], 0, 1) != 0)
        {
            throw Changed("has become longer");
        }
    }

    /// <summary>
    /// Reads at once: a piece was read a moment ago, to be hashed, and handing it to another thread would take longer. A fault of the
    /// file must not look like one of the network, which would mean "perhaps it arrived".
    /// </summary>
    private int Read(FileStream file, byte[] buffer, int offset, int count)
    {
        try
        {
            return file.Read(buffer, offset, count);
        }
        catch (Exception failure) when (IsFileFault(failure))
        {
            throw Changed($"cannot be read any more ({failure.Message.TrimEnd('.')})", failure);
        }
    }

    private static bool IsFileFault(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private BodyChangedException Changed(string how, Exception? inner = null) =>
        new($"Image: '{_path}' {how} since it was checked; the request was cut off before it was complete, so nothing was accepted.", inner);
}

/// <summary>The bodies of requests that carry an image, whatever it is.</summary>
public static class RequestBodies
{
    /// <summary>A body that streams the image where it is a file, and otherwise is in memory.</summary>
    /// <param name="request">The request; a file must have been loaded by <see cref="ImageFile"/>.</param>
    /// <exception cref="ArgumentException">The image is a file whose hash or size is not known.</exception>
    public static RequestBody For(VideoRequest request)
    {
        if (request.Image is not { Kind: ImageKind.File } image)
        {
            return RequestBody.FromBytes(RequestJson.Write(request));
        }

        (byte[] before, byte[] after) = RequestJson.Around(request);
        return new ImageBody(image, before, after);
    }
    /// <summary>The body of an upload: it streams a file, and holds anything else in memory.</summary>
    /// <param name="image">The image; a file must have been loaded by <see cref="ImageFile"/>.</param>
    /// <param name="kind">The task type.</param>
    /// <param name="id">An id of its own.</param>
    /// <exception cref="ArgumentException">The image is a file whose hash or size is not known, or already has a UUID.</exception>
    public static RequestBody ForUpload(RequestImage image, UploadKind kind, Guid id)
    {
        if (image.Kind != ImageKind.File)
        {
            return RequestBody.FromBytes(UploadJson.Write(kind, id, image));
        }

        (byte[] before, byte[] after) = UploadJson.Around(kind, id, image);
        return new ImageBody(image, before, after);
    }
}
