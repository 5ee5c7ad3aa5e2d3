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
                Add(envelope, task, json => json.WriteBoolean("pong", true));
                break;
            case SandboxSchema.Authentication:
                Add(envelope, task, json => json.WriteString("connectionSessionUUID", _session));
                break;
            case SandboxSchema.ImageUpload:
                Upload(envelope, task, "image", "imageUUID", "imageURL");
                break;
            case SandboxSchema.MediaStorage:
                Storage(envelope, task);
                break;
            default:
                Account(envelope, task, billed, requests);
                break;
        }
    }

    private void Storage(SandboxEnvelope envelope, JsonElement task)
    {
        switch (SandboxJson.Text(task, "operation"))
        {
            case "upload":
                Upload(envelope, task, "media", "mediaUUID", "mediaURL");
                break;
            case "delete":
                Delete(envelope, task);
                break;
            default:
                envelope.Add(Refusal(task, "invalidOperation", "operation", "upload", "delete"));
                break;
        }
    }

    /// <summary>Stores an image. Its new address serves it only if its bytes are kept; an image given as an address has none.</summary>
    private void Upload(SandboxEnvelope envelope, JsonElement task, string field, string idName, string addressName)
    {
        if (!task.TryGetProperty(field, out JsonElement value) || SandboxImage.Read(value, isUpload: true) is not { } image)
        {
            envelope.Add(Refusal(task, "invalidValueUploadFailed", field));
            return;
        }

        media.Add(image);
        Add(envelope, task, json =>
        {
            if (SandboxJson.Text(task, "operation") is { } operation)
            {
                json.WriteString("operation", operation);
            }

            json.WriteString(idName, image.MediaId);
            json.WriteString(addressName, new Uri(ImageDownloads.Folder(videoBase), image.MediaId.ToString("D")).AbsoluteUri);
        });
    }

    private void Delete(SandboxEnvelope envelope, JsonElement task)
    {
        if (!SandboxIds.TryParse(SandboxJson.Text(task, "media"), out Guid id) || !media.Delete(id))
        {
            envelope.Add(Refusal(task, "mediaNotFound", "media"));
            return;
        }

        Add(envelope, task, json =>
        {
            json.WriteString("operation", "delete");
            json.WriteString("mediaUUID", id);
        });
    }

    private void Account(SandboxEnvelope envelope, JsonElement task, decimal billed, int requests)
    {
        if (SandboxJson.Text(task, "operation") != "getDetails")
        {
            envelope.Add(Refusal(task, "invalidOperation", "operation", "getDetails"));
            return;
        }

        Add(envelope, task, json =>
        {
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
        });
    }

    private static SandboxError Refusal(JsonElement task, string code, string parameter, params string[] allowed) =>
        new(code, $"Processing parameter '{parameter}' failed.")
        {
            Parameters = [parameter],
            AllowedTexts = allowed,
            TaskType = SandboxJson.Text(task, "taskType"),
            TaskId = SandboxJson.TaskId(task),
        };

    private static void Add(SandboxEnvelope envelope, JsonElement task, Action<Utf8JsonWriter> fields) => envelope.Add(json =>
    {
        json.WriteString("taskType", SandboxJson.Text(task, "taskType"));
        if (SandboxJson.TaskId(task) is { } id)
        {
            json.WriteString("taskUUID", id);
        }

        fields(json);
    });
}
