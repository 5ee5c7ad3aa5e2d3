namespace Kling.Journal;

/// <summary>Goes through the lines of a journal, in whichever direction.</summary>
internal interface ILineReader
{
    /// <summary>Where the current line is.</summary>
    LinePlace Place { get; }

    /// <summary>The current line without its line end; good until the next move.</summary>
    ReadOnlySpan<byte> Line { get; }

    /// <summary>The current line is longer than any of ours; it is not given.</summary>
    bool IsTooLong { get; }

    /// <summary>Goes to the next line; false when there is none.</summary>
    bool MoveNext();
}

/// <summary>The lines of a journal to the last, in a buffer that grows only to the longest line.</summary>
/// <param name="file">The journal.</param>
/// <param name="start">Where the first line begins.</param>
internal sealed class ForwardLines(Stream file, long start = 0) : ILineReader
{
    private byte[] _buffer = new byte[128 * 1024];
    private long _bufferOffset = start;
    private int _next;
    private int _end;
    private int _lineStart;
    private int _lineLength;
    private bool _atEnd;

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
        int searched = 0;
        while (true)
        {
            int found = _buffer.AsSpan(_next + searched, _end - _next - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                SetLine(searched + found);
                _next += searched + found + 1;
                return true;
            }

            searched = _end - _next;
            if (_atEnd)
            {
                SetLine(searched);
                _next = _end;
                return searched > 0 || IsTooLong;
            }

            if (searched > JournalFormat.LongestLine)
            {
                // Nothing of ours; its bytes are let go and only its end is looked for.
                IsTooLong = true;
                _next = _end;
                searched = 0;
            }

            Fill();
        }
    }

    private void SetLine(int length)
    {
        _lineStart = _next;
        _lineLength = IsTooLong ? 0 : length;
    }

    private void Fill()
    {
        int kept = _end - _next;
        byte[] target = kept > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        Buffer.BlockCopy(_buffer, _next, target, 0, kept);
        _buffer = target;
        _bufferOffset += _next;
        _next = 0;
        _end = kept;
        file.Position = _bufferOffset + _end;
        int read = file.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _atEnd = read == 0;
    }
}

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

/// <summary>Where a line is in the journal; lines never move, because the file only grows.</summary>
internal readonly struct LinePlace(long offset, int length)
{
    /// <summary>Bytes before the line.</summary>
    internal long Offset { get; } = offset;

    /// <summary>Bytes of the line without its line end.</summary>
    internal int Length { get; } = length;

    internal JournalRecord? Read(Stream file)
    {
        byte[] line = new byte[Length];
        file.Position = Offset;
        return file.ReadAtLeast(line, Length, throwOnEndOfStream: false) < Length ? null : JournalParser.ReadRecord(line);
    }
}
