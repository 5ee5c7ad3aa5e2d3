namespace Kling.Support;

/// <summary>How many bytes have passed so far. Written by one thread, read by any.</summary>
internal sealed class ByteCount : IProgress<long>
{
    private long _bytes;

    /// <summary>The bytes so far.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public void Report(long value) => Interlocked.Exchange(ref _bytes, value);
}
