using System.Management.Automation;
using Kling.Models;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Looks once at tasks by id, without waiting.</summary>
[Cmdlet(VerbsCommon.Get, "KlingTask", DefaultParameterSetName = "Id")]
[OutputType(typeof(KlingTask))]
public sealed class GetKlingTaskCommand : TaskCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KlingEngine engine = RequireEngine();
        KlingTask[] tasks = [.. ReadTasks(engine)];
        RunToEnd(token => engine.Poller.LookAsync([.. tasks.Where(task => !task.IsTerminal)], token));
        foreach (KlingTask task in tasks)
        {
            WriteObject(task.Snapshot());
        }
    }
}
