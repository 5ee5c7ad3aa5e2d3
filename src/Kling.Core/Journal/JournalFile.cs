using System.Collections.Concurrent;

namespace Kling.Journal;

/// <summary>
/// A file of lines that only grows. All processes together have one writer at a time, and any number of readers meanwhile.
/// The lock is a file of its own: on Unix an exclusive open of the file itself would also keep the readers out.
/// </summary>
/// <remarks>Messages call the file by the name given. Tests of a failing disk give their own way to open it for writing.</remarks>
internal sealed class JournalFile(string path, string name, IClock waiting, TimeSpan lockWait, Func<string, FileStream>? open = null)
{
    private const double FirstPauseMilliseconds = 1;

    // Short: a busy writer frees the lock only for a moment, and a process that seldom tries would miss every one.
    private const double LongestPauseMilliseconds = 16;

    // One lock for each file and process. Threads queue here, in order, so that only processes compete for the lock file.
    private static readonly ConcurrentDictionary<string, object> s_turns = new(StringComparer.Ordinal);

    private readonly object _turn = s_turns.GetOrAdd(path, _ => new object());
    private readonly Func<string, FileStream> _open = open ?? (file => OpenShared(file, FileAccess.ReadWrite));

    /// <summary>Whether an exception comes from the file system and not from a defect.</summary>
    internal static bool IsFileFault(Exception fault)
        => fault is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    /// <summary>Appends whole lines when it is this thread's turn, and returns once they are on the disk.</summary>
    internal void AppendInTurn(byte[] lines) => AppendInTurn(_ => lines);

    /// <summary>As above; what is appended is decided while nobody else can write. Null appends nothing.</summary>
    internal void AppendInTurn(Func<FileStream, byte[]?> decide)
    {
        lock (_turn)
        {
            Append(decide);
        }
    }

    /// <summary>Appends whole lines and returns once they are on the disk. Threads compete for the lock file as processes do.</summary>
    internal void Append(byte[] lines) => Append(_ => lines);

    private void Append(Func<FileStream, byte[]?> decide)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Require(folder, isFolder: true);
        }

        // Before the lock's file is made in the folder.
        Require(path, isFolder: false);
        using FileStream held = OpenOrCreate(path + ".lock", file => new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1));
        using FileStream file = OpenOrCreate(path, _open);
        if (decide(file) is byte[] lines)
        {
            Write(file, lines);
        }
    }

    private static void Require(string file, bool isFolder)
    {
        if (FileOwner.Refusal(file, isFolder) is string why)
        {
            throw new UnauthorizedAccessException($"{(isFolder ? $"of its folder '{file}'" : $"of '{file}'")}: {why}");
        }
    }

    /// <summary>Opens a file that is nearly always there; where it is not, makes it and its folder.</summary>
    private FileStream OpenOrCreate(string file, Func<string, FileStream> opening)
    {
        Require(file, isFolder: false);
        try
        {
            return WhenFree(() => opening(file));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
            {
                OwnerOnly.CreateFolder(folder);
            }

            OwnerOnly.CreateFile(file);
            return WhenFree(() => opening(file));
        }
    }

    /// <summary>Reads the file, also while another process writes; it is null when there is none yet.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    internal T Read<T>(Func<FileStream?, T> reading) => Guard(() =>
    {
        using FileStream? file = OpenRead();
        return reading(file);
    });

    /// <summary>Does a part of the reading.</summary>
    /// <exception cref="JournalException">The file cannot be read.</exception>
    internal T Guard<T>(Func<T> reading)
    {
        try
        {
            return reading();
        }
        catch (Exception failed) when (IsFileFault(failed))
        {
            throw new JournalException($"The {name} '{path}' cannot be read: {failed.Message}", failed);
        }
    }

    /// <summary>Opens the file for reading, also while another process writes; null when there is none yet.</summary>
    internal FileStream? OpenRead()
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Require(folder, isFolder: true);
        }

        Require(path, isFolder: false);
        try
        {
            return WhenFree(() => OpenShared(path, FileAccess.Read));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static FileStream OpenShared(string file, FileAccess access)
        => new(file, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, 1);

    private static void Write(FileStream file, byte[] lines)
    {
        long end = file.Length;
        byte[] bytes = [.. EndOf(file, end), .. lines];
        file.Position = end;
        try
        {
            file.Write(bytes, 0, bytes.Length);
            file.Flush(flushToDisk: true);
        }
        catch (Exception failed) when (IsFileFault(failed))
        {
            TakeBack(file, end);
            throw;
        }
    }

    /// <summary>What ends a last line without a line end: a mark where a writer was interrupted, so that later nobody takes it for damage.</summary>
    private static byte[] EndOf(FileStream file, long end)
    {
        if (end == 0)
        {
            return [];
        }

        file.Position = end - 1;
        if (file.ReadByte() == '\n')
        {
            return [];
        }

        var lines = new BackwardLines(file);
        return lines.MoveNext() && !lines.IsTooLong && JournalReader.IsBegun(lines.Line) ? [.. JournalFormat.TornMark, (byte)'\n'] : [(byte)'\n'];
    }

    private static void TakeBack(FileStream file, long end)
    {
        try
        {
            file.SetLength(end);
        }
        catch (Exception failed) when (IsFileFault(failed))
        {
            // A torn line stays, and every reader and the next writer can deal with it. The first failure is the one to report.
        }
    }

    internal static bool IsBusy(IOException fault)
    {
        // Windows: sharing and lock violation. Unix: EWOULDBLOCK, which is 11 on Linux and 35 on macOS.
        const int SharingViolation = unchecked((int)0x80070020);
        const int LockViolation = unchecked((int)0x80070021);
        return fault.HResult is SharingViolation or LockViolation or 11 or 35;
    }

    private FileStream WhenFree(Func<FileStream> opening)
    {
        TimeSpan left = lockWait;
        double step = FirstPauseMilliseconds;
        while (true)
        {
            try
            {
                return opening();
            }
            catch (IOException busy) when (IsBusy(busy) && left > TimeSpan.Zero)
            {
                // Jitter, so that two processes that met once do not meet again.
                TimeSpan pause = TimeSpan.FromMilliseconds(step * (0.5 + waiting.NextDouble()));
                pause = pause < left ? pause : left;
                left -= pause;
                step = Math.Min(step * 2, LongestPauseMilliseconds);
                waiting.DelayAsync(pause, CancellationToken.None).ConfigureAwait(false).GetAwaiter().GetResult();
            }
        }
    }
}

/// <summary>
/// Makes folders and files that only their owner can open: 0700 and 0600 on Unix from the first moment. On Windows they
/// inherit the access of the user's profile (not verified on Windows).
/// </summary>
internal static class OwnerOnly
{
    /// <summary>Makes a missing folder. An existing one keeps its access: <c>KLING_HOME</c> may name a folder that others need to open.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    internal static void CreateFolder(string path)
    {
        // Only the folder itself is closed to others, not the folders above it.
        if (Path.GetDirectoryName(path.TrimEnd(Path.DirectorySeparatorChar)) is { Length: > 0 } parent)
        {
            Directory.CreateDirectory(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Makes a missing file, empty. A file that another process made meanwhile keeps its content.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    internal static void CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
        }
    }

    /// <summary>Makes a new file and keeps everybody else out of it. It is gone once it is closed.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    internal static FileStream Hold(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 1,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
