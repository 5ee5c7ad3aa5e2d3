namespace Kling.Downloads;

/// <summary>
/// Walks the elements of a WEBM file (RFC 8794): header and segment must be there, what states its size must end inside the file, and the
/// segment must hold tracks and media. A segment and a cluster may leave their size open, as those that are made while they are sent do.
/// </summary>
internal sealed class EbmlWalker(FileWindow file)
{
    /// <summary>The id of the first element.</summary>
    internal const uint Header = 0x1A45DFA3;

    private const uint Segment = 0x18538067;
    private const uint Tracks = 0x1654AE6B;
    private const uint Cluster = 0x1F43B675;

    // A cluster of open size has an element for each picture.
    private const int MostElements = 1_000_000;

    // What may follow a cluster: the segment's own elements, and a new segment.
    private static readonly HashSet<uint> s_aboveCluster = [Cluster, Tracks, 0x114D9B74, 0x1549A966, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367, Segment, Header];

    private int _elements;
    private bool _hasTracks;
    private bool _hasMedia;

    /// <summary>What is wrong with the file; null when it is whole.</summary>
    internal VideoFault? Check()
    {
        bool hasSegment = false;
        for (long at = 0; at < file.Length;)
        {
            if (Read(at) is not Element element)
            {
                // Players ignore what follows a whole segment and is no element.
                return hasSegment ? Judge() : VideoFault.Cut("it ends before its media");
            }

            if (element.End > file.Length)
            {
                return Beyond(element);
            }

            if (element.Id == Segment)
            {
                hasSegment = true;
                if (Walk(element.Start, element.End ?? file.Length, isOpen: element.End is null) is VideoFault fault)
                {
                    return fault;
                }
            }

            at = element.End ?? file.Length;
        }

        return hasSegment ? Judge() : VideoFault.Cut("it ends before its media");
    }

    private VideoFault? Judge() => _elements > MostElements
        ? new VideoFault(IsCutOff: false, FormattableString.Invariant($"the file has more than {MostElements} elements, as no video of this service has"))
        : !_hasTracks || !_hasMedia ? VideoFault.Cut("its tracks or its media are missing") : null;

    private VideoFault Beyond(Element element) =>
        VideoFault.Cut(FormattableString.Invariant($"a part of it should end at byte {element.End}, and there are {file.Length}"));

    /// <summary>Walks what is in a segment. Of one that states its size and fits, a damaged inside is the player's business.</summary>
    private VideoFault? Walk(long start, long end, bool isOpen)
    {
        bool inCluster = false;
        for (long at = start; at < end && _elements <= MostElements;)
        {
            if (Read(at) is not Element element || (element.End is null && element.Id != Cluster))
            {
                return isOpen ? VideoFault.Cut("it ends where a part of it begins") : null;
            }

            if (element.End > end)
            {
                return isOpen ? Beyond(element) : null;
            }

            inCluster = element.Id == Cluster ? element.End is null : inCluster && !s_aboveCluster.Contains(element.Id);
            _hasTracks |= !inCluster && element.Id == Tracks;
            _hasMedia |= element.Id == Cluster;
            at = element.End ?? element.Start;
        }

        return null;
    }

    /// <summary>The element that begins here; null where its head is cut or impossible. The end is null where the size was left open.</summary>
    private Element? Read(long at)
    {
        _elements++;
        ReadOnlySpan<byte> head = file.Read(at, 12);
        int idBytes = head.Length == 0 ? 9 : Width(head[0]);
        if (idBytes > 4 || head.Length <= idBytes)
        {
            return null;
        }

        uint id = 0;
        foreach (byte part in head[..idBytes])
        {
            id = (id << 8) | part;
        }

        int sizeBytes = Width(head[idBytes]);
        if (sizeBytes > 8 || head.Length < idBytes + sizeBytes)
        {
            return null;
        }

        long mask = (1L << (7 * sizeBytes)) - 1;
        long size = 0;
        foreach (byte part in head.Slice(idBytes, sizeBytes))
        {
            size = (size << 8) | part;
        }

        size &= mask;
        long start = at + idBytes + sizeBytes;
        return new Element(id, start, size == mask ? null : start + size);
    }

    /// <summary>How many bytes a number has, by its first byte: 1 to 8; 9 where that is none.</summary>
    private static int Width(byte first) => System.Numerics.BitOperations.LeadingZeroCount((uint)first) - 23;

    /// <summary>An element: its id, where its content begins, and where it ends.</summary>
    private readonly record struct Element(uint Id, long Start, long? End);
}
