using System.Buffers;
using System.Text;

namespace Kling.Images;

/// <summary>Reads an untrusted image from front to back. Reading past its end is always the same error.</summary>
internal sealed class ImageBytes : IDisposable
{
    private const int PieceBytes = 64 * 1024;
    private readonly Stream _stream;
    private readonly byte[] _buffer;
    private long _bufferStart;
    private int _filled;
    private int _at;

    /// <summary>Creates the reader at the stream's first byte.</summary>
    /// <param name="stream">A stream that can seek; it stays open.</param>
    internal ImageBytes(Stream stream)
    {
        _stream = stream;
        Length = stream.Length;
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Length, PieceBytes));
        stream.Position = 0;
    }

    /// <summary>The image's format, for its errors.</summary>
    internal string Format { get; init; } = "";

    internal long Length { get; }

    internal long Position => _bufferStart + _at;

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>The next byte.</summary>
    /// <exception cref="ImageFaultException">There is none.</exception>
    internal int Byte()
    {
        Need();
        return _buffer[_at++];
    }

    /// <summary>The next bytes in the buffer: at least one, at most <paramref name="most"/>. They are valid until the next call.</summary>
    /// <exception cref="ImageFaultException">There is none.</exception>
    internal ReadOnlySpan<byte> Piece(long most)
    {
        Need();
        int size = (int)Math.Min(most, _filled - _at);
        _at += size;
        return new ReadOnlySpan<byte>(_buffer, _at - size, size);
    }

    internal int Big16() => (Byte() << 8) | Byte();

    internal int Little16() => Byte() | (Byte() << 8);

    internal int Little24() => Little16() | (Byte() << 16);

    internal uint Big32() => ((uint)Big16() << 16) | (uint)Big16();

    internal uint Little32() => (uint)Little16() | ((uint)Little16() << 16);

    /// <summary>The next bytes as Latin-1 text.</summary>
    internal string Text(int count)
    {
        var text = new StringBuilder(count);
        for (int i = 0; i < count; i++)
        {
            text.Append((char)Byte());
        }

        return text.ToString();
    }

    /// <summary>Goes on by <paramref name="count"/> bytes, which must all be there.</summary>
    internal void Skip(long count) => Seek(Position + count);

    /// <summary>Goes to a place; all bytes before it must be there.</summary>
    internal void Seek(long position)
    {
        if (position > Length)
        {
            throw CutOff();
        }

        if (position >= _bufferStart && position <= _bufferStart + _filled)
        {
            _at = (int)(position - _bufferStart);
            return;
        }

        _stream.Position = _bufferStart = position;
        _filled = _at = 0;
    }

    /// <summary>The error of an image that ends before it is complete.</summary>
    internal ImageFaultException CutOff() =>
        new(FormattableString.Invariant($"is a {Format} image that is cut off: it ends after {Length} bytes, before it is complete"));

    /// <summary>The error of an image that contradicts its own format.</summary>
    internal ImageFaultException Damaged(string what) => new($"is a damaged {Format} image: {what}");

    private void Need()
    {
        if (_at < _filled)
        {
            return;
        }

        _bufferStart += _filled;
        _at = 0;
        _filled = _stream.Read(_buffer, 0, _buffer.Length);
        if (_filled == 0)
        {
            throw CutOff();
        }
    }
}

/// <summary>Reads numbers out of untrusted bytes in memory. Past their end it gives null and throws nothing.</summary>
internal readonly struct ByteReader(byte[] bytes, int length)
{
    internal int Length { get; } = Math.Max(0, Math.Min(length, bytes.Length));

    internal int? At(long index) => index >= 0 && index < Length ? bytes[index] : null;

    internal int? Big16(long index) => (At(index) << 8) | At(index + 1);

    internal int? Little16(long index) => (At(index + 1) << 8) | At(index);

    internal long? Big32(long index) => ((long?)Big16(index) << 16) | (long?)Big16(index + 2);

    internal long? Little32(long index) => ((long?)Little16(index + 2) << 16) | (long?)Little16(index);

    /// <summary>Whether these ASCII characters (or Latin-1 for bytes above 127) stand there.</summary>
    /// <param name="index">The place of the first.</param>
    /// <param name="text">The characters, in lower case where case is ignored.</param>
    /// <param name="ignoreCase">Whether letters may be in either case.</param>
    internal bool Has(long index, string text, bool ignoreCase = false)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (At(index + i) is not int value || text[i] != (ignoreCase ? char.ToLowerInvariant((char)value) : value))
            {
                return false;
            }
        }

        return true;
    }
}
