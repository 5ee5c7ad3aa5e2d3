namespace Kling.Files;

/// <summary>Paths as seen from a folder, with forward slashes, which every platform reads.</summary>
internal static class RelativePath
{
    /// <summary>The path from a folder: beginning with <c>./</c> or <c>../</c>, or the full path where no way leads there (another drive).</summary>
    /// <param name="folder">The folder's full path.</param>
    /// <param name="path">The file's full path.</param>
    internal static string From(string folder, string path)
    {
        string way = Path.GetRelativePath(folder, Path.GetDirectoryName(Path.GetFullPath(path))!).Replace(Path.DirectorySeparatorChar, '/');
        if (Path.IsPathRooted(way))
        {
            return Path.GetFullPath(path);
        }

        string start = way is "." or ".." || way.StartsWith("../", StringComparison.Ordinal) ? way : "./" + way;
        return $"{start}/{Path.GetFileName(path)}";
    }
}
