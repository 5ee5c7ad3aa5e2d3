namespace Kling.Core.Tests.Downloads;

/// <summary>A stream that does something once so many bytes were written to it.</summary>
internal sealed class ActingStream(long after, Action act) : MemoryStream
{
    private bool _acted;

    public int LargestWrite { get; private set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        LargestWrite = Math.Max(LargestWrite, buffer.Length);
        if (Length >= after && !_acted)
        {
            _acted = true;
            act();
        }

        return ValueTask.CompletedTask;
    }
}
