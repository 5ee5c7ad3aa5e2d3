using Kling.Requests;

namespace Kling.Client;

/// <summary>Counts what is written, refuses more than was announced, and knows whether the stream beneath failed.</summary>
internal sealed class CountingStream(Stream inner, long limit) : Stream
{
    /// <summary>Bytes handed to the stream beneath, whether or not it took them.</summary>
    internal long Written { get; private set; }

    /// <summary>Whether the stream beneath threw.</summary>
    internal bool NetworkFailed { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => Written;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        Count(count);
        try
        {
            inner.Write(buffer, offset, count);
        }
        catch
        {
            NetworkFailed = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count(buffer.Length);
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            NetworkFailed = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Writers flush when they are done with a part; the HTTP stack flushes when the whole is done.

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void Count(int count)
    {
        if (Written + count > limit)
        {
            throw new BodyChangedException(FormattableString.Invariant($"The request is longer than the {limit} bytes announced."));
        }

        Written += count;
    }
}
