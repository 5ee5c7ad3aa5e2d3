using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Kling.Journal;

/// <summary>
/// Where the records in the first part of a journal are: a file beside it, for one endpoint, so that nobody has to read a long journal from its
/// start. It holds keys and places, sorted by key, and can be made from the journal again at any time. What decides is always the line in the
/// journal: whoever finds a place reads the line there.
/// </summary>
/// <remarks>
/// A header, the entries (8 bytes key, 8 bytes place), and the numbers of the damaged lines (8 bytes each). All numbers are little-endian.
/// The file is never changed: a longer one takes its place.
/// </remarks>
internal sealed class SideFile : IDisposable
{
    internal const int EntryBytes = 2 * sizeof(ulong);

    // So many entries are read at once where the search ends.
    private const int Block = 256;
    private const int LargeBlock = 1024 * 1024;

    /// <summary>What a sum of its content begins with.</summary>
    internal const uint FirstSum = uint.MaxValue;

    private readonly FileStream _file;
    private readonly string _endpoint;

    private SideFile(FileStream file, string endpoint, SideHeader header, IReadOnlyList<long> damaged)
    {
        _file = file;
        _endpoint = endpoint;
        Header = header;
        Damaged = damaged;
    }

    internal SideHeader Header { get; }

    /// <summary>The numbers of the damaged lines in its part of the journal, from 1.</summary>
    internal IReadOnlyList<long> Damaged { get; }

    /// <summary>Opens a side file; null where there is none, or it is not right for the journal as that is now.</summary>
    /// <param name="path">The side file.</param>
    /// <param name="endpoint">Whose records are looked for.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="verified">The header of a file that was found to be whole before. With any other, all of it is read once.</param>
    internal static SideFile? Open(string path, string endpoint, FileStream journal, SideHeader? verified)
    {
        if (!File.Exists(path) || FileOwner.Refusal(path, isFolder: false) is not null)
        {
            return null;
        }

        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            SideHeader header = SideHeader.Read(file);
            if (header.IsFor(file, endpoint, journal) && (verified?.Bytes.SequenceEqual(header.Bytes) == true || header.IsWhole(SumOfBody(file))))
            {
                return Of(file, endpoint, header);
            }
        }
        catch (Exception wrong) when (wrong is SideFileException || JournalFile.IsFileFault(wrong))
        {
        }

        file?.Dispose();
        return null;
    }

    /// <summary>A file whose content is known to be right.</summary>
    /// <exception cref="SideFileException">It cannot be read.</exception>
    internal static SideFile Of(FileStream file, string endpoint, SideHeader header)
    {
        byte[] damaged = new byte[header.DamagedLines * sizeof(long)];
        Read(file, file.Length - damaged.Length, damaged);
        return new SideFile(file, endpoint, header, [.. damaged.Chunk(sizeof(long)).Select(number => BinaryPrimitives.ReadInt64LittleEndian(number))]);
    }

    /// <summary>The records with keys in these ranges, oldest first. Others may be among them, since two keys can be equal by chance.</summary>
    /// <exception cref="SideFileException">A line in the journal is not what it was.</exception>
    internal IEnumerable<(LineHeader Header, LinePlace Place)> Records(FileStream journal, IEnumerable<(ulong From, ulong To)> keys)
    {
        // A record that comes twice, since several of its keys were asked for, comes twice in a row, which changes no task.
        foreach ((ulong key, ulong packed) in keys.SelectMany(range => Entries(range.From, range.To)).OrderBy(entry => entry.Place))
        {
            LinePlace place = SideKeys.Unpack(packed);
            byte[] line = new byte[place.Length];
            Read(journal, place.Offset, line);
            LineHeader header = JournalReader.ReadHeader(line, _endpoint);
            if (header.Kind != JournalLineKind.Record || !SideKeys.Of(header).Contains(key))
            {
                throw new SideFileException();
            }

            yield return (header, place);
        }
    }

    /// <summary>The entries from a key to a key, sorted by key.</summary>
    /// <exception cref="SideFileException">It cannot be read.</exception>
    internal IEnumerable<(ulong Key, ulong Place)> Entries(ulong from = 0, ulong to = ulong.MaxValue)
    {
        byte[] block = new byte[Block * EntryBytes];
        for (long at = NumberBefore(from); at < Header.Entries; at += Block)
        {
            int count = (int)Math.Min(Block, Header.Entries - at);
            ReadEntries(at, block.AsSpan(0, count * EntryBytes));
            for (int i = 0; i < count; i++)
            {
                ulong key = BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(i * EntryBytes));
                if (key > to)
                {
                    yield break;
                }

                if (key >= from)
                {
                    yield return (key, BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan((i * EntryBytes) + sizeof(ulong))));
                }
            }
        }
    }

    /// <summary>Reads as many bytes as are asked for.</summary>
    /// <exception cref="SideFileException">They are not there.</exception>
    internal static void Read(FileStream file, long offset, Span<byte> bytes)
    {
        try
        {
            file.Position = offset;
            file.ReadExactly(bytes);
        }
        catch (Exception failed) when (JournalFile.IsFileFault(failed))
        {
            throw new SideFileException();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static uint SumOfBody(FileStream file)
    {
        byte[] block = new byte[LargeBlock];
        uint sum = FirstSum;
        for (long offset = SideHeader.Length; offset < file.Length; offset += block.Length)
        {
            Span<byte> part = block.AsSpan(0, (int)Math.Min(block.Length, file.Length - offset));
            Read(file, offset, part);
            sum = JournalFormat.Sum(sum, part);
        }

        return sum;
    }

    /// <summary>The number of an entry at most a block before the first one with this key.</summary>
    private long NumberBefore(ulong key)
    {
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        (long low, long high) = (0, Header.Entries);
        while (high - low > Block)
        {
            long middle = low + ((high - low) / 2);
            ReadEntries(middle, one);
            (low, high) = BinaryPrimitives.ReadUInt64LittleEndian(one) < key ? (middle, high) : (low, middle);
        }

        return low;
    }

    private void ReadEntries(long first, Span<byte> bytes) => Read(_file, SideHeader.Length + (first * EntryBytes), bytes);
}

/// <summary>The keys of a record's line, and its place as a number.</summary>
internal static class SideKeys
{
    private const int LengthBits = 24;
    private const int OffsetBits = 40;

    // Times are a range of keys that hardly any id begins like, in their order.
    private const ulong Times = 0xFFFFFFul << OffsetBits;
    private const ulong LastTime = Times | ((1ul << OffsetBits) - 1);

    /// <summary>The keys of a line: its task; of an Intent also its fingerprint, and its time.</summary>
    internal static IEnumerable<ulong> Of(LineHeader header)
    {
        yield return Of(header.Id);
        if (header.Event == JournalEvent.Intent)
        {
            yield return Of(header.Time);
            if (header.Fingerprint is string fingerprint)
            {
                yield return Of(fingerprint);
            }
        }
    }

    /// <summary>The first half of an id, in the order of its digits.</summary>
    internal static ulong Of(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    internal static ulong Of(string fingerprint) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(fingerprint)));

    /// <summary>The Intents that were recorded at a time or later.</summary>
    internal static (ulong From, ulong To) Since(DateTimeOffset time) => (Of(time), LastTime);

    /// <summary>A place as one number, in the order of the places; null where it is too far or too long for that.</summary>
    internal static ulong? Pack(LinePlace place) =>
        place.Offset >> OffsetBits == 0 && place.Length >> LengthBits == 0 ? ((ulong)place.Offset << LengthBits) | (uint)place.Length : null;

    internal static LinePlace Unpack(ulong packed) => new((long)(packed >> LengthBits), (int)(packed & ((1 << LengthBits) - 1)));

    private static ulong Of(DateTimeOffset time) => Times | (ulong)(time.UtcTicks / TimeSpan.TicksPerSecond);
}

/// <summary>A side file does not tell the truth about its journal: nothing that it says counts, and the journal is read instead.</summary>
internal sealed class SideFileException : Exception
{
}
