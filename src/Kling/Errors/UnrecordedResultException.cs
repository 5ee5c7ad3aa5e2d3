namespace Kling.Errors;

/// <summary>What a look found out could not be recorded. The results themselves are in the tasks that were written.</summary>
public sealed class UnrecordedResultException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="innerException">The journal's failure.</param>
    public UnrecordedResultException(Exception innerException)
        : base($"The tasks written by this command are right, but the history does not know all of it: {innerException.Message}", innerException)
    {
    }
}
