using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>The shapes in which a failed generation was seen (protocol note, polling).</summary>
internal static class SandboxFailures
{
    internal static void Describe(SandboxEnvelope envelope, SandboxTask task, SandboxResult result)
    {
        switch (result.Failure)
        {
            case SandboxFaultKind.FailureTopLevel:
                envelope.Add(Failed(task, "timeoutProvider", "The external provider did not answer in time.", null));
                break;
            case SandboxFaultKind.Moderation:
                envelope.Add(Failed(task, "providerContentPolicyViolation", "The provider refused the content.", "simulated: the request was flagged by moderation"));
                break;
            case SandboxFaultKind.FailureFlat:
                envelope.Add(json =>
                {
                    task.WriteStart(json, "error");
                    json.WriteString("code", "providerError");
                    json.WriteString("message", "The provider reported an error.");
                    json.WriteEndObject();
                });
                break;
            case SandboxFaultKind.FailureText:
                envelope.Add(json =>
                {
                    task.WriteStart(json, "error");
                    json.WriteString("error", "The generation failed.");
                    json.WriteEndObject();
                });
                break;
            default:
                envelope.Add(json =>
                {
                    task.WriteStart(json, "error");
                    json.WriteString("videoUUID", result.VideoId);
                    json.WriteStartObject("error");
                    json.WriteString("code", "inferenceError");
                    json.WriteString("message", "The inference failed.");
                    json.WriteEndObject();
                    json.WriteEndObject();
                });
                break;
        }
    }

    private static SandboxError Failed(SandboxTask task, string code, string message, string? content) => new(code, message)
    {
        // A failure says nothing about the look that tells of it: HTTP stays 200.
        Status = 200,
        IsFailure = true,
        ResponseContent = content,
        TaskType = SandboxSchema.Submit,
        TaskId = task.Id,
    };
}
