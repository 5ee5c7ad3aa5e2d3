namespace Kling.Journal;

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
