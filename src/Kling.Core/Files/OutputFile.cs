namespace Kling.Files;

/// <summary>Writes a whole file or nothing: first under another name beside it, which is then renamed.</summary>
public static class OutputFile
{
    /// <summary>Writes the file; its folder must exist.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="force">Whether a file of that name may be replaced.</param>
    /// <exception cref="OutputFileException">It could not be written, or is there and <paramref name="force"/> is not given.</exception>
    public static void Write(string path, byte[] content, bool force)
    {
        RefuseExisting(path, force);

        // A name of its own, so that two writers never share one half-written file.
        string draft = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                file.Write(content, 0, content.Length);
                file.Flush(flushToDisk: true);
            }

            // It takes the place of a link, and the file that the link stood for stays.
            File.Move(draft, path, overwrite: force);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Discard(draft);
            RefuseExisting(path, force);
            throw new OutputFileException(path, $"{path} could not be written: {failure.Message}", exists: false, failure);
        }
    }

    private static void RefuseExisting(string path, bool force)
    {
        if (Directory.Exists(path) || (!force && File.Exists(path)))
        {
            throw new OutputFileException(path, $"{path} is already there and was not replaced.", exists: true);
        }
    }

    private static void Discard(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Nobody reads a file of the draft's name.
        }
    }
}

/// <summary>A file beside the videos (a sidecar, a gallery) could not be written. The videos themselves are not concerned.</summary>
public sealed class OutputFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="message">What happened.</param>
    /// <param name="exists">Whether it was refused because a file is there.</param>
    /// <param name="innerException">The failure behind it.</param>
    public OutputFileException(string path, string message, bool exists, Exception? innerException = null)
        : base(ConsoleText.Of(message), innerException)
    {
        Path = path;
        Exists = exists;
    }

    /// <summary>The file that was to be written.</summary>
    public string Path { get; }

    /// <summary>Whether a file of that name is there and was not to be replaced.</summary>
    public bool Exists { get; }
}
