using Kling.Batch;
using Kling.Binding;
using Kling.Paths;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Downloads the videos of tasks, waiting where needed, and emits the checked files.</summary>
[Cmdlet(VerbsData.Save, "KlingVideo", DefaultParameterSetName = TaskSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveKlingVideoCommand : TaskCmdlet
{
    private const string VideoSet = "Video";
    private SaveOptions? _options;
    private int _videos;

    /// <summary>Videos without their tasks, as in the Videos of a task. Each is named by its id, and gets no sidecar.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = VideoSet, Mandatory = true)]
    public KlingVideo[] Video { get; set; } = [];

    /// <summary>The folder to save to; it is made when it does not exist. The current location when left out.</summary>
    [Parameter(Position = 1)]
    public string OutDirectory { get; set; } = ".";

    /// <summary>How the videos are named, with fields such as {Source}, {Prompt}, {Seed} and {Date}.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FileNameCompleter))]
    public string? FileName { get; set; }

    /// <summary>Writes no sidecar (name.kling.json) beside the videos.</summary>
    [Parameter]
    public SwitchParameter NoSidecar { get; set; }

    /// <summary>Seconds to wait for each task; 1800 when left out, 0 looks once, -1 has no limit.</summary>
    [Parameter]
    [TimeoutCell]
    public decimal? Timeout { get; set; }

    /// <summary>How many tasks are waited for and saved at once; 4 when left out.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>Overwrites files that are already there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string? TargetDirectory => _options?.Directory;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        KlingServices services = KlingSession.Services();
        _options ??= SaveOptions.From(SessionState.Path, OutDirectory, FileName, !NoSidecar, Force, prepare: !IsWhatIf);
        _options.Transfers = Transfers;
        _options.DownloadTime = WaitTime.ForDownload(Timeout);
        if (ParameterSetName == VideoSet)
        {
            SaveVideos(services, _options);
            return;
        }

        bool isBare = IsById;
        foreach (KlingTask task in GivenTasks(services))
        {
            if (ShouldProcess(task.TaskId.ToString("D"), $"Save to {OutDirectory}"))
            {
                Start(services, task, readsJournal: isBare, Timeout);
                Bridge.Drain(ThrottleLimit - 1);
            }
        }
    });

    private protected override string Activity => "Saving Kling videos";

    private protected override string DoneWord => "saved";

    private protected override int MostAtOnce => ThrottleLimit;

    private void SaveVideos(KlingServices services, SaveOptions options)
    {
        if (options.TaskField is string field)
        {
            throw new InputException(ErrorCatalog.InvalidRequest,
                $"FileName: '{FileName}' was given; allowed for videos without their task: templates without {{{field}}}.",
                $"Get-KlingTask -Last 20 | Save-KlingVideo -FileName {FileName!} # the tasks instead of their videos")
            {
                Target = FileName,
            };
        }

        CountGiven(Video.Length);
        foreach (KlingVideo video in Video)
        {
            int index = _videos++;
            if (ShouldProcess(video.VideoId, $"Save to {OutDirectory}"))
            {
                CountBegun();
                Bridge.Start(token => SaveAsync(services, video, index, options, token));
                Bridge.Drain(ThrottleLimit - 1);
            }
        }
    }

    private async Task SaveAsync(KlingServices services, KlingVideo video, int index, SaveOptions options, CancellationToken token)
    {
        bool isDone = false;
        try
        {
            string path = await VideoSaver.SaveAsync(services, video, index, options, token).ConfigureAwait(false);
            isDone = true;
            Bridge.Post(() => WriteFile(path, "Video", video));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Bridge.Post(() => WriteFailure(failure, video));
        }

        CountEnded(isDone, video);
    }

    private protected override async Task<bool> FinishAsync(KlingServices services, KlingTask task, CancellationToken token)
    {
        KlingTask ended = task.Snapshot();
        Bridge.Post(() => WriteErrors(ended));
        bool isDone = true;
        await VideoSaver.SaveAllAsync(services, task, _options!, file =>
        {
            TellNow(() => $"Task {task.TaskId:D}: {PriceText.Saved(file)}");
            Bridge.Post(() => WriteFile(file, "Task", task.Snapshot()));
        }, failure =>
        {
            isDone = false;
            Bridge.Post(() => WriteFailure(failure, task));
        }, token).ConfigureAwait(false);
        return isDone;
    }

    private void WriteFile(string path, string name, object origin)
    {
        PSObject file = FileItem.Of(this, path);
        file.Properties.Add(new PSNoteProperty(name, origin));
        WriteObject(file);
    }
}
