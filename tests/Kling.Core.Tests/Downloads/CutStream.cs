namespace Kling.Core.Tests.Downloads;

/// <summary>A body in pieces that breaks, stalls or ends where the test says.</summary>
internal sealed class CutStream(byte[] bytes, int cutAt, Func<CancellationToken, Task<int>>? atTheCut, int piece) : Stream
{
    private int _position;

    /// <summary>How many bytes were handed out.</summary>
    internal int Sent => _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int end = atTheCut is null ? bytes.Length : Math.Min(cutAt, bytes.Length);
        int size = Math.Min(Math.Min(piece, buffer.Length), end - _position);
        if (size == 0 && atTheCut is not null)
        {
            return await atTheCut(cancellationToken);
        }

        bytes.AsMemory(_position, size).CopyTo(buffer);
        _position += size;
        return size;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
