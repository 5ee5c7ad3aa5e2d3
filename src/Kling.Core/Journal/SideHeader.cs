using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kling.Journal;

/// <summary>What a side file says about itself in its first bytes: which part of which journal it is about, and the sum of all of it.</summary>
internal sealed class SideHeader
{
    internal const int Length = 112;

    private const int EndpointAt = 8;
    private const int TailAt = 40;
    private const int EndAt = 72;
    private const int LinesAt = 80;
    private const int EntriesAt = 88;
    private const int DamagedAt = 96;
    private const int SumAt = 104;
    private const int CheckedTail = 64 * 1024;

    private readonly byte[] _bytes;

    private SideHeader(byte[] bytes) => _bytes = bytes;

    // Another format gets another mark.
    private static ReadOnlySpan<byte> Mark => "KlingPl1"u8;

    /// <summary>Where the line begins that comes after all that is known here.</summary>
    internal long End => Number(EndAt);

    /// <summary>How many lines come before.</summary>
    internal long Lines => Number(LinesAt);

    internal long Entries => Number(EntriesAt);

    internal long DamagedLines => Number(DamagedAt);

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="SideFileException">The file is too short for one.</exception>
    internal static SideHeader Read(FileStream file)
    {
        byte[] bytes = new byte[Length];
        SideFile.Read(file, 0, bytes);
        return new SideHeader(bytes);
    }

    /// <summary>The header of a file.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="endpoint">Whose records the file knows, as this version of the module understands them.</param>
    /// <param name="part">The part of the journal: where it ends, and its lines.</param>
    /// <param name="entries">How many entries there are.</param>
    /// <param name="damaged">How many of the lines are damaged.</param>
    /// <param name="sum">The sum of what comes behind the header.</param>
    internal static SideHeader For(FileStream journal, string endpoint, (long End, long Lines) part, long entries, long damaged, uint sum)
    {
        byte[] bytes = new byte[Length];
        Mark.CopyTo(bytes);
        SumOf(endpoint).CopyTo(bytes, EndpointAt);
        SumOfTail(journal, part.End).CopyTo(bytes, TailAt);
        foreach ((int at, long number) in new[] { (EndAt, part.End), (LinesAt, part.Lines), (EntriesAt, entries), (DamagedAt, damaged) })
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), number);
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SumAt), JournalFormat.Sum(sum, bytes.AsSpan(0, SumAt)));
        return new SideHeader(bytes);
    }

    /// <summary>Whether a file with this header has the right form, and is about this endpoint and the journal as it is now.</summary>
    /// <exception cref="SideFileException">The journal was shortened meanwhile.</exception>
    internal bool IsFor(FileStream file, string endpoint, FileStream journal) =>
        Bytes.StartsWith(Mark) && Bytes[EndpointAt..TailAt].SequenceEqual(SumOf(endpoint))
        && Entries >= 0 && DamagedLines >= 0 && (UInt128)file.Length == Length + ((UInt128)Entries * SideFile.EntryBytes) + ((UInt128)DamagedLines * sizeof(long))
        && End > 0 && End <= journal.Length && Bytes[TailAt..EndAt].SequenceEqual(SumOfTail(journal, End));

    /// <summary>Whether header and content are as they were written.</summary>
    /// <param name="sum">The sum of what comes behind the header.</param>
    internal bool IsWhole(uint sum) => Number(SumAt) == JournalFormat.Sum(sum, Bytes[..SumAt]);

    private long Number(int at) => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at));

    // With the events that this version of the module knows: the lines of others have no entries.
    private static byte[] SumOf(string endpoint) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [endpoint, .. Enum.GetNames<JournalEvent>(), JournalFormat.Version.ToString(CultureInfo.InvariantCulture)])));

    // A journal that was shortened, edited or replaced has other bytes there, since every line has an id.
    private static byte[] SumOfTail(FileStream journal, long end)
    {
        byte[] tail = new byte[Math.Min(end, CheckedTail)];
        SideFile.Read(journal, end - tail.Length, tail);
        return SHA256.HashData(tail);
    }
}
