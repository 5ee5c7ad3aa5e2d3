using System.Buffers.Binary;

namespace Kling.Journal;

/// <summary>
/// The side file of a journal and its endpoint: opens it, and makes a longer one when much was appended since. It only saves time: where it
/// cannot be written, its readers read more of the journal.
/// </summary>
internal sealed class SideFiles(TaskJournal journal)
{
    private const string Ending = ".index";
    private const string Unfinished = ".new";
    private const int KeysOfLine = 3;

    // A line has 120 bytes at least. Where some have less, a slice ends sooner.
    private const int FewestBytesOfEntry = 40;
    private const int Block = 1024 * 1024;

    // What a process left that crashed, and what an endpoint left that nobody uses any more: each sandbox has an address of its own.
    private static readonly TimeSpan s_staleUnfinished = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_stale = TimeSpan.FromDays(60);

    private readonly string _path = $"{journal.FullPath}.{SideKeys.Of(journal.Endpoint):x16}{Ending}";
    private volatile SideHeader? _verified;

    /// <summary>Opens it; null where there is none that is right, since the journal is short or the folder cannot be written.</summary>
    /// <exception cref="JournalException">A later version of the module wrote to the journal.</exception>
    internal SideFile? Open(FileStream file)
    {
        SideFile? side = SideFile.Open(_path, journal.Endpoint, file, _verified);
        Slice? slice = null;
        try
        {
            while (file.Length - (side?.Header.End ?? 0) > journal.LongestTail && Longer(file, side, slice ??= NewSlice(file, side)) is SideFile longer)
            {
                side?.Dispose();
                side = longer;
            }
        }
        catch (Exception failed) when (failed is SideFileException || JournalFile.IsFileFault(failed))
        {
            // What cannot be read here is read, and told of, by who asked.
        }
        catch
        {
            side?.Dispose();
            throw;
        }

        _verified = side?.Header;
        return side;
    }

    /// <summary>Removes one that was found to be wrong, so that the next reader makes it anew.</summary>
    internal void Drop()
    {
        _verified = null;
        TryDelete(_path);
    }

    private Slice NewSlice(FileStream file, SideFile? side) =>
        new((int)Math.Clamp((file.Length - (side?.Header.End ?? 0)) / FewestBytesOfEntry, KeysOfLine, journal.MostEntries));

    /// <summary>Makes a side file that knows more of the journal, puts it into place, and opens it; null where no line was added.</summary>
    private SideFile? Longer(FileStream file, SideFile? side, Slice slice)
    {
        string path = $"{_path}.{Guid.NewGuid():N}{Unfinished}";
        FileStream? target = null;
        try
        {
            // Before anything is read, which would be in vain where nothing can be written.
            OwnerOnly.CreateFile(path);
            target = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
            if (Write(target, file, side, slice) is SideHeader header)
            {
                var longer = SideFile.Of(target, journal.Endpoint, header);
                target = null;
                PutIntoPlace(path);
                return longer;
            }

            return null;
        }
        finally
        {
            if (target is not null)
            {
                target.Dispose();
                TryDelete(path);
            }
        }
    }

    private SideHeader? Write(FileStream target, FileStream file, SideFile? side, Slice slice)
    {
        ForwardLines lines = new(file, side?.Header.End ?? 0);
        List<long> damaged = [];
        slice.Read(journal, lines, damaged);
        if (lines.WholeLines == 0)
        {
            return null;
        }

        SummedNumbers numbers = new(target);
        int next = 0;
        foreach ((ulong key, ulong place) in side?.Entries() ?? [])
        {
            WriteUpTo(key);
            numbers.Write(key);
            numbers.Write(place);
        }

        WriteUpTo(ulong.MaxValue);
        long before = side?.Header.Lines ?? 0;
        long[] unusable = [.. side?.Damaged ?? [], .. damaged.Where(line => line <= lines.WholeLines).Select(line => before + line)];
        foreach (long line in unusable)
        {
            numbers.Write((ulong)line);
        }

        numbers.Flush();
        SideHeader header = SideHeader.For(file, journal.Endpoint, (lines.WholeTo, before + lines.WholeLines), (side?.Header.Entries ?? 0) + slice.Count, unusable.Length, numbers.Sum);
        target.Position = 0;
        target.Write(header.Bytes);
        return header;

        void WriteUpTo(ulong key)
        {
            for (; next < slice.Count && slice.Keys[next] <= key; next++)
            {
                numbers.Write(slice.Keys[next]);
                numbers.Write(slice.Places[next]);
            }
        }
    }

    private void PutIntoPlace(string path)
    {
        try
        {
            File.Move(path, _path, overwrite: true);
            RemoveStale();
        }
        catch (Exception failed) when (JournalFile.IsFileFault(failed))
        {
            // On Windows, while another process has the old one open. This process goes on with its own, which has no name then.
            TryDelete(path);
        }
    }

    private void RemoveStale()
    {
        foreach (FileInfo file in new FileInfo(journal.FullPath).Directory!.EnumerateFiles($"{Path.GetFileName(journal.FullPath)}.*{Ending}*").Where(file => file.FullName != _path))
        {
            TimeSpan? stale = file.Name.EndsWith(Unfinished, StringComparison.Ordinal) ? s_staleUnfinished : file.Name.EndsWith(Ending, StringComparison.Ordinal) ? s_stale : null;
            if (journal.Clock.UtcNow - file.LastWriteTimeUtc > stale)
            {
                TryDelete(file.FullName);
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failed) when (JournalFile.IsFileFault(failed))
        {
        }
    }

    /// <summary>The entries of a part of the journal that is small enough to be sorted in memory. One serves for all parts.</summary>
    private sealed class Slice(int size)
    {
        internal ulong[] Keys { get; } = new ulong[size];

        internal ulong[] Places { get; } = new ulong[size];

        internal int Count { get; private set; }

        /// <summary>Reads on until it is full. The keys come sorted.</summary>
        internal void Read(TaskJournal journal, ForwardLines lines, List<long> damaged)
        {
            Count = 0;
            while (Count <= Keys.Length - KeysOfLine && journal.Next(lines, out LineHeader header, damaged) && !lines.IsTorn)
            {
                ulong place = SideKeys.Pack(lines.Place) ?? throw new SideFileException();
                foreach (ulong key in SideKeys.Of(header))
                {
                    (Keys[Count], Places[Count++]) = (key, place);
                }
            }

            Array.Sort(Keys, Places, 0, Count);
        }
    }

    /// <summary>Writes numbers to a file behind its header, and sums them.</summary>
    private sealed class SummedNumbers
    {
        private readonly FileStream _file;
        private readonly byte[] _block = new byte[Block];
        private int _used;

        internal SummedNumbers(FileStream file)
        {
            _file = file;
            file.Position = SideHeader.Length;
        }

        internal uint Sum { get; private set; } = SideFile.FirstSum;

        internal void Write(ulong number)
        {
            if (_used == _block.Length)
            {
                Flush();
            }

            BinaryPrimitives.WriteUInt64LittleEndian(_block.AsSpan(_used), number);
            _used += sizeof(ulong);
        }

        internal void Flush()
        {
            ReadOnlySpan<byte> written = _block.AsSpan(0, _used);
            Sum = JournalFormat.Sum(Sum, written);
            _file.Write(written);
            _used = 0;
        }
    }
}
