namespace Kling.Journal;

/// <summary>
/// Shows all processes that use a journal that one command is still running: it holds a file open, and the system lets go of the file when
/// the process ends, however it ends. So what a command that crashed has left open is known at once, and what another one is still
/// sending is not sent a second time.
/// </summary>
/// <param name="journal">The journal it writes to; the files lie in a folder beside it.</param>
internal sealed class RunningCommand(TaskJournal journal) : IDisposable
{
    private static readonly TimeSpan s_stale = TimeSpan.FromDays(1);

    private readonly object _lock = new();
    private FileStream? _held;

    /// <summary>The command's name in the journal.</summary>
    internal string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Begins to hold the file. Its name must not be in the journal before that.</summary>
    /// <exception cref="JournalException">It could not be made; then nothing may be sent.</exception>
    internal void Begin()
    {
        lock (_lock)
        {
            if (_held is not null)
            {
                return;
            }

            string path = PathOf(journal, Id);
            try
            {
                OwnerOnly.CreateFolder(Path.GetDirectoryName(path)!);
                _held = OwnerOnly.Hold(path);
                RemoveStale();
            }
            catch (Exception failed) when (JournalFile.IsFileFault(failed))
            {
                throw new JournalException(
                    $"The journal '{journal.FullPath}' cannot be used: '{path}' could not be made ({failed.Message.TrimEnd('.')}). Nothing was sent and nothing was charged. "
                    + $"Make space on the disk, make the folder writable, or set {JournalFolder.HomeVariable} to a folder that can be written.", failed);
            }
        }
    }

    /// <summary>Whether the command of this name is still running. Where that cannot be told, it counts as running.</summary>
    internal static bool IsRunning(TaskJournal journal, string id)
    {
        // The name comes from a file, and must not lead to another folder.
        return Guid.TryParseExact(id, "N", out Guid name) && IsHeld(PathOf(journal, name.ToString("N")));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _held?.Dispose();
            _held = null;
        }
    }

    private static string PathOf(TaskJournal journal, string id) => Path.Combine(Path.GetDirectoryName(journal.FullPath)!, "running", id + ".lock");

    /// <summary>Whether some process holds the file; one that nobody holds is removed.</summary>
    private static bool IsHeld(string path)
    {
        try
        {
            using FileStream found = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            File.Delete(path);
            return false;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception failed) when (JournalFile.IsFileFault(failed))
        {
            return true;
        }
    }

    /// <summary>Removes what crashed commands left long ago. A new file may not be held yet, so only old ones are looked at.</summary>
    private void RemoveStale()
    {
        foreach (FileInfo file in new FileInfo(PathOf(journal, Id)).Directory!.EnumerateFiles("*.lock"))
        {
            if (journal.Clock.UtcNow - file.LastWriteTimeUtc > s_stale)
            {
                IsHeld(file.FullName);
            }
        }
    }
}
