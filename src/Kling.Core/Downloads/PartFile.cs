using System.Globalization;
using System.Text;

namespace Kling.Downloads;

/// <summary>
/// The unfinished file and its mark, both opened for this saver alone. The mark is locked first and released last, so that
/// nobody can open the finished bytes between their closing and their renaming.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private const string Aside = ".old";
    private readonly DownloadTarget _target;
    private readonly FileStream _mark;
    private readonly FileStream _data;
    private PartMark? _known;
    private bool _closed;

    private PartFile(DownloadTarget target, FileStream mark, FileStream data)
    {
        _target = target;
        _mark = mark;
        _data = data;
    }

    /// <summary>How many bytes are here.</summary>
    internal long Length { get; private set; }

    /// <summary>The strong entity tag of what is here; null when it cannot be continued.</summary>
    internal string? Tag => _known?.Tag;

    /// <summary>The whole length in bytes; null when it is not known.</summary>
    internal long? Total => _known?.Total;

    /// <summary>Whether everything is here already: an earlier saver was stopped just before the renaming.</summary>
    internal bool IsComplete => Length > 0 && Length == Total;

    /// <summary>Whether nobody could continue what is here, so that it is removed when it is not finished.</summary>
    internal bool IsForOneUse { get; init; }

    /// <summary>
    /// Opens the mark, and makes a new file for the bytes. Neither is ever written through a link: a name in a folder may stand for a file
    /// elsewhere, which must stay as it is.
    /// </summary>
    /// <exception cref="DownloadException">Someone else has them open, or the folder cannot be written.</exception>
    internal static PartFile Open(DownloadTarget target, Func<string, FileMode, FileStream> open, bool isForOneUse = false)
    {
        return Guard(target, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target.Path)!);
            FileStream mark = OpenMark(target.MarkPath, open);
            try
            {
                PartMark? known = ReadMark(mark);
                string path = target.PartPath;
                long length = new FileInfo(path) is { Exists: true, LinkTarget: null } old ? old.Length : 0;
                bool continues = length > 0 && known?.Identity == target.Identity && !(length > known.Total);
                FileStream data = continues ? Renewed(path, open) : New(path, open);
                return new PartFile(target, mark, data) { Length = data.Length, _known = continues ? known : null, IsForOneUse = isForOneUse };
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                mark.Dispose();
                throw;
            }
        });
    }

    /// <summary>Discards the bytes here and starts again, for the file of this entity tag.</summary>
    internal Task BeginAsync(string? tag, long? total)
    {
        _known = tag is null ? null : new PartMark(_target.Identity, tag, total);
        byte[] text = _known?.ToBytes() ?? [];
        _known = text.Length == 0 ? null : _known;
        return GuardAsync(async () =>
        {
            // In this order: a mark must never stand beside bytes it does not belong to.
            _mark.SetLength(0);
            _mark.Flush(true);
            _data.SetLength(0);
            Length = 0;
            await _mark.WriteAsync(text).ConfigureAwait(false);
            _mark.Flush(true);
        });
    }

    /// <summary>Appends. A stop does not interrupt it: these bytes are paid for and have arrived.</summary>
    internal Task WriteAsync(ReadOnlyMemory<byte> bytes) => GuardAsync(async () =>
    {
        _data.Position = Length;
        await _data.WriteAsync(bytes).ConfigureAwait(false);
        Length += bytes.Length;
    });

    /// <summary>The next attempt asks for everything; what is here stays until that arrives.</summary>
    internal void Distrust() => _known = null;

    /// <summary>
    /// What is missing by what the container says; null when the video is whole. A host that announced too little is not believed again: the
    /// next attempt asks for the rest.
    /// </summary>
    /// <exception cref="DownloadException">It is no video (then it is deleted), or the disk failed.</exception>
    internal string? FindShortfall() => Guard(_target, () =>
    {
        if (VideoContainer.Check(_target.FileName, _data) is not VideoFault fault)
        {
            return null;
        }

        if (!fault.IsCutOff)
        {
            Length = 0;
            throw _target.Fail(DownloadFailure.WrongContent, fault.What);
        }

        if (_known is { Total: not null } mark)
        {
            WriteMark(mark with { Total = null });
        }

        return fault.What;
    });

    /// <summary>
    /// Brings the bytes to the disk and gives them their final name. The mark stays until the file is recorded: it says whose file this is if
    /// the process ends before that.
    /// </summary>
    /// <exception cref="DownloadException">The name is taken, or the disk failed.</exception>
    internal void Finish(DownloadOptions options) => Guard(_target, () =>
    {
        _data.Flush(true);
        if (!IsComplete)
        {
            WriteMark(new PartMark(_target.Identity, Tag ?? PartMark.NoTag, Length));
        }

        _data.Dispose();
        Rename(options.Force);
        _closed = true;
        options.Saved?.Invoke();
        Remove(_target.PartPath + Aside);
        Remove(_target.MarkPath);
        _mark.Dispose();
        Remove(_target.MarkPath);
        return true;
    });

    /// <summary>
    /// Takes up the file of an earlier saver that ended between the naming of the file and its record; false where there is none, or a new one is
    /// wanted.
    /// </summary>
    /// <exception cref="DownloadException">Another saver is recording it just now.</exception>
    internal static bool TakeUp(DownloadTarget target, Func<string, FileMode, FileStream> open, DownloadOptions options) => Guard(target, () =>
    {
        var file = new FileInfo(target.Path);
        if (options.Force || !file.Exists || File.Exists(target.PartPath) || new FileInfo(target.MarkPath) is not { Exists: true, LinkTarget: null })
        {
            return false;
        }

        try
        {
            using FileStream mark = open(target.MarkPath, FileMode.Open);
            if (ReadMark(mark) is not PartMark known || known.Identity != target.Identity || known.Total != file.Length)
            {
                return false;
            }

            options.Saved?.Invoke();
        }
        catch (FileNotFoundException)
        {
            // Its saver has just recorded it.
            return false;
        }

        Remove(target.MarkPath);
        return true;
    });

    /// <summary>Closes both files and removes what a later saver could not use.</summary>
    public void Dispose()
    {
        bool empty = Length == 0 || IsForOneUse;
        bool unmarked = _closed || empty || !HasMark();
        CloseQuietly(_data);
        if (empty && !_closed)
        {
            Remove(_target.PartPath);
        }

        CloseQuietly(_mark);
        if (unmarked && !_closed)
        {
            Remove(_target.MarkPath);
        }
    }

    /// <summary>Opens a file so that nobody else can.</summary>
    internal static FileStream Exclusive(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, useAsync: true);

    /// <summary>Opens the mark or creates it. Savers lock it against each other, so one that a saver wrote stays the same file.</summary>
    private static FileStream OpenMark(string path, Func<string, FileMode, FileStream> open)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            return New(path, open);
        }

        FileStream mark = open(path, FileMode.OpenOrCreate);
        if (mark.Length == 0 || ReadMark(mark) is not null)
        {
            return mark;
        }

        mark.Dispose();
        return New(path, open);
    }

    /// <summary>Makes a file where a link or a file may be. The name is freed; what it stood for is not touched.</summary>
    private static FileStream New(string path, Func<string, FileMode, FileStream> open)
    {
        File.Delete(path);
        return open(path, FileMode.CreateNew);
    }

    /// <summary>The same bytes in a new file, since another name of the old one may exist elsewhere.</summary>
    private static FileStream Renewed(string path, Func<string, FileMode, FileStream> open)
    {
        string aside = path + Aside;
        File.Move(path, aside, overwrite: true);
        FileStream? data = null;
        try
        {
            data = open(path, FileMode.CreateNew);
            using (var old = new FileStream(aside, FileMode.Open, FileAccess.Read, FileShare.Read))
            {
                old.CopyTo(data);
            }

            File.Delete(aside);
            return data;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (data is not null)
            {
                CloseQuietly(data);
            }

            File.Move(aside, path, overwrite: true);
            throw;
        }
    }

    private static PartMark? ReadMark(FileStream mark)
    {
        var bytes = new byte[PartMark.MaxBytes];
        mark.Position = 0;
        int count = mark.Length > bytes.Length ? 0 : mark.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        mark.Position = 0;
        return PartMark.Read(bytes, count);
    }

    private void Rename(bool force)
    {
        if (!force && File.Exists(_target.Path))
        {
            throw _target.Exists();
        }

        // It takes the place of a link, and the file that the link stood for stays.
        File.Move(_target.PartPath, _target.Path, overwrite: force);
    }

    private void WriteMark(PartMark mark)
    {
        _known = mark;
        _mark.SetLength(0);
        _mark.Position = 0;
        _mark.Write(mark.ToBytes() ?? []);
        _mark.Flush(true);
    }

    private bool HasMark()
    {
        try
        {
            return _mark.Length > 0;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task GuardAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw _target.DiskFailed(failure);
        }
    }

    private static T Guard<T>(DownloadTarget target, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw IsInUse(failure)
                ? target.Fail(DownloadFailure.InUse, "it is being saved or used by someone else right now", failure)
                : target.DiskFailed(failure);
        }
    }

    // Windows: sharing or lock violation. Elsewhere the runtime locks, and passes on the system's "would block" (Linux 11, macOS 35).
    private static bool IsInUse(Exception failure) =>
        failure.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    private static void CloseQuietly(FileStream file)
    {
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
            // The write has reported the failure that counts; closing must not hide it.
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A leftover mark or empty part does no harm, and Windows keeps what is still open.
        }
    }
}

/// <summary>What is known of an unfinished download, kept beside it: which video, its entity tag, its length.</summary>
/// <param name="Identity">Which video.</param>
/// <param name="Tag">The strong entity tag, with its quotes.</param>
/// <param name="Total">The whole length in bytes, where the host announced it.</param>
internal sealed record PartMark(string Identity, string Tag, long? Total)
{
    /// <summary>A longer mark is not ours.</summary>
    internal const int MaxBytes = 4096;

    /// <summary>Stands for the tag of a whole file whose host gave none; no host has it.</summary>
    internal const string NoTag = "\"kling\"";

    private const string Title = "kling-part 1";

    /// <summary>The mark's text; null where it would not be read back.</summary>
    internal byte[]? ToBytes()
    {
        string total = Total?.ToString(CultureInfo.InvariantCulture) ?? "-";
        byte[] bytes = Encoding.UTF8.GetBytes($"{Title}\n{Identity}\n{Tag}\n{total}\nend\n");
        return bytes.Length <= MaxBytes && Read(bytes, bytes.Length) == this ? bytes : null;
    }

    /// <summary>Reads a mark; null for one that is torn or not ours.</summary>
    internal static PartMark? Read(byte[] bytes, int count)
    {
        string[] lines = Encoding.UTF8.GetString(bytes, 0, count).Split('\n');
        if (lines.Length != 6 || lines[0] != Title || lines[4] != "end" || lines[2].Length < 3 || lines[2][0] != '"')
        {
            return null;
        }

        return lines[3] == "-" ? new PartMark(lines[1], lines[2], null)
            : long.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out long total) ? new PartMark(lines[1], lines[2], total)
            : null;
    }
}
