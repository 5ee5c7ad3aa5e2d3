namespace Kling.Core.Tests.Conventions;

/// <summary>One file of the repository: relative path with forward slashes, and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
