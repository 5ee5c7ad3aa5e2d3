namespace Kling.Errors;

/// <summary>A video was saved, but the journal could not record where. The file is whole and stays.</summary>
public sealed class UnrecordedFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The saved file.</param>
    /// <param name="innerException">The journal's failure.</param>
    public UnrecordedFileException(string path, Exception innerException)
        : base($"{path} is saved, but the history does not know it: {innerException.Message}", innerException)
    {
    }
}
