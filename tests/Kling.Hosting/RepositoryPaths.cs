namespace Kling.Hosting;

/// <summary>Where the repository's files are, seen from a running test.</summary>
public static class RepositoryPaths
{
    private static readonly Lazy<string> s_root = new(FindRoot);

    /// <summary>The repository's root folder: the one with KlingPS.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">The program does not run inside the repository.</exception>
    public static string Root => s_root.Value;

    /// <summary>The manifest of the packaged module, as the build put it into out/Kling.</summary>
    public static string ModuleManifest => Path.Combine(Root, "out", "Kling", "Kling.psd1");

    /// <summary>The manifest in the sources.</summary>
    public static string SourceManifest => Path.Combine(Root, "Kling.psd1");

    /// <summary>The folder of the cmdlets' Pester files.</summary>
    public static string PesterFiles => Path.Combine(Root, "tests", "Pester");

    /// <summary>A file that the build made of another test project, in the same configuration as this program.</summary>
    /// <param name="project">The project's folder, from tests/.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="framework">The target framework; this program's when left out.</param>
    public static string Built(string project, string file, string? framework = null)
    {
        // bin/<configuration>/<framework>
        string[] own = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar);
        return Path.Combine(Root, "tests", project, "bin", own[^2], framework ?? own[^1], file);
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KlingPS.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds KlingPS.sln.");
    }
}
