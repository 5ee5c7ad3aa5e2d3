namespace Kling.Hosting;

/// <summary>What became of one Pester file under the shim.</summary>
/// <param name="Cases">Its Its, in order.</param>
/// <param name="Failure">Why the file as a whole failed (discovery, or no It in it); null when it did not.</param>
public sealed record PesterFile(IReadOnlyList<PesterCase> Cases, string? Failure);
