namespace Kling.Files;

/// <summary>A file beside the videos (a sidecar, a gallery) could not be written. The videos themselves are not concerned.</summary>
public sealed class OutputFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="message">What happened.</param>
    /// <param name="exists">Whether it was refused because a file is there.</param>
    /// <param name="innerException">The failure behind it.</param>
    public OutputFileException(string path, string message, bool exists, Exception? innerException = null)
        : base(message, innerException)
    {
        Path = path;
        Exists = exists;
    }

    /// <summary>The file that was to be written.</summary>
    public string Path { get; }

    /// <summary>Whether a file of that name is there and was not to be replaced.</summary>
    public bool Exists { get; }
}
