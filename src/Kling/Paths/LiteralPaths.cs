using System.Management.Automation;

namespace Kling.Paths;

/// <summary>
/// The file paths that literal PowerShell paths stand for. Files of one folder share the question: PowerShell answers it by looking at
/// the system's mounts each time, and hundreds of images mostly lie in one folder.
/// </summary>
/// <param name="paths">The session's paths.</param>
internal sealed class LiteralPaths(PathIntrinsics paths)
{
    private static readonly char[] s_separators = ['/', '\\'];
    private (string Location, string Folder)? _asked;
    private string? _answer;

    /// <summary>The full path; the file need not exist.</summary>
    internal string Resolve(string path)
    {
        int leaf = path.LastIndexOfAny(s_separators) + 1;
        return leaf > 0 && IsPlain(path, leaf) && Folder(path[..leaf]) is string folder
            ? Path.Combine(folder, path[leaf..])
            : paths.GetUnresolvedProviderPathFromPSPath(path);
    }

    /// <summary>The full path of a folder; null where it is none of the file system.</summary>
    private string? Folder(string folder)
    {
        (string, string) asked = (paths.CurrentLocation.Path, folder);
        if (_asked != asked)
        {
            string answer = paths.GetUnresolvedProviderPathFromPSPath(folder, out ProviderInfo provider, out _);
            (_asked, _answer) = (asked, provider.Name == "FileSystem" ? answer : null);
        }

        return _answer;
    }

    // What is not just a name means something in a path, or ends a drive's name.
    private static bool IsPlain(string path, int leaf) =>
        leaf < path.Length && path[leaf] is not '.' and not '~' && path.IndexOf(':', leaf) < 0 && path.Trim().Length == path.Length;
}
