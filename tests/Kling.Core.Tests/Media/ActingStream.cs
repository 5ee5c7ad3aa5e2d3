namespace Kling.Core.Tests.Media;

/// <summary>A stream that does something once so many bytes were written to it.</summary>
internal sealed class ActingStream(long after, Action act) : MemoryStream
{
    private bool _acted;

    public int LargestWrite { get; private set; }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer, offset, count);
        LargestWrite = Math.Max(LargestWrite, count);
        if (Length >= after && !_acted)
        {
            _acted = true;
            act();
        }

        return Task.CompletedTask;
    }
}
