using Kling.Files;
using Kling.Journal;

namespace Kling.Session;

/// <summary>
/// Finds the tasks that a person names: by the UUID, by the start of one as file names and tables show it, or by a saved video or its
/// sidecar. All but a UUID need the journal, which is then read once.
/// </summary>
/// <param name="paths">How PowerShell reads a path.</param>
/// <param name="open">Opens the journal.</param>
internal sealed class TaskNames(PathIntrinsics paths, Func<TaskJournal> open)
{
    /// <summary>What may name a task.</summary>
    internal const string Allowed = "the UUID of a task, at least 8 digits of its start, or a saved video or its sidecar";

    private const int FewestDigits = 8;
    private const int MostListed = 10;
    private static readonly string[] s_files = [".mp4", ".webm", ".mov", Sidecar.Extension];

    /// <summary>Whether a text can name a task at all.</summary>
    internal static bool MayName(string text) => Guid.TryParse(text, out Guid id) ? id != Guid.Empty : IsStart(text.Trim()) || IsFile(text.Trim());

    /// <summary>The ids of the tasks, each once; what names none goes to <paramref name="failed"/> with the name.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal Guid[] Find(IEnumerable<string> names, Action<InputException, string> failed)
    {
        string[] all = [.. names];
        var starts = new Lazy<JournalIndex>(() => open().IndexOfStarts(all.Where(IsStart).Select(Digits)));
        List<Guid> found = [];
        foreach (string name in all)
        {
            try
            {
                found.Add(Guid.TryParse(name, out Guid id) ? id : IsFile(name) ? OfFile(name) : OfStart(name, starts.Value));
            }
            catch (InputException failure)
            {
                failed(failure, name);
            }
        }

        return [.. found.Distinct()];
    }

    private static bool IsStart(string text) => text.Length >= FewestDigits && Digits(text) is { Length: >= FewestDigits and < 32 } digits && digits.All(char.IsAsciiHexDigit);

    private static bool IsFile(string text) => s_files.Any(ending => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string Digits(string text) => text.Replace("-", "", StringComparison.Ordinal);

    private static Guid OfStart(string start, JournalIndex starts)
    {
        string digits = Digits(start);
        Guid[] ids = [.. starts.Ids.Where(id => id.ToString("N").StartsWith(digits, StringComparison.OrdinalIgnoreCase))];
        return ids.Length switch
        {
            1 => ids[0],
            0 => throw Unknown($"TaskId: '{start}' was given; no task of this machine's journal begins like that. A task of another machine needs its whole id."),
            _ => throw new InputException(ErrorCatalog.InvalidRequest,
                $"TaskId: '{start}' was given, and {ids.Length} tasks begin like that: {List(ids, starts)}; allowed: more of the id.",
                $"Get-KlingTask -TaskId {ids[0].ToString("D")}"),
        };
    }

    private Guid OfFile(string name)
    {
        string file = paths.GetUnresolvedProviderPathFromPSPath(name);
        if (Sidecar.TaskOf(file) is Guid id)
        {
            return id;
        }

        KlingTask? task = open().All().FirstOrDefault(known => known.Videos.Any(video => video.File == file));
        return task?.TaskId ?? throw Unknown(File.Exists(file)
            ? $"TaskId: '{name}' was given; it has no sidecar ({Path.GetFileName(Sidecar.PathFor(file))}) that names its task, and this machine's journal does not know the file."
            : $"TaskId: '{name}' was given; there is no such file, and this machine's journal does not know it.");
    }

    private static string List(Guid[] ids, JournalIndex index) => string.Join(", ", index.Read(ids.Take(MostListed))
        .Select(task => $"{task.TaskId:D} ({task.Status}{(string.IsNullOrEmpty(task.Image) ? "" : $", {FileLeaf(task.Image)}")})")) + (ids.Length > MostListed ? " and others" : "");

    private static string FileLeaf(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private static InputException Unknown(string message) => new(ErrorCatalog.TaskUnknown, message);
}
