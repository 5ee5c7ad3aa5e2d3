using System.Runtime.Loader;

namespace Kling.Hosting;

/// <summary>
/// The packaged module for the tests of one process. The process gets a data folder of its own and no key, so that no
/// test sees or changes what the user has.
/// </summary>
public sealed class ModuleUnderTest : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("kling-home-").FullName;

    /// <summary>Points the environment to the packaged module and away from the user's data.</summary>
    public ModuleUnderTest()
    {
        Environment.SetEnvironmentVariable("KLING_MODULE", RepositoryPaths.ModuleManifest);
        Environment.SetEnvironmentVariable("KLING_HOME", _home);
        Environment.SetEnvironmentVariable("RUNWARE_API_KEY", null);
        Environment.SetEnvironmentVariable("RUNWARE_BASE_URL", null);
        Environment.SetEnvironmentVariable("KLING_SANDBOX", null);
    }

    /// <summary>Lets tests name the module's own types: those of the packaged assemblies, which lie beside no test.</summary>
    public static void ResolveTypes() => AssemblyLoadContext.Default.Resolving += (context, name) =>
    {
        string path = Path.Combine(Path.GetDirectoryName(RepositoryPaths.ModuleManifest)!, name.Name + ".dll");
        return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    };

    /// <summary>Removes the data folder.</summary>
    public void Dispose() => Directory.Delete(_home, recursive: true);
}
