using System.Collections.Concurrent;
using Kling.Support;

namespace Kling.Journal;

/// <summary>
/// The file on the disk: one writer at a time among all processes, any number of readers meanwhile. The lock is a
/// file of its own, because an exclusive open of the journal itself would also shut the readers out (on Unix the
/// exclusive and the shared open exclude each other).
/// </summary>
/// <param name="path">The journal's file.</param>
/// <param name="waiting">Waits between two tries for the lock.</param>
/// <param name="lockWait">How long to wait for the lock in all.</param>
/// <param name="open">Opens the journal for writing; for tests of a failing disk.</param>
internal sealed class JournalFile(string path, IClock waiting, TimeSpan lockWait, Func<string, FileStream>? open = null)
{
    private const double FirstPauseMilliseconds = 1;

    // Short: a busy writer leaves the lock for a moment only, and whoever looks seldom would miss every one.
    private const double LongestPauseMilliseconds = 16;

    private readonly Func<string, FileStream> _open = open ?? (name => OpenShared(name, FileMode.Open, FileAccess.ReadWrite));

    internal string FullPath => path;

    /// <summary>Whether an exception comes from the file system and not from a defect.</summary>
    internal static bool IsFileFault(Exception fault)
        => fault is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    /// <summary>Appends whole lines and returns once they are on the disk.</summary>
    internal void Append(byte[] lines)
    {
        using FileStream held = OpenOrCreate(path + ".lock", name => new FileStream(name, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1));
        using FileStream file = OpenOrCreate(path, _open);
        Write(file, lines);
    }

    /// <summary>Opens a file that is nearly always there; where it is not, makes it and its folder.</summary>
    private FileStream OpenOrCreate(string name, Func<string, FileStream> open)
    {
        try
        {
            return WhenFree(() => open(name));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            string? folder = Path.GetDirectoryName(name);
            if (!string.IsNullOrEmpty(folder))
            {
                OwnerOnly.CreateFolder(folder!);
            }

            OwnerOnly.CreateFile(name);
            return WhenFree(() => open(name));
        }
    }

    /// <summary>Opens the journal for reading, also while another process writes; null when there is none yet.</summary>
    internal FileStream? OpenRead()
    {
        try
        {
            return WhenFree(() => OpenShared(path, FileMode.Open, FileAccess.Read));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static FileStream OpenShared(string name, FileMode mode, FileAccess access)
        => new(name, mode, access, FileShare.ReadWrite | FileShare.Delete, 1);

    private static void Write(FileStream file, byte[] lines)
    {
        long end = file.Length;
        byte[] bytes = EndsTorn(file, end) ? [(byte)'\n', .. lines] : lines;
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

    private static bool EndsTorn(FileStream file, long end)
    {
        if (end == 0)
        {
            return false;
        }

        file.Position = end - 1;
        return file.ReadByte() != '\n';
    }

    private static void TakeBack(FileStream file, long end)
    {
        try
        {
            file.SetLength(end);
        }
        catch (Exception failed) when (IsFileFault(failed))
        {
            // What stays is a torn line, which every reader and the next writer cope with; the first failure is the one to report.
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
    /// <summary>
    /// Makes the folder where it is missing. One that exists is left as it is: <c>KLING_HOME</c> may name a folder that
    /// others need to open.
    /// </summary>
    /// <exception cref="IOException">It could not be made.</exception>
    internal static void CreateFolder(string path)
    {
        // Only the folder itself is closed to others, not those it lies in.
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

    /// <summary>Makes an empty file where it is missing; one that another process made meanwhile is left whole.</summary>
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
}

/// <summary>One lock per journal file and process.</summary>
internal static class JournalTurns
{
    private static readonly ConcurrentDictionary<string, object> s_turns = new(StringComparer.Ordinal);

    internal static object For(string fullPath) => s_turns.GetOrAdd(fullPath, _ => new object());
}
