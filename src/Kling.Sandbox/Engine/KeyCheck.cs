using System.Text.Json;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>Who may call: whoever shows the sandbox's own key, in the header or in a first task.</summary>
internal static class KeyCheck
{
    private const string Scheme = "Bearer ";

    /// <summary>The refusal; null when the key is right.</summary>
    internal static SandboxReply? Refuse(SandboxRequest request, JsonElement tasks) => KeyOf(request, tasks) switch
    {
        SandboxEngine.SandboxKey => null,
        null => FaultReplies.Refusal(401, new SandboxError("missingApiKey", "An API key is required.")
        {
            Parameters = ["apiKey"],
            Type = "string",
            TaskType = SandboxSchema.Authentication,
        }),
        _ => FaultReplies.Refusal(401, FaultReplies.InvalidKey()),
    };

    private static string? KeyOf(SandboxRequest request, JsonElement tasks)
    {
        if (request.Header("Authorization") is { } header)
        {
            return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : string.Empty;
        }

        // The other way to authenticate is a first task that carries the key (protocol note, envelope).
        return SandboxJson.Text(tasks[0], "taskType") == SandboxSchema.Authentication ? SandboxJson.Text(tasks[0], "apiKey") : null;
    }
}
