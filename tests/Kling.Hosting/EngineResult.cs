using System.Management.Automation;

namespace Kling.Hosting;

/// <summary>Everything one script wrote.</summary>
public sealed class EngineResult
{
    /// <summary>The output stream.</summary>
    public required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>The non-terminating errors; a terminating one is <see cref="Failure"/>.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    /// <summary>The warning stream.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The verbose stream.</summary>
    public required IReadOnlyList<string> Verbose { get; init; }

    /// <summary>The debug stream.</summary>
    public required IReadOnlyList<string> Debug { get; init; }

    /// <summary>The information stream.</summary>
    public required IReadOnlyList<InformationRecord> Information { get; init; }

    /// <summary>The progress stream.</summary>
    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>What ended the script early; null when it ran to its end.</summary>
    public RuntimeException? Failure { get; init; }

    /// <summary>The non-terminating errors and, last, the one that ended the script.</summary>
    public IEnumerable<ErrorRecord> AllErrors => Failure?.ErrorRecord is { } last ? [.. Errors, last] : Errors;

    /// <summary>Whether the script was stopped.</summary>
    public bool Stopped => Failure is PipelineStoppedException;

    /// <summary>The output's base objects of one type.</summary>
    public IEnumerable<T> OutputOf<T>() => Output.Select(item => item.BaseObject).OfType<T>();

    /// <summary>Throws when the script failed or wrote an error.</summary>
    /// <exception cref="InvalidOperationException">There is a failure or an error; its message names them all.</exception>
    public EngineResult Check()
    {
        var problems = Errors.Select(error => error.ToString()).ToList();
        if (Failure is not null)
        {
            problems.Add($"{Failure.Message} {Failure.ErrorRecord?.InvocationInfo?.PositionMessage}");
        }

        return problems.Count == 0 ? this : throw new InvalidOperationException(string.Join(Environment.NewLine, problems), Failure);
    }
}
