namespace Kling.Media;

/// <summary>Paths as seen from a folder, with forward slashes, which every platform reads.</summary>
internal static class RelativePath
{
    private static readonly char[] s_separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    private static readonly StringComparison s_comparison =
        Path.DirectorySeparatorChar == '\\' ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The path from a folder: beginning with <c>./</c> or <c>../</c>, or the full path where no way leads there (another drive).</summary>
    /// <param name="folder">The folder's full path.</param>
    /// <param name="path">The file's full path.</param>
    internal static string From(string folder, string path)
    {
        string from = Path.GetFullPath(folder);
        string to = Path.GetFullPath(path);
        string root = Path.GetPathRoot(to);
        if (!string.Equals(Path.GetPathRoot(from), root, s_comparison))
        {
            return to;
        }

        string[] start = Parts(from, root);
        string[] end = Parts(to, root);
        int shared = 0;
        while (shared < start.Length && shared < end.Length - 1 && string.Equals(start[shared], end[shared], s_comparison))
        {
            shared++;
        }

        IEnumerable<string> up = Enumerable.Repeat("..", start.Length - shared);
        return string.Join("/", (shared == start.Length ? ["."] : up).Concat(end.Skip(shared)));
    }

    private static string[] Parts(string path, string root) =>
        path.Substring(root.Length).Split(s_separators, StringSplitOptions.RemoveEmptyEntries);
}
