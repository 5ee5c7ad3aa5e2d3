namespace Kling.Journal;

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
