using System.Runtime.ExceptionServices;
using Kling.Binding;
using Kling.Journal;
using Kling.Pipeline;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Looks once at tasks, without waiting: this machine's tasks from the journal, or any task by its id.</summary>
[Cmdlet(VerbsCommon.Get, "KlingTask", DefaultParameterSetName = ListSet)]
[OutputType(typeof(KlingTask))]
public sealed class GetKlingTaskCommand : KlingCmdlet
{
    private const string ListSet = "List";
    private const string IdSet = "Id";
    private const int LookSize = 200;

    // A listing looks again at a task that ended with too few videos, but not at every such task of the past. An address lives about as long.
    private static readonly TimeSpan s_mayHaveMore = TimeSpan.FromDays(7);

    // Bounded, so that an endless producer of ids cannot outrun the reader.
    private const int MostAtOnce = 200;

    // Ids that come one by one share readings of the journal and requests, and are written in the order of the records.
    private readonly Dictionary<int, Action> _ready = [];
    private TaskJournal? _journal;
    private TaskLookup? _lookup;
    private TaskNames? _names;
    private CallBatcher<KlingTask, bool>? _looks;
    private int _begun;
    private int _written;

    /// <summary>Ids of tasks, also of other sessions and machines; or their first 8 digits or more, or saved videos or their sidecars.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet, Mandatory = true)]
    [Alias("Id", "TaskUUID")]
    [TaskIdCell]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public string[] TaskId { get; set; } = [];

    /// <summary>Only the newest tasks.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Only tasks that stand like this, in the journal or after the look.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ChoiceCell("Status", list: true)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string[]? Status { get; set; }

    /// <summary>Only tasks sent since this time: a date, or a TimeSpan back from now.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [SinceCell]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Only tasks that are open or unknown, and those that ended with a video that is not saved.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public SwitchParameter Unsaved { get; set; }

    /// <summary>Stays offline: shows what the journal says, open tasks included.</summary>
    [Parameter]
    public SwitchParameter Local { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(() =>
    {
        KlingServices? services = Local ? null : Connected();
        Uri endpoint = services?.Api.Endpoint ?? KlingSession.Address();
        TaskJournal journal = _journal = services?.Journal ?? KlingSession.OpenJournal(endpoint);
        if (ParameterSetName == IdSet)
        {
            _lookup ??= new TaskLookup(journal, endpoint);
            _looks ??= services is null ? null : TaskLookup.SharedLooks(services);
            ShowByIds(services, _lookup);
        }
        else
        {
            ShowList(services, journal);
        }
    });

    /// <summary>The connection; where there is none, the error says what is there without one.</summary>
    private static KlingServices Connected()
    {
        try
        {
            return KlingSession.Services();
        }
        catch (InputException missing) when (missing.Id == ErrorCatalog.NotConnected && KlingSession.HasAddress)
        {
            throw new InputException(missing.Id, $"{missing.Message} What this machine recorded is there without a key: Get-KlingTask -Local.",
                $"Get-KlingTask -Last 20 -Local # or connect first: Connect-Kling");
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(FinishWork);

    private void ShowList(KlingServices? services, TaskJournal journal)
    {
        KlingTask[] found = [.. journal.Select(Last, Since,
            task => Matches(task) || (services is not null && (!task.IsTerminal || (Unsaved && NeedsLook(task)))))];
        foreach (KlingTask[] part in found.Chunk(LookSize))
        {
            RunToEnd(async token =>
            {
                Action write = await LookAsync(services, part, open => services!.Poller.LookAsync(open, token)).ConfigureAwait(false);
                Bridge.Post(write);
            });
        }
    }

    private void ShowByIds(KlingServices? services, TaskLookup lookup)
    {
        _names ??= new TaskNames(SessionState.Path, () => _journal!);
        foreach (Guid[] ids in _names.Find(TaskId, (failure, name) => WriteFailure(failure, name)).Chunk(LookSize))
        {
            int turn = _begun++;
            Bridge.Start(async token =>
            {
                Action write;
                try
                {
                    IReadOnlyList<KlingTask> tasks = await lookup.ByIdAsync(ids, token).ConfigureAwait(false);
                    write = await LookAsync(services, tasks, open => _looks!.AskAsync(open, token)).ConfigureAwait(false);
                }
                catch (JournalException failure)
                {
                    write = ExceptionDispatchInfo.Capture(failure).Throw;
                }

                Bridge.Post(() => WriteInTurn(turn, write));
            });
            Bridge.Drain(MostAtOnce);
        }
    }

    private bool NeedsLook(KlingTask task) => !task.IsTerminal
        || (task.IsShort && (ParameterSetName == IdSet || !(task.CompletedAt < SystemClock.Instance.UtcNow - s_mayHaveMore)));

    /// <summary>Looks at the tasks that may have news, and returns what is then to be written.</summary>
    private async Task<Action> LookAsync(KlingServices? services, IReadOnlyList<KlingTask> tasks, Func<KlingTask[], Task> look)
    {
        bool[] matched = [.. tasks.Select(Matches)];
        KlingTask[] open = [.. tasks.Where(NeedsLook)];
        KlingApiException? failure = null;
        try
        {
            if (services is not null && open.Length > 0)
            {
                await look(open).ConfigureAwait(false);
            }
        }
        catch (KlingApiException unreachable)
        {
            // It is written beside what the journal knows: an unreachable service says nothing about the tasks.
            failure = unreachable;
        }

        return () => Write(services, tasks, matched, failure);
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

    private void Write(KlingServices? services, IReadOnlyList<KlingTask> tasks, bool[] matched, KlingApiException? failure)
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

        if (services is not null)
        {
            WriteUnrecorded(services);
        }
        else
        {
            WarnOfDamage(_journal!);
        }
    }

    private bool Matches(KlingTask task) => (Status is null || Status.Contains(task.Status)) && (!Unsaved || task.IsUnsaved);
}
