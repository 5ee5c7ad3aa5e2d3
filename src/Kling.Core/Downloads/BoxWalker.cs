using System.Buffers.Binary;

namespace Kling.Downloads;

/// <summary>
/// Walks the boxes of an MP4 or MOV file (ISO/IEC 14496-12, 4.2; QuickTime has the same form): each must end inside the file, the index
/// (<c>moov</c>) and the media (<c>mdat</c>) must be there, and the index may name no place behind the end.
/// </summary>
internal sealed class BoxWalker(FileWindow file)
{
    // A video of seconds has some ten boxes; one in fragments has a few hundred.
    private const int MostBoxes = 100_000;
    private const int MostSamplesInChunk = 100_000;

    private const uint Movie = 0x6D6F6F76;
    private const uint Media = 0x6D646174;
    private const uint Track = 0x7472616B;
    private const uint SampleTable = 0x7374626C;
    private const uint SampleSizes = 0x7374737A;
    private const uint SamplesInChunks = 0x73747363;
    private const uint ChunkOffsets = 0x7374636F;
    private const uint LongChunkOffsets = 0x636F3634;

    // mdia, minf: what lies between a track and its table.
    private static readonly uint[] s_wayToTable = [0x6D646961, 0x6D696E66];

    private int _boxes;
    private long _mediaEnd;

    /// <summary>What is wrong with the file; null when it is whole.</summary>
    internal VideoFault? Check()
    {
        bool hasMovie = false;
        bool hasMedia = false;
        for (long at = 0; at < file.Length;)
        {
            ReadOnlySpan<byte> head = file.Read(at, 16);
            if (Read(head, at, file.Length) is not Box box)
            {
                // Players ignore what follows a whole video and is no box, such as zeros.
                bool isPadding = hasMovie && hasMedia && (head.Length >= 8 || !head.ContainsAnyExcept((byte)0));
                return isPadding ? Judge() : VideoFault.Cut("it ends where a box begins");
            }

            if (box.End > file.Length)
            {
                return VideoFault.Cut(FormattableString.Invariant($"a part of it should end at byte {box.End}, and there are {file.Length}"));
            }

            if (++_boxes > MostBoxes)
            {
                return new VideoFault(IsCutOff: false, FormattableString.Invariant($"the file has more than {MostBoxes} boxes, as no video of this service has"));
            }

            hasMedia |= box.Type == Media;
            if (box.Type == Movie)
            {
                hasMovie = true;
                EachChild(box, ReadTrack);
            }

            at = box.End;
        }

        return !hasMovie ? VideoFault.Cut("its index (moov) is missing") : !hasMedia ? VideoFault.Cut("its pictures (mdat) are missing") : Judge();
    }

    private VideoFault? Judge() => _mediaEnd <= file.Length ? null
        : VideoFault.Cut(FormattableString.Invariant($"its index names {_mediaEnd} bytes, and there are {file.Length}"));

    /// <summary>The box that begins here; null where its head is cut or impossible. A box of size 0 takes the rest.</summary>
    private static Box? Read(ReadOnlySpan<byte> head, long at, long end)
    {
        if (head.Length < 8)
        {
            return null;
        }

        uint size = BinaryPrimitives.ReadUInt32BigEndian(head);
        uint type = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        if (size == 1)
        {
            ulong large = head.Length < 16 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(head[8..]);
            return large < 16 ? null : new Box(type, at + 16, large > (ulong)(long.MaxValue - at) ? long.MaxValue : at + (long)large);
        }

        return size == 0 && type != 0 ? new Box(type, at + 8, end) : size < 8 ? null : new Box(type, at + 8, at + size);
    }

    /// <summary>Goes through the boxes in a box, as far as they can be read.</summary>
    private void EachChild(Box parent, Action<Box> act)
    {
        for (long at = parent.Start; at + 8 <= parent.End && ++_boxes <= MostBoxes;)
        {
            if (Read(file.Read(at, 16), at, parent.End) is not Box child || child.End > parent.End)
            {
                return;
            }

            act(child);
            at = child.End;
        }
    }

    private void ReadTrack(Box track)
    {
        if (track.Type == Track)
        {
            Descend(track, 0);
        }
    }

    private void Descend(Box parent, int depth) => EachChild(parent, child =>
    {
        if (depth < s_wayToTable.Length && child.Type == s_wayToTable[depth])
        {
            Descend(child, depth + 1);
        }
        else if (depth == s_wayToTable.Length && child.Type == SampleTable)
        {
            ReadTable(child);
        }
    });

    /// <summary>Notes where the last chunk of a track ends. A table that does not fit together is left alone.</summary>
    private void ReadTable(Box table)
    {
        Box? sizes = null;
        Box? chunks = null;
        Box? offsets = null;
        EachChild(table, child =>
        {
            sizes = child.Type == SampleSizes ? child : sizes;
            chunks = child.Type == SamplesInChunks ? child : chunks;
            offsets = child.Type is ChunkOffsets or LongChunkOffsets ? child : offsets;
        });
        if (offsets is not Box places || Last(places, 8, places.Type == LongChunkOffsets ? 8 : 4) is not long lastPlace)
        {
            return;
        }

        long place = places.Type == LongChunkOffsets
            ? (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(file.Read(lastPlace, 8)), long.MaxValue / 2)
            : Number(lastPlace);
        _mediaEnd = Math.Max(_mediaEnd, place + LastChunkBytes(sizes, chunks));
    }

    private long LastChunkBytes(Box? sizes, Box? chunks)
    {
        if (sizes is not Box samples || samples.Start + 12 > samples.End || chunks is not Box groups || Last(groups, 8, 12) is not long lastGroup)
        {
            return 0;
        }

        uint each = Number(samples.Start + 4);
        uint count = Number(samples.Start + 8);
        long inChunk = Math.Min(Number(lastGroup + 4), count);
        if (inChunk > MostSamplesInChunk)
        {
            return 0;
        }

        if (each > 0)
        {
            return each * inChunk;
        }

        if (samples.Start + 12 + (4L * count) > samples.End)
        {
            return 0;
        }

        long sum = 0;
        for (long i = count - inChunk; i < count; i++)
        {
            sum += Number(samples.Start + 12 + (4 * i));
        }

        return sum;
    }

    /// <summary>Where the last entry of a table is; null where the table is empty or does not fit its box.</summary>
    private long? Last(Box table, int head, int entry)
    {
        if (table.Start + head > table.End)
        {
            return null;
        }

        long count = Number(table.Start + head - 4);
        long last = table.Start + head + (entry * (count - 1));
        return count > 0 && last + entry <= table.End ? last : null;
    }

    private uint Number(long at) => BinaryPrimitives.ReadUInt32BigEndian(file.Read(at, 4));

    /// <summary>A box: its type, where its content begins, and where it ends.</summary>
    private readonly record struct Box(uint Type, long Start, long End);
}
