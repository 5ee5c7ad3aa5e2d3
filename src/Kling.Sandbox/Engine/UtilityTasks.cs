using System.Text.Json;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>The tasks beside video: ping, authentication, uploads, account. Not thread-safe.</summary>
internal sealed class UtilityTasks(Uri videoBase, decimal balance, MediaStore media)
{
    private static readonly string[] s_spans = ["total", "today", "last7Days", "last30Days"];

    private readonly string _session = SandboxIds.FromText("session").ToString("D");

    /// <summary>Answers one of these tasks, already known to have no unknown fields.</summary>
    internal void Answer(SandboxEnvelope envelope, string type, JsonElement task, decimal billed, int requests)
    {
        switch (type)
        {
            case SandboxSchema.Ping:
                envelope.Add(json =>
                {
                    Start(json, type, task);
                    json.WriteBoolean("pong", true);
                    json.WriteEndObject();
                });
                break;
            case SandboxSchema.Authentication:
                envelope.Add(json =>
                {
                    Start(json, type, task);
                    json.WriteString("connectionSessionUUID", _session);
                    json.WriteEndObject();
                });
                break;
            case SandboxSchema.ImageUpload:
                Upload(envelope, type, task, "image", "imageUUID", "imageURL");
                break;
            case SandboxSchema.MediaStorage:
                Storage(envelope, type, task);
                break;
            default:
                Account(envelope, type, task, billed, requests);
                break;
        }
    }

    private void Storage(SandboxEnvelope envelope, string type, JsonElement task)
    {
        switch (SandboxJson.Text(task, "operation"))
        {
            case "upload":
                Upload(envelope, type, task, "media", "mediaUUID", "mediaURL");
                break;
            case "delete":
                Delete(envelope, type, task);
                break;
            default:
                envelope.Add(Refusal(task, "invalidOperation", "operation", "upload", "delete"));
                break;
        }
    }

    /// <summary>Stores an image. Its address serves it where its bytes are kept: not those of an image given as an address itself.</summary>
    private void Upload(SandboxEnvelope envelope, string type, JsonElement task, string field, string idName, string addressName)
    {
        if (!task.TryGetProperty(field, out JsonElement value) || SandboxImage.Read(value, isUpload: true) is not { } image)
        {
            envelope.Add(Refusal(task, "invalidValueUploadFailed", field));
            return;
        }

        media.Add(image);
        envelope.Add(json =>
        {
            Start(json, type, task);
            if (type == SandboxSchema.MediaStorage)
            {
                json.WriteString("operation", "upload");
            }

            json.WriteString(idName, image.MediaId);
            json.WriteString(addressName, new Uri(ImageDownloads.Folder(videoBase), image.MediaId.ToString("D")).AbsoluteUri);
            json.WriteEndObject();
        });
    }

    private void Delete(SandboxEnvelope envelope, string type, JsonElement task)
    {
        if (!SandboxIds.TryParse(SandboxJson.Text(task, "media"), out Guid id) || !media.Delete(id))
        {
            envelope.Add(Refusal(task, "mediaNotFound", "media"));
            return;
        }

        envelope.Add(json =>
        {
            Start(json, type, task);
            json.WriteString("operation", "delete");
            json.WriteString("mediaUUID", id);
            json.WriteEndObject();
        });
    }

    private void Account(SandboxEnvelope envelope, string type, JsonElement task, decimal billed, int requests)
    {
        if (SandboxJson.Text(task, "operation") != "getDetails")
        {
            envelope.Add(Refusal(task, "invalidOperation", "operation", "getDetails"));
            return;
        }

        envelope.Add(json =>
        {
            Start(json, type, task);
            json.WriteString("operation", "getDetails");
            json.WriteString("organizationUUID", SandboxIds.FromText("organization"));
            json.WriteString("organizationName", "Sandbox");
            json.WriteString("AIRSource", "sandbox");
            json.WriteNumber("balance", balance - billed);
            json.WriteStartArray("team");
            json.WriteEndArray();
            json.WriteStartArray("apiKeys");
            json.WriteEndArray();
            json.WriteStartObject("usage");
            foreach (string span in s_spans)
            {
                json.WriteStartObject(span);
                json.WriteNumber("credits", billed);
                json.WriteNumber("requests", requests);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static SandboxError Refusal(JsonElement task, string code, string parameter, params string[] allowed) =>
        new(code, $"Processing parameter '{parameter}' failed.")
        {
            Parameters = [parameter],
            AllowedTexts = allowed,
            TaskType = SandboxJson.Text(task, "taskType"),
            TaskId = SandboxIds.TryParse(SandboxJson.Text(task, "taskUUID"), out Guid id) ? id : null,
        };

    private static void Start(Utf8JsonWriter json, string type, JsonElement task)
    {
        json.WriteStartObject();
        json.WriteString("taskType", type);
        if (SandboxIds.TryParse(SandboxJson.Text(task, "taskUUID"), out Guid id))
        {
            json.WriteString("taskUUID", id);
        }
    }
}

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
