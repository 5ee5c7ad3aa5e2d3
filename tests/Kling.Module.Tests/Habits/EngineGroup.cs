using Kling.Hosting;

namespace Kling.Module.Tests.Habits;

/// <summary>Several runspaces with the module, in one folder.</summary>
internal sealed class EngineGroup : IDisposable
{
    internal EngineGroup(int count, string location) => All =
        [.. Enumerable.Range(0, count).Select(_ => new EngineHost(new EngineOptions { ModulePath = RepositoryPaths.ModuleManifest, Location = location }))];

    /// <summary>The runspaces.</summary>
    internal IReadOnlyList<EngineHost> All { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EngineHost engine in All)
        {
            engine.Dispose();
        }
    }
}
