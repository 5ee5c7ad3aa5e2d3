using System.Management.Automation;

namespace Kling.Hosting.StandIns;

/// <summary>
/// The provider's answers for the stand-ins. A failure is returned as its error record: one that a function catches
/// would still be added to the caller's -ErrorVariable.
/// </summary>
public static class StandInFiles
{
    /// <summary>The items inside a path.</summary>
    public static object[] Children(EngineIntrinsics engine, string path, bool recurse, bool force, bool literal)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Try(() => engine.InvokeProvider.ChildItem.Get([path], recurse, force, literal));
    }

    /// <summary>The items a path names.</summary>
    public static object[] Items(EngineIntrinsics engine, string path, bool force, bool literal)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Try(() => engine.InvokeProvider.Item.Get([path], force, literal));
    }

    /// <summary>Removes what a path names; the result holds failures only.</summary>
    public static object[] Remove(EngineIntrinsics engine, string path, bool recurse, bool force, bool literal)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Try(() =>
        {
            engine.InvokeProvider.Item.Remove([path], recurse, force, literal);
            return [];
        });
    }

    /// <summary>The full paths of the files that paths name; a literal one need not exist.</summary>
    public static object[] Resolve(EngineIntrinsics engine, string[]? paths, string[]? literalPaths)
    {
        ArgumentNullException.ThrowIfNull(engine);
        PathIntrinsics resolver = engine.SessionState.Path;
        return
        [
            .. (literalPaths ?? []).SelectMany(path => Try(() => [resolver.GetUnresolvedProviderPathFromPSPath(path)])),
            .. (paths ?? []).SelectMany(path => Try(() => resolver.GetResolvedProviderPathFromPSPath(path, out _))),
        ];
    }

    /// <summary>Makes a folder or a file and returns its path. What is there already is refused without force.</summary>
    public static object[] Create(string path, bool folder, string text, bool force) => Try(() =>
    {
        if (!force && (File.Exists(path) || Directory.Exists(path)))
        {
            throw new IOException($"An item with the specified name {path} already exists.");
        }

        if (folder)
        {
            Directory.CreateDirectory(path);
            return [path];
        }

        if (force)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        File.WriteAllText(path, text);
        return [path];
    });

    /// <summary>A file's lines, its whole text or its bytes.</summary>
    public static object[] Read(string file, bool raw, bool bytes, long first, int last) => Try(() =>
    {
        if (bytes)
        {
            byte[] content = File.ReadAllBytes(file);
            return raw ? [content] : content.Cast<object>();
        }

        if (raw)
        {
            return [File.ReadAllText(file)];
        }

        IEnumerable<string> lines = File.ReadAllLines(file);
        lines = first >= 0 ? lines.Take((int)first) : lines;
        return last >= 0 ? lines.TakeLast(last) : lines;
    });

    /// <summary>A line with what pwsh adds to it: where it was read. A parameter that binds by one of these names sees it.</summary>
    public static PSObject Marked(string line, string file)
    {
        var marked = new PSObject(line);
        marked.Properties.Add(new PSNoteProperty("PSPath", file));
        marked.Properties.Add(new PSNoteProperty("PSParentPath", Path.GetDirectoryName(file)));
        marked.Properties.Add(new PSNoteProperty("PSChildName", Path.GetFileName(file)));
        return marked;
    }

    /// <summary>The rows of a CSV file.</summary>
    public static object[] ReadCsv(string file, char delimiter, string[]? header) =>
        Try(() => StandInCsv.Parse(File.ReadAllText(file), delimiter, header));

    private static object[] Try(Func<IEnumerable<object>> ask)
    {
        try
        {
            return [.. ask()];
        }
        catch (Exception failure) when (failure is IContainsErrorRecord)
        {
            return [((IContainsErrorRecord)failure).ErrorRecord];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [new ErrorRecord(failure, failure.GetType().Name, ErrorCategory.ReadError, null)];
        }
    }
}
