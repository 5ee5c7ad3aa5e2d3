using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Kling.Requests;

namespace Kling.Images;

/// <summary>
/// A request around a local image. The image becomes base64 while it is sent. Its last block and the rest of the request are held
/// back until the hash of everything read is the validated one. So a changed file never arrives as a complete request, and
/// nothing is accepted and paid for it.
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

    private ImageBody(RequestImage image, (byte[] Before, byte[] After) request)
    {
        if (image is not { Sha256: string hash, Bytes: long bytes })
        {
            throw new ArgumentException("The image must be a file with a known hash and size.", nameof(image));
        }

        _path = image.Value;
        _sha256 = hash;
        _bytes = bytes;
        _before = request.Before;
        _after = request.After;
    }

    /// <summary>The body of a request for a video: it streams the image where that is a file, and is otherwise in memory.</summary>
    /// <param name="request">The request; a file must have been loaded by <see cref="ImageFile"/>.</param>
    /// <exception cref="ArgumentException">The image is a file whose hash or size is not known.</exception>
    public static RequestBody For(VideoRequest request) => request.Image is { Kind: ImageKind.File } image
        ? new ImageBody(image, RequestJson.Around(request))
        : FromBytes(RequestJson.Write(request));

    /// <summary>The body of an upload: it streams the image where that is a file, and is otherwise in memory.</summary>
    /// <param name="image">The image; a file must have been loaded by <see cref="ImageFile"/>.</param>
    /// <param name="kind">The task type.</param>
    /// <param name="id">An id of its own.</param>
    /// <exception cref="ArgumentException">The image is a file whose hash or size is not known, or already has a UUID.</exception>
    public static RequestBody ForUpload(RequestImage image, UploadKind kind, Guid id) => image.Kind == ImageKind.File
        ? new ImageBody(image, UploadJson.Around(kind, id, image))
        : FromBytes(UploadJson.Write(kind, id, image));

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
        int most = (int)Math.Min(_bytes, PieceBytes);
        byte[] piece = ArrayPool<byte>.Shared.Rent(most);
        byte[] text = ArrayPool<byte>.Shared.Rent((int)EncodedLength(most));
        try
        {
            long left = _bytes;
            do
            {
                token.ThrowIfCancellationRequested();
                int size = (int)Math.Min(left, most);
                Fill(file, piece, size);
                hash.AppendData(piece, 0, size);
                left -= size;
                Base64.EncodeToUtf8(piece.AsSpan(0, size), text, out _, out int written);
                if (left == 0)
                {
                    Verify(file, hash);
                }

                await stream.WriteAsync(text.AsMemory(0, written), token).ConfigureAwait(false);
            }
            while (left > 0);

            await stream.WriteAsync(_after, token).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            ArrayPool<byte>.Shared.Return(text);
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
    /// Reads synchronously: the system still has the bytes that were hashed a moment ago, and another thread would take longer. A
    /// fault of the file must not look like a fault of the network, which would mean "perhaps it arrived".
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
