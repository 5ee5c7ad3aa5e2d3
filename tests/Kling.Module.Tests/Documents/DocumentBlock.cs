namespace Kling.Module.Tests.Documents;

/// <summary>One block of PowerShell in a document.</summary>
/// <param name="Document">The document's path, from the repository's root.</param>
/// <param name="Number">Its place among the document's blocks, from 1.</param>
/// <param name="Line">The line its code begins at, from 1.</param>
/// <param name="Code">The code; of a workflow, what its steps run.</param>
internal sealed record DocumentBlock(string Document, int Number, int Line, string Code)
{
    /// <summary>Whether it begins a session of its own.</summary>
    internal bool BeginsSession { get; init; }

    /// <summary>Why it is only parsed; null where it is run.</summary>
    internal string? ParsedOnly { get; init; }

    /// <summary>The id of the one error it is about; null where it has none.</summary>
    internal string? Error { get; init; }

    /// <summary>What it shows, as the document says; null where it says nothing.</summary>
    internal string? Output { get; init; }

    /// <summary>The lines of <see cref="Output"/> in the document: the first, and how many.</summary>
    internal (int First, int Length) OutputLines { get; init; }
}
