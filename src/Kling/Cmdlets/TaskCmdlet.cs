using Kling.Binding;
using Kling.Journal;
using Kling.Pipeline;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>The cmdlets that take tasks from the pipeline or by id.</summary>
public abstract class TaskCmdlet : KlingCmdlet
{
    private protected const string TaskSet = "Task";
    private const string IdSet = "Id";
    private readonly HashSet<KlingTask> _open = [];
    private readonly HashSet<Guid> _doubted = [];
    private int _begun;
    private int _ended;
    private bool _isAll;
    private bool _isOver;
    private bool _toldOfUnread;
    private TaskLookup? _lookup;
    private TaskNames? _names;
    private CallBatcher<KlingTask, bool>? _looks;

    /// <summary>Tasks, as New-KlingVideo emitted them.</summary>
    [Parameter(ValueFromPipeline = true, ParameterSetName = TaskSet, Mandatory = true)]
    public KlingTask[] Task { get; set; } = [];

    /// <summary>Ids of tasks, also of other sessions and machines; or their first 8 digits or more, or saved videos or their sidecars.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet, Mandatory = true)]
    [Alias("Id", "TaskUUID")]
    [TaskIdCell]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>The folder that videos are saved to; null for a cmdlet that saves none. Read while another thread works.</summary>
    private protected virtual string? TargetDirectory => null;

    /// <summary>The tasks of this record; those given by id have nothing but that yet.</summary>
    private protected IEnumerable<KlingTask> GivenTasks(KlingServices services)
    {
        Uri endpoint = services.Api.Endpoint;
        _lookup ??= new TaskLookup(services.Journal, endpoint);
        _looks ??= TaskLookup.SharedLooks(services);
        return IsById ? FindIds(services).Select(id => KlingTask.Bare(id, endpoint.AbsoluteUri)) : Task.Where(task => IsHere(task, endpoint));
    }

    private Guid[] FindIds(KlingServices services)
    {
        _names ??= new TaskNames(SessionState.Path, () => services.Journal);
        return _names.Find(TaskId, (failure, name) => WriteFailure(failure, name));
    }

    /// <summary>Whether this record is ids, not tasks. It may change from record to record.</summary>
    private protected bool IsById => ParameterSetName == IdSet;

    /// <summary>Waits in the background for the end of a task, and then does what the cmdlet is for.</summary>
    /// <param name="services">The connection.</param>
    /// <param name="given">The task.</param>
    /// <param name="readsJournal">Whether the journal may know the task better than what was given.</param>
    /// <param name="timeout">Seconds to wait.</param>
    /// <param name="finish">The work with the ended task.</param>
    private protected void Start(KlingServices services, KlingTask given, bool readsJournal, decimal? timeout, Func<KlingTask, CancellationToken, Task> finish)
    {
        Waited = services;
        Track(given);
        Bridge.Start(async token =>
        {
            KlingTask task = given;
            try
            {
                task = readsJournal ? await NewestAsync(given, token).ConfigureAwait(false) : given;
                await LookAgainAsync(task, token).ConfigureAwait(false);
                KlingTask ended = task.IsTerminal
                    ? task
                    : await services.Poller.WaitAsync(task, WaitTime.From(timeout), token).ConfigureAwait(false);
                await finish(ended, token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Bridge.Post(() => WriteFailure(failure, task));
            }

            Bridge.Post(() => WriteUnrecorded(services));
            Untrack(task);
        });
    }

    /// <summary>Writes each failure of an ended task.</summary>
    private protected void WriteErrors(KlingTask task)
    {
        foreach (KlingTaskError error in task.Errors)
        {
            WriteFailure(TaskFailures.For(task, error), task);
        }
    }

    /// <summary>What the progress says is done.</summary>
    private protected abstract string Activity { get; }

    /// <summary>Counts a piece of work that begins.</summary>
    private protected void CountBegun() => _begun++;

    /// <summary>Counts a piece of work that has ended, well or badly. Safe from every thread.</summary>
    private protected void CountEnded() => Interlocked.Increment(ref _ended);

    /// <summary>Work that is open now, named if the user stops the cmdlet.</summary>
    private void Track(KlingTask task)
    {
        CountBegun();
        lock (_open)
        {
            _open.Add(task);
        }
    }

    /// <summary>The open task as the journal knows it, if it does; from now on this is the one that is open.</summary>
    private async Task<KlingTask> NewestAsync(KlingTask given, CancellationToken token)
    {
        KlingTask newest = given;
        try
        {
            newest = await _lookup!.NewestAsync(given, token).ConfigureAwait(false);
        }
        catch (JournalException unread)
        {
            // What is paid is delivered all the same: the service knows the task.
            Bridge.Post(() => WarnOfUnread(unread));
        }

        lock (_open)
        {
            _open.Remove(given);
            _open.Add(newest);
        }

        return newest;
    }

    private void WarnOfUnread(JournalException unread)
    {
        if (!_toldOfUnread)
        {
            _toldOfUnread = true;
            WriteWarning(unread.Message);
        }
    }

    /// <summary>Looks once more at a task that ended with fewer videos than were asked for. Without an answer, it is as it was known.</summary>
    private async Task LookAgainAsync(KlingTask task, CancellationToken token)
    {
        try
        {
            if (task.IsShort)
            {
                await _looks!.AskAsync([task], token).ConfigureAwait(false);
            }
        }
        catch (KlingApiException failure)
        {
            Bridge.Post(() => WriteVerboseLazily(() => failure.Message));
        }
    }

    private void Untrack(KlingTask task)
    {
        CountEnded();
        lock (_open)
        {
            _open.Remove(task);
        }
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Bridge.Idle += WarnOfUnproven;
        ShowProgress(Activity, () =>
        {
            int ended = Volatile.Read(ref _ended);
            return new ProgressState($"{ended} of {_begun} ended", ProgressState.PercentOf(ended, _isAll ? _begun : null));
        });
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _isAll = true;
        FinishWork();
        _isOver = true;
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        NameOpenTasks();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && ShowsWarnings)
        {
            // A reader that had enough (Select-Object -First 1) ends the pipeline without StopProcessing.
            NameOpenTasks();
        }
    }

    /// <summary>Names the tasks that go on, once.</summary>
    private void NameOpenTasks()
    {
        lock (_open)
        {
            if (!_isOver)
            {
                _isOver = true;
                DetachNotice.Show(Host, _open, TargetDirectory);
            }
        }
    }

    /// <summary>Says once of each task that nothing shows that the service has it. An id may be mistyped, and a wait is long.</summary>
    private void WarnOfUnproven()
    {
        KlingTask[] doubtful;
        lock (_open)
        {
            doubtful = [.. _open.Where(task => task.BillingState == BillingState.Unknown && !_doubted.Contains(task.TaskId))];
        }

        foreach (KlingTask task in doubtful.Where(task => Waited?.Poller.IsUnproven(task.TaskId) == true))
        {
            _doubted.Add(task.TaskId);
            WriteWarning($"Nothing shows so far that the service has task {task.TaskId:D}: it says no more than of an id that was never submitted. "
                + (task.Model is null ? "Is the id right?" : "It was being sent when its command ended. Save-KlingVideo and Wait-KlingTask wait 10 minutes for a sign of it."));
        }
    }

    private bool IsHere(KlingTask task, Uri endpoint)
    {
        if (task.Endpoint is null || task.Endpoint == endpoint.AbsoluteUri)
        {
            return true;
        }

        WriteFailure(new InputException(ErrorCatalog.InvalidRequest,
            $"Task: {task.TaskId:D} lives at {task.Endpoint}, and this session is connected to {endpoint.AbsoluteUri}; "
            + "allowed: tasks of the connected service.", $"Get-KlingConnection"), task);
        return false;
    }
}
