using System.Management.Automation;
using Kling.Binding;
using Kling.Errors;
using Kling.Journal;
using Kling.Models;
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
            IEnumerable<KlingTask> found = ParameterSetName == IdSet
                ? TaskLookup.ById(journal, endpoint, TaskId)
                : journal.Select(Last, Since, task => Matches(task) || (engine is not null && IsOpen(task)));
            Show([.. found], engine);
        }
        catch (Exception failure) when (failure is InputException or JournalException)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(failure, null));
        }
    }

    private void Show(KlingTask[] tasks, KlingEngine? engine)
    {
        for (int start = 0; start < tasks.Length; start += LookSize)
        {
            KlingTask[] some = [.. tasks.Skip(start).Take(LookSize)];
            bool[] matched = [.. some.Select(Matches)];
            KlingTask[] open = [.. some.Where(IsOpen)];
            if (engine is not null && open.Length > 0)
            {
                Look(engine, open);
            }

            for (int i = 0; i < some.Length; i++)
            {
                if (matched[i] || Matches(some[i]))
                {
                    WriteObject(some[i].Snapshot());
                }
            }

            if (engine is not null)
            {
                WriteUnrecorded(engine);
            }
        }
    }

    private void Look(KlingEngine engine, KlingTask[] open) => RunToEnd(async token =>
    {
        try
        {
            await engine.Poller.LookAsync(open, token).ConfigureAwait(false);
        }
        catch (KlingApiException failure)
        {
            // What the journal knows is still shown: an unreachable service says nothing about the tasks.
            Bridge.Post(() => WriteError(ErrorCatalog.ToRecord(failure, null)));
        }
    });

    private bool Matches(KlingTask task) => Status is null || Status.Contains(task.Status);

    private static bool IsOpen(KlingTask task) => !task.IsTerminal;
}
