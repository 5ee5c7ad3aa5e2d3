namespace Kling.Hosting;

/// <summary>One It of a Pester file, run by the shim.</summary>
/// <param name="Name">Describe, Context and It, joined by points.</param>
/// <param name="Result">Passed, Failed, Skipped, or NotRun.</param>
/// <param name="Message">Why it failed or was skipped; null when it passed.</param>
public sealed record PesterCase(string Name, string Result, string? Message);
