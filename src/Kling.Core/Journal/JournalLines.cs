namespace Kling.Journal;

/// <summary>Goes through the lines of a journal, forwards or backwards.</summary>
internal abstract class JournalLines
{
    private ReadOnlyMemory<byte> _line;

    /// <summary>Where the current line is.</summary>
    internal LinePlace Place { get; private set; }

    /// <summary>The current line without its line end; good until the next move.</summary>
    internal ReadOnlySpan<byte> Line => _line.Span;

    /// <summary>The current line is longer than any of ours. Its content is not given.</summary>
    internal bool IsTooLong { get; private protected set; }

    /// <summary>The current line has no line end, so a writer may have been interrupted.</summary>
    internal bool IsOpen { get; private protected set; }

    /// <summary>How many lines were given; of a forward reading, the number of the line.</summary>
    internal long Number { get; private set; }

    /// <summary>Goes to the next line; false when there is none.</summary>
    internal abstract bool MoveNext();

    private protected void SetLine(byte[] buffer, long bufferOffset, int start, int length)
    {
        Number++;
        length = IsTooLong ? 0 : length;
        Place = new LinePlace(bufferOffset + start, length);
        _line = buffer.AsMemory(start, length);
    }
}

/// <summary>The lines from a place in the file to its end, in a buffer that grows only to the longest line.</summary>
/// <param name="file">The journal.</param>
/// <param name="start">Where the first line begins.</param>
/// <param name="size">Bytes of the buffer at first.</param>
internal sealed class ForwardLines(Stream file, long start = 0, int size = ForwardLines.Block) : JournalLines
{
    internal const int Block = 128 * 1024;

    private byte[] _buffer = new byte[size];
    private long _bufferOffset = start;
    private int _next;
    private int _end;
    private bool _atEnd;

    /// <summary>Where the line begins that comes after the last whole one.</summary>
    internal long WholeTo { get; private set; } = start;

    /// <summary>How many whole lines were given.</summary>
    internal long WholeLines { get; private set; }

    /// <summary>Whether the current line has no end: it is torn, or still being written.</summary>
    internal bool IsTorn { get; private set; }

    /// <inheritdoc/>
    internal override bool MoveNext()
    {
        IsTooLong = false;
        IsTorn = false;
        int searched = 0;
        while (true)
        {
            int found = _buffer.AsSpan(_next + searched, _end - _next - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                SetLine(_buffer, _bufferOffset, _next, searched + found);
                _next += searched + found + 1;
                WholeTo = _bufferOffset + _next;
                WholeLines++;
                return true;
            }

            searched = _end - _next;
            if (_atEnd)
            {
                IsOpen = true;
                SetLine(_buffer, _bufferOffset, _next, searched);
                IsTorn = true;
                _next = _end;
                return searched > 0 || IsTooLong;
            }

            if (searched > JournalFormat.LongestLine)
            {
                // Not one of ours: its bytes are dropped, and only its end is looked for.
                IsTooLong = true;
                _next = _end;
                searched = 0;
            }

            Fill();
        }
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

/// <summary>The lines from the last to the first, read in blocks from the end of the file, so that a long history costs nothing.</summary>
/// <param name="file">The journal.</param>
internal sealed class BackwardLines(Stream file) : JournalLines
{
    private const int Block = 64 * 1024;

    private byte[] _buffer = [];
    private long _bufferOffset = file.Length;

    /// <summary>Where in the buffer the lines end that were not given yet.</summary>
    private int _end;

    /// <inheritdoc/>
    internal override bool MoveNext()
    {
        IsTooLong = false;
        if (_end == 0 && !Fill())
        {
            return false;
        }

        // The line end that belongs to this line; only the last line of a file may have none.
        IsOpen = _buffer[_end - 1] != '\n';
        int lineEnd = IsOpen ? _end : _end - 1;
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
                // Not one of ours: its bytes are dropped, and only its start is looked for.
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
        SetLine(_buffer, _bufferOffset, start, lineEnd - start);
        _end = start;
        return true;
    }

    /// <summary>Puts the block that comes before the buffer in front of what was not given yet; false at the start of the file.</summary>
    private bool Fill()
    {
        // At least as much as is kept, so that a long line is not copied once for each block.
        int size = (int)Math.Min(_bufferOffset, Math.Max(Block, _end));
        byte[] buffer = size + _end <= _buffer.Length ? _buffer : new byte[size + _end];
        Buffer.BlockCopy(_buffer, 0, buffer, size, _end);
        _buffer = buffer;
        file.Position = _bufferOffset - size;
        if (file.ReadAtLeast(buffer.AsSpan(0, size), size, throwOnEndOfStream: false) < size)
        {
            throw new IOException("The journal was shortened while it was read.");
        }

        _bufferOffset -= size;
        _end += size;
        return size > 0;
    }
}

/// <summary>Where a line is in the journal. Lines never move, because the file only grows.</summary>
/// <param name="Offset">Bytes before the line.</param>
/// <param name="Length">Bytes of the line without its line end.</param>
internal readonly record struct LinePlace(long Offset, int Length);
