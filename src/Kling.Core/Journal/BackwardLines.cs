namespace Kling.Journal;

/// <summary>The lines of a journal from the last to the first, read in blocks from the tail, so that a long history costs nothing.</summary>
internal sealed class BackwardLines : ILineReader
{
    private const int Block = 64 * 1024;

    private readonly Stream _file;
    private byte[] _buffer = [];

    /// <summary>Where in the file the buffer starts, and where in it what was not yet given ends.</summary>
    private long _bufferOffset;
    private int _end;
    private int _lineStart;
    private int _lineLength;

    internal BackwardLines(Stream file)
    {
        _file = file;
        _bufferOffset = file.Length;
    }

    /// <inheritdoc/>
    public LinePlace Place => new(_bufferOffset + _lineStart, _lineLength);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Line => new(_buffer, _lineStart, _lineLength);

    /// <inheritdoc/>
    public bool IsTooLong { get; private set; }

    /// <inheritdoc/>
    public bool MoveNext()
    {
        IsTooLong = false;
        if (_end == 0 && !Fill())
        {
            return false;
        }

        // The line end that belongs to this line; only the last line of a file may have none.
        int lineEnd = _buffer[_end - 1] == '\n' ? _end - 1 : _end;
        int unsearched = lineEnd;
        while (true)
        {
            int found = _buffer.AsSpan(0, unsearched).LastIndexOf((byte)'\n');
            if (found >= 0)
            {
                return Give(found + 1, lineEnd);
            }

            if (lineEnd > JournalFormat.LongestLine)
            {
                // Nothing of ours; its bytes are let go and only its start is looked for.
                IsTooLong = true;
                _end = 0;
                lineEnd = 0;
            }

            int before = _end;
            if (!Fill())
            {
                return Give(0, lineEnd);
            }

            unsearched = _end - before;
            lineEnd += unsearched;
        }
    }

    private bool Give(int start, int lineEnd)
    {
        _lineStart = start;
        _lineLength = IsTooLong ? 0 : lineEnd - start;
        _end = start;
        return true;
    }

    /// <summary>Puts the block before the buffer into it, ahead of what was not given yet; false at the start of the file.</summary>
    private bool Fill()
    {
        // At least as much as is kept, so that a long line is not copied once per block.
        int size = (int)Math.Min(_bufferOffset, Math.Max(Block, _end));
        byte[] buffer = size + _end <= _buffer.Length ? _buffer : new byte[size + _end];
        Buffer.BlockCopy(_buffer, 0, buffer, size, _end);
        _buffer = buffer;
        _file.Position = _bufferOffset - size;
        if (_file.ReadAtLeast(buffer.AsSpan(0, size), size, throwOnEndOfStream: false) < size)
        {
            throw new IOException("The journal was shortened while it was read.");
        }

        _bufferOffset -= size;
        _end += size;
        return size > 0;
    }
}
