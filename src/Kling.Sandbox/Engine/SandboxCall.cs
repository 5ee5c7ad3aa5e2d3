using System.Text.Json;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>What is noted about one request while it is answered; it becomes the log entry.</summary>
internal sealed class SandboxCall(DateTimeOffset now)
{
    internal DateTimeOffset Now { get; } = now;

    internal List<string> TaskTypes { get; } = [];

    internal List<Guid> TaskIds { get; } = [];

    internal SandboxFaultKind? Fault { get; set; }

    internal string Summary { get; set; } = string.Empty;

    internal int Accepted { get; set; }

    /// <summary>Notes the known types and readable ids of the tasks; unreadable text may be anything and is not noted.</summary>
    internal void Note(JsonElement tasks)
    {
        foreach (JsonElement task in tasks.EnumerateArray())
        {
            if (SandboxJson.Text(task, "taskType") is { } type && (type == SandboxSchema.Submit || SandboxSchema.Utilities.ContainsKey(type)))
            {
                TaskTypes.Add(type);
            }

            if (SandboxIds.TryParse(SandboxJson.Text(task, "taskUUID"), out Guid id))
            {
                TaskIds.Add(id);
            }
        }
    }

    /// <summary>The class of request for which faults are scripted; a submit counts first.</summary>
    internal SandboxFaultTarget Target =>
        TaskTypes.Contains(SandboxSchema.Submit) ? SandboxFaultTarget.Submit
        : TaskTypes.Contains(SandboxSchema.Poll) ? SandboxFaultTarget.Poll
        : TaskTypes.Contains(SandboxSchema.Details) ? SandboxFaultTarget.Details
        : SandboxFaultTarget.Any;

    internal int Looks => TaskTypes.Count(type => type == SandboxSchema.Poll);
}
