using Kling.Hosting;

namespace Kling.Module.Tests;

/// <summary>
/// All tests that use the engine: never in parallel, because the module's session, the environment and the default
/// runspace are the process's.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EngineCollection : ICollectionFixture<ModuleUnderTest>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Engine";
}
