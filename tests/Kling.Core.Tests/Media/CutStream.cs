namespace Kling.Core.Tests.Media;

/// <summary>A body that ends badly after some bytes: broken, hanging, or just too short.</summary>
internal sealed class CutStream(byte[] bytes, int good, CutStream.Ending ending) : Stream
{
    private int _position;

    internal enum Ending
    {
        Broken,
        Hanging,
        Short,
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        int left = Math.Min(good - _position, count);
        if (left > 0)
        {
            bytes.AsSpan(_position, left).CopyTo(buffer.AsSpan(offset));
            _position += left;
            return left;
        }

        if (ending == Ending.Hanging)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return ending == Ending.Short ? 0 : throw new IOException("reset by peer");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
