using System.Collections.Concurrent;
using Kling.Hosting;

namespace Kling.Cmdlets.Tests.Pester;

/// <summary>
/// The packaged module and the results of the Pester files run against it. The process gets a data folder of its own
/// and no key, so that no test sees or changes what the user has.
/// </summary>
public sealed class ModuleUnderTest : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<PesterFile>> _files = new();
    private readonly string _home = Directory.CreateTempSubdirectory("kling-home-").FullName;

    /// <summary>Points the environment to the packaged module and away from the user's data.</summary>
    public ModuleUnderTest()
    {
        Environment.SetEnvironmentVariable("KLING_MODULE", RepositoryPaths.ModuleManifest);
        Environment.SetEnvironmentVariable("KLING_HOME", _home);
        Environment.SetEnvironmentVariable("RUNWARE_API_KEY", null);
        Environment.SetEnvironmentVariable("RUNWARE_BASE_URL", null);
    }

    /// <summary>What became of a Pester file; it runs once, on first use.</summary>
    /// <param name="file">Its name inside tests/Cmdlets.</param>
    public PesterFile Run(string file) => _files.GetOrAdd(file,
        name => new Lazy<PesterFile>(() => PesterRunner.Run(Path.Combine(RepositoryPaths.PesterFiles, name)))).Value;

    /// <summary>Removes the data folder.</summary>
    public void Dispose() => Directory.Delete(_home, recursive: true);
}
