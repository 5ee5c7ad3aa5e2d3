using Kling.Requests;

namespace Kling.Errors;

/// <summary>Something the user gave cannot be used; nothing was sent.</summary>
public sealed class InputException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="id">Its id in the catalog.</param>
    /// <param name="message">What was given, and what is allowed.</param>
    /// <param name="recommendation">What to do, ready to paste; the catalog's when left out.</param>
    internal InputException(string id, string message, CommandLine? recommendation = null)
        : base(ConsoleText.Of(message))
    {
        Id = id;
        Recommendation = recommendation?.ToString();
    }

    /// <summary>A request that breaks the model's limits, with all it breaks.</summary>
    internal static InputException Of(string name, ValidationReport report) =>
        new(ErrorCatalog.InvalidRequest, $"{name}: {string.Join(" ", report.Violations.Select(violation => violation.Message))}");

    /// <summary>The error's id in the catalog.</summary>
    public string Id { get; }

    /// <summary>What to do, ready to paste; null for what the catalog says.</summary>
    public string? Recommendation { get; }

    /// <summary>What was given, where whoever catches the exception does not know it.</summary>
    internal object? Target { get; init; }

    /// <summary>Nothing was sent, so nothing was charged for what the error is about.</summary>
    public string BillingState { get; } = Models.BillingState.NotCharged;
}

/// <summary>A video was saved, but the journal could not record where. The file is whole and stays.</summary>
public sealed class UnrecordedFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The saved file.</param>
    /// <param name="innerException">The journal's failure.</param>
    public UnrecordedFileException(string path, Exception innerException)
        : base(ConsoleText.Of($"{path} is saved, but the history does not know it: {innerException.Message}"), innerException)
    {
    }
}

/// <summary>What a look found out could not be recorded. The results themselves are in the tasks that were written.</summary>
public sealed class UnrecordedResultException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="innerException">The journal's failure.</param>
    public UnrecordedResultException(Exception innerException)
        : base(ConsoleText.Of($"The tasks written by this command are right, but the history does not know all of it: {innerException.Message}"), innerException)
    {
    }
}
