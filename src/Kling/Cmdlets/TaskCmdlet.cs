using Kling.Batch;
using Kling.Binding;
using Kling.Journal;
using Kling.Pipeline;
using Kling.Requests;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>The cmdlets that take tasks from the pipeline or by id.</summary>
public abstract class TaskCmdlet : KlingCmdlet
{
    private protected const string TaskSet = "Task";
    private const string IdSet = "Id";
    private readonly HashSet<KlingTask> _open = [];
    private readonly HashSet<Guid> _doubted = [];
    private readonly DateTimeOffset _start = SystemClock.Instance.Steady;
    private readonly List<object> _failedRows = [];
    private KlingBatchSummary? _summary;
    private int _begun;
    private int _done;
    private int _failed;
    private int _leftOpen;
    private decimal _billed;
    private decimal _estimated;
    private int? _total;
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

    /// <summary>
    /// The name of a variable, without a dollar sign, that gets what came of the command: how many tasks are done, failed and open, the money,
    /// the time, and what failed. A plus sign before the name adds to what the variable holds.
    /// </summary>
    [Parameter]
    public string? SummaryVariable { get; set; }

    /// <summary>The folder that videos are saved to; null for a cmdlet that saves none. Read while another thread works.</summary>
    private protected virtual string? TargetDirectory => null;

    /// <summary>The tasks of this record; those given by id have nothing but that yet.</summary>
    private protected IEnumerable<KlingTask> GivenTasks(KlingServices services)
    {
        Uri endpoint = services.Api.Endpoint;
        _lookup ??= new TaskLookup(services.Journal, endpoint);
        _looks ??= TaskLookup.SharedLooks(services);
        if (!IsById)
        {
            CountGiven(Task.Length);
            return Task.Where(task => IsHere(task, endpoint));
        }

        Guid[] ids = FindIds(services);
        CountGiven(ids.Length);
        return ids.Select(id => KlingTask.Bare(id, endpoint.AbsoluteUri));
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
    private protected void Start(KlingServices services, KlingTask given, bool readsJournal, decimal? timeout)
    {
        Waited = services;
        Track(given);
        Bridge.Start(async token =>
        {
            KlingTask task = given;
            bool isDone = false;
            try
            {
                task = readsJournal ? await NewestAsync(given, token).ConfigureAwait(false) : given;
                await LookAgainAsync(task, token).ConfigureAwait(false);
                KlingTask ended = task.IsTerminal
                    ? task
                    : await services.Poller.WaitAsync(task, WaitTime.From(timeout), token).ConfigureAwait(false);
                TellEnd(ended);
                isDone = await FinishAsync(services, ended, token).ConfigureAwait(false) && ended.Status == KlingTaskStatus.Succeeded;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                PostFailure(failure, task);
            }

            Bridge.Post(() => WriteUnrecorded(services));
            Untrack(task, isDone);
        });
    }

    /// <summary>Does what the cmdlet is for with an ended task; false where a part of it failed.</summary>
    private protected abstract Task<bool> FinishAsync(KlingServices services, KlingTask ended, CancellationToken token);

    // Methods of their own: what a lambda needs is held from the start of the method around it, for each of thousands of open tasks.
    private void TellEnd(KlingTask ended) => TellNow(() => $"Task {ended.TaskId:D}: {PriceText.Ending(ended)}");

    private void PostFailure(Exception failure, KlingTask task) => Bridge.Post(() => WriteFailure(failure, task));

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

    /// <summary>What the command calls a task that is done.</summary>
    private protected abstract string DoneWord { get; }

    /// <summary>How many tasks are waited for at once.</summary>
    private protected virtual int MostAtOnce => int.MaxValue;

    /// <summary>Learns how many there are in all, where nothing is piped.</summary>
    private protected void CountGiven(int count) => _total ??= MyInvocation.ExpectingInput ? null : count;

    /// <summary>Counts a piece of work that begins.</summary>
    private protected void CountBegun() => _begun++;

    /// <summary>Counts a piece of work that has ended. Safe from every thread.</summary>
    private protected void CountEnded(bool isDone, object row)
    {
        lock (_open)
        {
            _done += isDone ? 1 : 0;
            _failed += isDone ? 0 : 1;
            if (!isDone && _summary is not null)
            {
                _failedRows.Add(row);
            }
        }
    }

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

    private void Untrack(KlingTask task, bool isDone)
    {
        lock (_open)
        {
            _open.Remove(task);
            if (task.BillingState != BillingState.NotCharged)
            {
                _billed += ReportedCost.Of(task) ?? 0m;
                _estimated += ReportedCost.EstimateOf(task) ?? 0m;
            }
        }

        if (task.IsTerminal)
        {
            CountEnded(isDone, task);
        }
        else
        {
            Interlocked.Increment(ref _leftOpen);
        }
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _summary = SetSummary(SummaryVariable);
        base.BeginProcessing();
        Bridge.Idle += WarnOfUnproven;
        ShowProgress(Activity, Progress);
    }

    private ProgressState Progress()
    {
        int ended;
        string counts;
        TimeSpan? left;
        lock (_open)
        {
            ended = _done + _failed + _leftOpen;
            counts = (_total is int all ? $"{_done} of {all}" : $"{_done} {DoneWord}") + (_failed > 0 ? $", {_failed} failed" : "")
                + (_begun > ended ? $", {_begun - ended} open" : "");
            left = _total is int total ? TimeLeft(_open.Where(task => !task.IsTerminal), total - _begun, MostAtOnce) : null;
        }

        return ProgressState.Of(counts, null, SystemClock.Instance.Steady - _start, left, ProgressState.PercentOf(ended, _total));
    }

    /// <summary>Says what came of several tasks.</summary>
    private void SumUp()
    {
        if (_begun > 1)
        {
            string failed = _failed > 0 ? $", {_failed} failed" : "";
            string open = _leftOpen > 0 ? $", {_leftOpen} open" : "";
            string advice = _failed > 0 ? "; what failed: $Error or -ErrorVariable" : "";
            Say($"{_done} {DoneWord}{failed}{open} in {NumberText.Duration(SystemClock.Instance.Steady - _start)}{advice}");
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _total ??= _begun;
        FinishWork();
        _isOver = true;
        SumUp();
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        ShowStopped();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
        {
            return;
        }

        if (ShowsWarnings)
        {
            // A reader that had enough (Select-Object -First 1) ends the pipeline without StopProcessing.
            ShowStopped();
        }

        if (_summary is not null)
        {
            (_summary.Done, _summary.Failed, _summary.Open) = (_done, _failed, _begun - _done - _failed);
            (_summary.Billed, _summary.Estimated, _summary.Elapsed) = (_billed, _estimated, SystemClock.Instance.Steady - _start);
            _summary.FailedRows = _failedRows;
        }
    }

    /// <summary>Says what is left behind, once.</summary>
    private void ShowStopped()
    {
        lock (_open)
        {
            if (!_isOver)
            {
                _isOver = true;
                DetachNotice.Show(Host, new StoppedWork
                {
                    Tasks = _open,
                    Directory = TargetDirectory,
                    Done = _done,
                    Failed = _failed,
                    HasMoreInput = MyInvocation.ExpectingInput && _total is null,
                });
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
