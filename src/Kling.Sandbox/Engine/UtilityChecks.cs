using System.Text.Json;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>Checks the tasks beside <c>videoInference</c>: no unknown fields, and an id where one is needed.</summary>
internal static class UtilityChecks
{
    internal static bool Check(SandboxEnvelope envelope, JsonElement task, string type, string[] fields)
    {
        var errors = new List<SandboxError>();
        Guid? named = SandboxIds.TryParse(SandboxJson.Text(task, "taskUUID"), out Guid id) ? id : null;
        foreach (JsonProperty property in task.EnumerateObject())
        {
            if (property.Name is not ("taskType" or "taskUUID") && Array.IndexOf(fields, property.Name) < 0)
            {
                errors.Add(SandboxValidator.Unknown(property.Name));
            }
        }

        // A key check may come without an id.
        if (named is null && (task.TryGetProperty("taskUUID", out _) || type is not (SandboxSchema.Authentication or SandboxSchema.Ping)))
        {
            errors.Add(new SandboxError("invalidTaskUUID", "Parameter 'taskUUID' must be a UUID v4.") { Parameters = ["taskUUID"], Type = "string" });
        }

        foreach (SandboxError error in errors)
        {
            error.TaskType = type;
            error.TaskId = named;
            envelope.Add(error);
        }

        return errors.Count == 0;
    }
}
