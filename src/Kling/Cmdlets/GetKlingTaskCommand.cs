using System.Management.Automation;
using Kling.Binding;
using Kling.Errors;
using Kling.Journal;
using Kling.Models;
using Kling.Pipeline;
using Kling.Session;
using Kling.Support;

namespace Kling.Cmdlets;

/// <summary>Looks once at tasks, without waiting: this machine's tasks from the journal, or any task by its id.</summary>
[Cmdlet(VerbsCommon.Get, "KlingTask", DefaultParameterSetName = ListSet)]
[OutputType(typeof(KlingTask))]
public sealed class GetKlingTaskCommand : KlingCmdlet
{
    private const string ListSet = "List";
    private const string IdSet = "Id";
    private const int LookSize = 200;

    // Bounded, so that an endless producer of ids cannot outrun the reader.
    private const int MostAtOnce = 200;
    private readonly Dictionary<int, Action> _ready = [];
    private TaskLookup? _lookup;
    private CallBatcher<KlingTask, bool>? _looks;
    private int _begun;
    private int _written;

    /// <summary>Ids of tasks, also of other sessions and machines.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet, Mandatory = true)]
    [Alias("Id", "TaskUUID")]
    [TaskIdCell]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public Guid[] TaskId { get; set; } = [];

    /// <summary>Only the newest tasks.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Only tasks that stand like this, in the journal or after the look.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public KlingTaskStatus[]? Status { get; set; }

    /// <summary>Only tasks sent since this time.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Stays offline: shows what the journal says, open tasks included.</summary>
    [Parameter]
    public SwitchParameter Local { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            KlingEngine? engine = Local ? null : KlingSession.Engine();
            Uri endpoint = engine?.Api.Endpoint ?? KlingSession.Address();
            TaskJournal journal = engine?.Journal ?? new JournalFolder().Open(endpoint, SystemClock.Instance);
            _looks ??= engine is null ? null : SharedLooks(engine);
            if (ParameterSetName == IdSet)
            {
                _lookup ??= new TaskLookup(journal, endpoint);
                ShowParts(engine, [.. TaskId.Distinct()], (ids, token) => _lookup.ByIdAsync(ids, token), MostAtOnce);
                return;
            }

            KlingTask[] found = [.. journal.Select(Last, Since, task => Matches(task) || (engine is not null && IsOpen(task)))];
            ShowParts(engine, found, (some, _) => Task.FromResult(some), 0);
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, null));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => FinishWork();

    private static CallBatcher<KlingTask, bool> SharedLooks(KlingEngine engine) => new(async (tasks, token) =>
    {
        await engine.Poller.LookAsync(tasks, token).ConfigureAwait(false);
        return true;
    });

    private void ShowParts<T>(KlingEngine? engine, T[] asked, Func<IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<KlingTask>>> find, int allowedRunning)
    {
        for (int start = 0; start < asked.Length; start += LookSize)
        {
            T[] part = [.. asked.Skip(start).Take(LookSize)];
            Begin(engine, token => find(part, token));
            Bridge.Drain(allowedRunning);
        }
    }

    /// <summary>Finds and looks in the background, so that ids that come one by one share readings and requests; writes in the order of the records.</summary>
    private void Begin(KlingEngine? engine, Func<CancellationToken, Task<IReadOnlyList<KlingTask>>> find)
    {
        int turn = _begun++;
        Bridge.Start(async token =>
        {
            Action write;
            try
            {
                IReadOnlyList<KlingTask> tasks = await find(token).ConfigureAwait(false);
                bool[] matched = [.. tasks.Select(Matches)];
                Exception? failure = await LookAsync([.. tasks.Where(IsOpen)], token).ConfigureAwait(false);
                write = () => Write(engine, tasks, matched, failure);
            }
            catch (JournalException failure)
            {
                write = () => ThrowTerminatingError(ErrorCatalog.ToRecord(failure, null));
            }

            Bridge.Post(() => WriteInTurn(turn, write));
        });
    }

    /// <summary>Looks; a failure comes beside what the journal knows, since an unreachable service says nothing about the tasks.</summary>
    private async Task<Exception?> LookAsync(KlingTask[] open, CancellationToken token)
    {
        try
        {
            if (_looks is not null && open.Length > 0)
            {
                await _looks.AskAsync(open, token).ConfigureAwait(false);
            }

            return null;
        }
        catch (KlingApiException failure)
        {
            return failure;
        }
    }

    private void WriteInTurn(int turn, Action write)
    {
        _ready.Add(turn, write);
        while (_ready.TryGetValue(_written, out Action? next))
        {
            _ready.Remove(_written++);
            next();
        }
    }

    private void Write(KlingEngine? engine, IReadOnlyList<KlingTask> tasks, bool[] matched, Exception? failure)
    {
        if (failure is not null)
        {
            WriteError(ErrorCatalog.ToRecord(failure, null));
        }

        for (int i = 0; i < tasks.Count; i++)
        {
            if (matched[i] || Matches(tasks[i]))
            {
                WriteObject(tasks[i].Snapshot());
            }
        }

        if (engine is not null)
        {
            WriteUnrecorded(engine);
        }
    }

    private bool Matches(KlingTask task) => Status is null || Status.Contains(task.Status);

    private static bool IsOpen(KlingTask task) => !task.IsTerminal;
}
