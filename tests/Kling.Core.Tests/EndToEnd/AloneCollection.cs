namespace Kling.Core.Tests.EndToEnd;

/// <summary>Tests that look at the whole process run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "Alone";
}
