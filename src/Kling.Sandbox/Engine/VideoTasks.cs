using System.Text.Json;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>The video tasks: submits and the two ways of looking at them. Not thread-safe.</summary>
internal sealed class VideoTasks(SandboxOptions options, Uri videoBase, TaskStore store, FaultScript faults, MediaStore media)
{
    private readonly TaskFactory _factory = new(options.GenerationDelay, options.MaxGenerationDelay, options.Seed);

    /// <summary>Validates and accepts one task; null when it was refused.</summary>
    internal SandboxTask? Submit(SandboxEnvelope envelope, JsonElement item, DateTimeOffset now)
    {
        IReadOnlyList<SandboxError> violations = SandboxValidator.Check(item, out SandboxImage? image);
        if (violations.Count > 0)
        {
            Guid? named = SandboxIds.TryParse(SandboxJson.Text(item, "taskUUID"), out Guid id) ? id : null;
            foreach (SandboxError violation in violations)
            {
                violation.TaskType = SandboxSchema.Submit;
                violation.TaskId = named;
                envelope.Add(violation);
            }

            return null;
        }

        return IsRepeat(envelope, item) || IsUnusable(envelope, item, image!) ? null : Accept(envelope, item, image!, now);
    }

    /// <summary>Answers one <c>getResponse</c>.</summary>
    /// <param name="envelope">The reply.</param>
    /// <param name="id">The id looked at.</param>
    /// <param name="now">The time.</param>
    /// <param name="isLagging">Whether an accepted id is not known yet.</param>
    internal void Look(SandboxEnvelope envelope, Guid id, DateTimeOffset now, bool isLagging)
    {
        if (!isLagging && store.Find(id) is { } task)
        {
            task.Describe(envelope, now, videoBase);
        }
        else if (options.UnknownIdMode == UnknownIdMode.TaskNotFound)
        {
            envelope.Add(NotFound(SandboxSchema.Poll, id));
        }
        else if (options.UnknownIdMode == UnknownIdMode.Processing)
        {
            envelope.Add(json =>
            {
                json.WriteStartObject();
                json.WriteString("taskType", SandboxSchema.Poll);
                json.WriteString("taskUUID", id);
                json.WriteString("status", "processing");
                json.WriteEndObject();
            });
        }
    }

    /// <summary>Answers one <c>getTaskDetails</c>: the stored request and the response so far. Unknown ids are always not found.</summary>
    internal void Details(SandboxEnvelope envelope, Guid id, DateTimeOffset now, bool isLagging)
    {
        if (isLagging || store.Find(id) is not { } task)
        {
            envelope.Add(NotFound(SandboxSchema.Details, id));
            return;
        }

        var response = new SandboxEnvelope();
        if (task.WasRepeated)
        {
            response.ShowsEmptyData = true;
            response.Add(FaultReplies.Conflict(id));
        }
        else
        {
            task.Describe(response, now, videoBase);
        }

        envelope.Add(json =>
        {
            json.WriteStartObject();
            json.WriteString("taskType", SandboxSchema.Details);
            json.WriteString("taskUUID", id);
            json.WriteStartArray("request");
            json.WriteRawValue(task.Request);
            json.WriteEndArray();
            json.WritePropertyName("response");
            response.Write(json);
            json.WriteEndObject();
        });
    }

    private bool IsRepeat(SandboxEnvelope envelope, JsonElement item)
    {
        if (options.RepeatedIdMode == RepeatedIdMode.Charge || store.Find(IdOf(item)) is not { } earlier)
        {
            return false;
        }

        earlier.WasRepeated = true;
        envelope.ShowsEmptyData = true;
        envelope.Add(FaultReplies.Conflict(earlier.Id));
        return true;
    }

    private bool IsUnusable(SandboxEnvelope envelope, JsonElement item, SandboxImage image)
    {
        bool isId = SandboxIds.TryParse(image.ShortText, out _);
        if (!isId || media.IsUsable(image.MediaId, options.StrictMedia))
        {
            return false;
        }

        envelope.Add(new SandboxError("invalidValueUploadFailed", $"Processing parameter '{SandboxSchema.FrameImages}' failed.")
        {
            Parameters = [SandboxSchema.FrameImages],
            TaskType = SandboxSchema.Submit,
            TaskId = IdOf(item),
        });
        return true;
    }

    private SandboxTask? Accept(SandboxEnvelope envelope, JsonElement item, SandboxImage image, DateTimeOffset now)
    {
        Guid id = IdOf(item);
        decimal price = SandboxSchema.PriceOf(SandboxJson.Integer(item, "duration") ?? SandboxSchema.DefaultDuration);
        decimal cost = price * (SandboxJson.Integer(item, "numberResults") ?? 1);
        if (store.Billed + store.Committed + cost > options.Balance)
        {
            envelope.Add(FaultReplies.NoCredit(id));
            return null;
        }

        SandboxTask task = _factory.Create(item, image, store.RunsOf(id), now, faults.TakeOutcome());
        store.Add(task);
        media.Remember(image.MediaId);
        envelope.Add(json =>
        {
            task.WriteStart(json, status: null);
            json.WriteEndObject();
        });
        return task;
    }

    private static Guid IdOf(JsonElement item) => Guid.ParseExact(SandboxJson.Text(item, "taskUUID")!, "D");

    private static SandboxError NotFound(string type, Guid id) => new("taskNotFound", "No task with this taskUUID was found.")
    {
        Status = 404,
        Parameters = ["taskUUID"],
        TaskType = type,
        TaskId = id,
    };
}
