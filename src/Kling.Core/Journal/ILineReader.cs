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
