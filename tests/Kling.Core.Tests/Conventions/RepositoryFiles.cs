namespace Kling.Core.Tests.Conventions;

/// <summary>The repository's own files; nothing outside of it is read.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] s_skippedFolders = [".git", "bin", "obj", "out", ".vs", "TestResults", ".powershell"];
    private static readonly string[] s_textEndings =
        [".cs", ".csproj", ".props", ".targets", ".sln", ".md", ".ps1", ".psd1", ".psm1", ".ps1xml", ".xml", ".txt", ".yml", ".yaml", ".json", ".sh", ".csv", ".editorconfig", ".gitignore"];

    internal static string Root { get; } = FindRoot();

    /// <summary>Kling.dll as this build made it, for whoever reads it and does not load it.</summary>
    internal static string BuiltModule => Directory.GetFiles(Path.Combine(Root, "src", "Kling", "bin", Configuration), "Kling.dll", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(Path.GetDirectoryName(path)) != "publish").MaxBy(File.GetLastWriteTimeUtc)!;

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    internal static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    /// <summary>C# sources under a folder, as relative path with forward slashes and text.</summary>
    internal static IEnumerable<SourceFile> Sources(string under) => Texts(under).Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    internal static IEnumerable<SourceFile> Texts(string under = "")
    {
        foreach (string path in Walk(Path.Combine(Root, under)))
        {
            string name = Path.GetFileName(path);
            if (s_textEndings.Contains(Path.GetExtension(name)) || name is "LICENSE" or "run")
            {
                yield return new SourceFile(Path.GetRelativePath(Root, path).Replace('\\', '/'), File.ReadAllText(path));
            }
        }
    }

    private static IEnumerable<string> Walk(string folder) => !Directory.Exists(folder)
        ? []
        : Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(child => !s_skippedFolders.Contains(Path.GetFileName(child)))
            .SelectMany(Walk));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KlingPS.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("KlingPS.sln was not found above the test's folder.");
    }
}
