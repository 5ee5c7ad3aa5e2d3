using Kling.Images;
using Kling.Session;

namespace Kling.Paths;

/// <summary>Finds what the user named as images, through PowerShell's own paths.</summary>
internal sealed class ImageResolver(PathIntrinsics paths)
{
    private const int LongestShown = 300;

    // Marks of direction and width, and the byte order mark: file managers and spreadsheets copy them along.
    private static readonly char[] s_invisible =
    [
        '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2060', '\u2066', '\u2067', '\u2068', '\u2069', '\ufeff',
    ];

    private static readonly string[] s_quotes = ["\"\"", "''", "\u201c\u201d", "\u2018\u2019"];
    private readonly LiteralPaths _literal = new(paths);

    /// <summary>The images of one record, found one by one as they are taken. None is read yet.</summary>
    /// <param name="piped">What was piped. A file binds to both lists of names too; it is one image, and is taken literally.</param>
    /// <param name="names">Names in any of the known ways.</param>
    /// <param name="literalPaths">Paths without wildcards, used where there are no names.</param>
    /// <param name="failed">Takes the failure of a name that is no image, and the name as it may be shown.</param>
    internal IEnumerable<ImageSource> FindAll(object? piped, string[] names, string[] literalPaths, Action<InputException, string> failed)
    {
        return piped is FileSystemInfo file ? [new ImageSource(ImageKind.File, file.FullName)]
            : names.Length > 0 ? names.SelectMany(name => Try(Find, name))
            : literalPaths.SelectMany(path => Try(FindFile, path));

        IEnumerable<ImageSource> Try(Func<string, IEnumerable<ImageSource>> find, string name)
        {
            try
            {
                return find(name);
            }
            catch (InputException failure)
            {
                failed(failure, Shown(name));
                return [];
            }
        }
    }

    /// <summary>The name for messages: inline data as its length and hash, addresses without their query.</summary>
    internal static string Shown(string name) =>
        ImageKindDetector.Detect(name, _ => false) is ImageKind kind ? new RequestImage(kind, name.Trim()).Shown
        : name.Length > LongestShown ? Masking.InlineData(name)
        : name;

    /// <summary>The images a name stands for; a wildcard may name several.</summary>
    private ImageSource[] Find(string name)
    {
        string[] files = [];
        ImageKind? kind = ImageKindDetector.Detect(name, text => (files = Existing(text)).Length > 0);
        if (kind is null && Bare(name) is string bare && bare != name)
        {
            name = bare;
            kind = ImageKindDetector.Detect(name, text => (files = Existing(text)).Length > 0);
        }

        return kind switch
        {
            null => throw new InputException(ErrorCatalog.ImageNotFound,
                $"Image: '{Shown(name)}' was given; allowed: an existing file, a URL, a media UUID, a data URI or base64 text of an image. No such file was found.")
            {
                Target = Shown(name),
            },
            ImageKind.File => [.. files.Select(file => new ImageSource(ImageKind.File, file))],
            ImageKind.DataUri or ImageKind.Base64 => [new ImageSource(kind.Value, name)],
            _ => [new ImageSource(kind.Value, name.Trim())],
        };
    }

    /// <summary>
    /// The name without what copying leaves around it: quotes, blanks, line ends and invisible characters. An address of a local file is
    /// its path.
    /// </summary>
    private static string Bare(string name)
    {
        string bare = name;
        for (int before = -1; before != bare.Length;)
        {
            before = bare.Length;
            bare = bare.Trim().Trim(s_invisible);
            if (bare.Length > 1 && s_quotes.Any(pair => bare[0] == pair[0] && bare[^1] == pair[1]))
            {
                bare = bare[1..^1];
            }
        }

        return bare.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(bare, UriKind.Absolute, out Uri? file)
            ? WildcardPattern.Escape(file.LocalPath)
            : bare;
    }

    private ImageSource[] FindFile(string path)
    {
        try
        {
            return [new ImageSource(ImageKind.File, _literal.Resolve(path))];
        }
        catch (Exception failure) when (failure is ProviderNotFoundException or System.Management.Automation.DriveNotFoundException
            or ArgumentException or NotSupportedException)
        {
            throw new InputException(ErrorCatalog.ImageNotFound, $"LiteralPath: '{path}' was given; allowed: the path of an existing file. {failure.Message}")
            {
                Target = path,
            };
        }
    }

    private string[] Existing(string text)
    {
        if (text.Length > 4096)
        {
            return [];
        }

        try
        {
            // A file of exactly this name is meant, even if its brackets could be a wildcard: the image of a recorded task is such a name.
            if (text.Contains('[') && paths.GetUnresolvedProviderPathFromPSPath(text) is string exact && File.Exists(exact))
            {
                return [exact];
            }

            var found = paths.GetResolvedProviderPathFromPSPath(text, out ProviderInfo provider);
            return provider.Name == "FileSystem" ? [.. found.Where(File.Exists)] : [];
        }
        catch (Exception failure) when (failure is ItemNotFoundException or ProviderNotFoundException or System.Management.Automation.DriveNotFoundException
            or ArgumentException or NotSupportedException or WildcardPatternException or IOException or UnauthorizedAccessException)
        {
            // The text names no file; it may still be base64.
            return [];
        }
    }
}

/// <summary>An image that was found but not read yet: many can be counted and priced before the first is read.</summary>
internal sealed record ImageSource(ImageKind Kind, string Value)
{
    /// <summary>The name for messages.</summary>
    internal string Name => new RequestImage(Kind, Kind is ImageKind.File ? Value : Value.Trim()).Shown;

    /// <summary>Reads and checks it.</summary>
    /// <exception cref="ImageException">It is no usable image.</exception>
    internal RequestImage Load(ImageFileCache files) => Kind switch
    {
        ImageKind.File => files.Load(Value),
        ImageKind.DataUri or ImageKind.Base64 => InlineImage.Load(Kind, Value),

        // An uploaded image is the same purchase as its file: -Resume knows it by its bytes.
        ImageKind.Uuid => new RequestImage(Kind, Value) { Sha256 = KlingSession.UploadedHash(Guid.Parse(Value)) },
        _ => new RequestImage(Kind, Value),
    };
}

/// <summary>
/// Finds the file paths that literal PowerShell paths stand for. PowerShell looks at the system's mounts for each path, and hundreds of
/// images mostly lie in one folder; so the last folder's answer is kept.
/// </summary>
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

    // Anything but a plain name has a meaning in a path, or ends the name of a drive.
    private static bool IsPlain(string path, int leaf) =>
        leaf < path.Length && path[leaf] is not '.' and not '~' && path.IndexOf(':', leaf) < 0 && path.Trim().Length == path.Length;
}
