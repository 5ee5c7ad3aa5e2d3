using System.Text.Json;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>The video tasks: submits and the two ways of looking at them. Not thread-safe.</summary>
internal sealed class VideoTasks(SandboxOptions options, Uri videoBase, TaskStore store, FaultScript faults, MediaStore media)
{
    private readonly Random _random = new(options.Seed);

    /// <summary>Validates and accepts one task; null when it was refused.</summary>
    internal SandboxTask? Submit(SandboxEnvelope envelope, JsonElement item, DateTimeOffset now)
    {
        SubmittedTask task = SubmittedTask.Read(item);
        IReadOnlyList<SandboxError> violations = SandboxValidator.Check(task);
        envelope.AddAll(violations, SandboxSchema.Submit, SandboxJson.TaskId(item));
        return violations.Count > 0 || IsRepeat(envelope, item) || IsUnusable(envelope, item, task)
            ? null
            : Accept(envelope, item, task, now);
    }

    /// <summary>Answers one <c>getResponse</c>; a lagging one does not know an accepted id yet.</summary>
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
                json.WriteString("taskType", SandboxSchema.Poll);
                json.WriteString("taskUUID", id);
                json.WriteString("status", "processing");
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
            json.WriteString("taskType", SandboxSchema.Details);
            json.WriteString("taskUUID", id);
            json.WriteStartArray("request");
            json.WriteRawValue(task.Request);
            json.WriteEndArray();
            json.WriteStartObject("response");
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

    private bool IsUnusable(SandboxEnvelope envelope, JsonElement item, SubmittedTask task)
    {
        foreach ((string path, SandboxImage image) in task.Images)
        {
            if (SandboxIds.TryParse(image.ShortText, out _) && !media.IsUsable(image.MediaId, options.StrictMedia))
            {
                envelope.AddAll([SubmittedTask.Unusable(path)], SandboxSchema.Submit, IdOf(item));
                return true;
            }
        }

        return false;
    }

    private SandboxTask? Accept(SandboxEnvelope envelope, JsonElement item, SubmittedTask submitted, DateTimeOffset now)
    {
        Guid id = IdOf(item);
        var order = new VideoOrder(submitted);
        if (store.Billed + store.Committed + (order.Price * order.Count) > options.Balance)
        {
            envelope.Add(FaultReplies.NoCredit(id));
            return null;
        }

        bool hasSafety = item.TryGetProperty("safety", out JsonElement safety);
        var task = new SandboxTask
        {
            Id = id,
            Request = SandboxJson.Object(submitted.Write),
            PricePerResult = order.Price,
            IncludesCost = SandboxJson.Flag(item, "includeCost"),
            ChecksContent = hasSafety && (SandboxJson.Flag(safety, "checkContent") || SandboxJson.Text(safety, "mode") is "fast" or "full"),
            VideoName = order.VideoName,
            Substitute = order.Substitute,
            Lifetime = order.Lifetime,
            Webhook = Address(item, "webhookURL"),
            UploadEndpoint = Address(item, "uploadEndpoint"),
            Results = Results(id, order.Count, now, faults.TakeOutcome()),
        };
        store.Add(task);
        submitted.Images.ForEach(used => media.Remember(used.Image.MediaId));
        envelope.Add(json => task.WriteStart(json, status: null));
        return task;
    }

    private SandboxResult[] Results(Guid id, int count, DateTimeOffset now, SandboxFaultKind? outcome)
    {
        // How often the id was accepted before keeps the video ids of two runs apart.
        int run = store.RunsOf(id);
        var results = new SandboxResult[count];
        TimeSpan delay = options.GenerationDelay;
        if (options.MaxGenerationDelay > delay)
        {
            delay += TimeSpan.FromTicks((long)((options.MaxGenerationDelay.Value - delay).Ticks * _random.NextDouble()));
        }

        for (int index = 0; index < count; index++)
        {
            results[index] = new SandboxResult
            {
                VideoId = SandboxIds.FromText(FormattableString.Invariant($"{id:D}/{run}/{index}")),
                // As in the page's examples, below 2^31: clients in other languages read numbers as doubles.
                Seed = _random.Next(1, int.MaxValue),
                ReadyAt = outcome == SandboxFaultKind.NeverEnding
                    ? null
                    : now + TimeSpan.FromTicks((long)(delay.Ticks * (1 + (0.25 * index)))),
                Failure = outcome switch
                {
                    null or SandboxFaultKind.NeverEnding => null,
                    SandboxFaultKind.PartialResult => index == count - 1 ? SandboxFaultKind.FailureNested : null,
                    _ => outcome,
                },
            };
        }

        return results;
    }

    private static Uri? Address(JsonElement item, string name) =>
        SandboxJson.Text(item, name) is { } text ? new Uri(text, UriKind.Absolute) : null;

    private static Guid IdOf(JsonElement item) => SandboxJson.TaskId(item)!.Value;

    private static SandboxError NotFound(string type, Guid id) => new("taskNotFound", "No task with this taskUUID was found.")
    {
        Status = 404,
        Parameters = ["taskUUID"],
        TaskType = type,
        TaskId = id,
    };
}
