namespace Kling.Requests;

/// <summary>Everything that is wrong with a request, and what is worth a look.</summary>
public sealed class ValidationReport
{
    /// <summary>Creates the report.</summary>
    /// <param name="violations">What is wrong.</param>
    /// <param name="warnings">What is allowed but worth a look.</param>
    public ValidationReport(IEnumerable<Violation> violations, IEnumerable<string> warnings)
    {
        Violations = [.. violations];
        Warnings = [.. warnings];
    }

    /// <summary>Whether the request may be sent.</summary>
    public bool IsValid => Violations.Count == 0;

    /// <summary>What is wrong, all of it.</summary>
    public IReadOnlyList<Violation> Violations { get; }

    /// <summary>What is allowed but worth a look.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The same report with further violations.</summary>
    /// <param name="extra">The violations to add.</param>
    public ValidationReport With(IEnumerable<Violation> extra) => new(Violations.Concat(extra), Warnings);
}
