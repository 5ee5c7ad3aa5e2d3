using Kling.Binding;
using Kling.Files;
using Kling.Journal;
using Kling.Paths;
using Kling.Pipeline;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Writes one HTML page of tasks with their videos, prompts, settings, costs and failures. Makes no call.</summary>
[Cmdlet(VerbsData.Export, "KlingGallery", DefaultParameterSetName = TaskSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportKlingGalleryCommand : KlingCmdlet
{
    private const string TaskSet = "Task";
    private const string IdSet = "Id";
    private readonly List<KlingTask> _tasks = [];
    private TaskNames? _names;
    private TaskJournal? _journal;

    /// <summary>The tasks, in the order to show, for example from Get-KlingTask.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = TaskSet, Mandatory = true)]
    public KlingTask[] Task { get; set; } = [];

    /// <summary>Tasks of this machine's journal: their ids, the first 8 digits or more of them, or saved videos or their sidecars.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet, Mandatory = true)]
    [Alias("Id", "TaskUUID")]
    [TaskIdCell]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>The page's file; its folder is made when it does not exist. Keep it with the videos and images: the links are relative.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public string Path { get; set; } = "";

    /// <summary>The page's title.</summary>
    [Parameter]
    public string Title { get; set; } = "Kling videos";

    /// <summary>Overwrites a file that is already there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        if (ParameterSetName == TaskSet)
        {
            _tasks.AddRange(Task);
            return;
        }

        _journal ??= KlingSession.OpenJournal();
        _names ??= new TaskNames(SessionState.Path, () => _journal);
        Guid[] ids = _names.Find(TaskId, (failure, name) => WriteFailure(failure, name));
        IReadOnlyList<KlingTask> known = _journal.Find(ids);
        _tasks.AddRange(known);
        foreach (Guid id in ids.Except(known.Select(task => task.TaskId)))
        {
            WriteFailure(new InputException(ErrorCatalog.TaskUnknown, $"TaskId: {id:D} was given, which this machine's journal does not hold."), id);
        }
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_tasks.Count == 0)
        {
            WriteWarning("No task was given, so no gallery was written.");
            return;
        }

        try
        {
            string path = System.IO.Path.GetFullPath(SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path));
            if (!ShouldProcess(path, "Write a gallery"))
            {
                return;
            }

            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path) ?? path);
            Gallery.Save(path, _tasks, Title, Force);
            WriteObject(FileItem.Of(this, path));
        }
        catch (OutputFileException failure)
        {
            WriteFailure(failure, Path);
        }
        catch (Exception failure) when (SaveOptions.IsPathFault(failure))
        {
            string message = $"Path: '{Path}' was given; allowed: a file in a folder that exists or can be made. {failure.Message}";
            WriteFailure(new OutputFileException(Path, message, exists: false, failure), Path);
        }
    }
}
