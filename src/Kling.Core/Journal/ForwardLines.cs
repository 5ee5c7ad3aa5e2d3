namespace Kling.Journal;

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
