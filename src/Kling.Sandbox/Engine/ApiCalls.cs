using System.Text.Json;
using Kling.Sandbox.Faults;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>The API's one path: reads an array of tasks, plays the scripted fault, and answers each task. Not thread-safe.</summary>
internal sealed class ApiCalls
{
    private const string KeyScheme = "Bearer ";

    private readonly string _key;
    private readonly TaskStore _store;
    private readonly FaultScript _faults;
    private readonly UtilityTasks _utilities;
    private readonly VideoTasks _videos;
    private readonly MediaStore _media;

    internal ApiCalls(SandboxOptions options, Uri videoBase, TaskStore store, FaultScript faults, MediaStore media)
    {
        _key = options.ApiKey;
        _store = store;
        _faults = faults;
        _media = media;
        _utilities = new UtilityTasks(videoBase, options.Balance, media);
        _videos = new VideoTasks(options, videoBase, store, faults, media);
    }

    /// <summary>Told when a delivery will be due.</summary>
    internal Action<DateTimeOffset>? Schedule { get; set; }

    /// <summary>Answers one request, whose body is null when it is no JSON, and notes it for the log.</summary>
    internal SandboxReply Answer(SandboxRequest request, JsonDocument? body, SandboxCall call)
    {
        if (Unreadable(request, body) is { } unreadable)
        {
            return unreadable;
        }

        JsonElement tasks = body!.RootElement;
        call.Note(tasks);
        if (RefuseKey(request, tasks) is { } refusal)
        {
            call.Summary = "key missing or not the sandbox's";
            return refusal;
        }

        SandboxFault? fault = _faults.TakeForCall(call.Target, call, _store);
        bool isAfter = fault is not null && (fault.Kind == SandboxFaultKind.LostAckAfterAccept || fault.Target == SandboxFaultTarget.SubmitAccepted);
        SandboxReply? scripted = fault is null ? null : FaultReplies.For(fault, call.TaskIds, call.Now);
        if (scripted is not null && !isAfter)
        {
            return scripted;
        }

        if (fault?.Kind == SandboxFaultKind.ForgottenMedia)
        {
            _media.Clear();
        }

        SandboxReply reply = Process(tasks, call, fault?.Kind).ToReply();
        return scripted ?? reply;
    }

    private static SandboxReply? Unreadable(SandboxRequest request, JsonDocument? body)
    {
        if (request.Method != "POST")
        {
            return FaultReplies.NotAllowed("POST");
        }

        if (request.Header("Content-Type")?.Split(';')[0].Trim() is not { } type || !type.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return FaultReplies.Refusal(400, new SandboxError("invalidContentType", "The content type must be application/json."));
        }

        if (body is null)
        {
            return FaultReplies.Refusal(400, new SandboxError("invalidJSON", "The body is not JSON."));
        }

        return body.RootElement.ValueKind != JsonValueKind.Array || body.RootElement.GetArrayLength() == 0
            ? FaultReplies.Refusal(400, new SandboxError("invalidRequest", "The body must be an array of at least one task.") { Type = "array" })
            : null;
    }

    /// <summary>The refusal of a wrong key; null for the sandbox's own.</summary>
    private SandboxReply? RefuseKey(SandboxRequest request, JsonElement tasks) => KeyOf(request, tasks) switch
    {
        string given when given == _key => null,
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
            return header.StartsWith(KeyScheme, StringComparison.OrdinalIgnoreCase) ? header[KeyScheme.Length..].Trim() : string.Empty;
        }

        // The other way to authenticate is a first task that carries the key (protocol note, envelope).
        return SandboxJson.Text(tasks[0], "taskType") == SandboxSchema.Authentication ? SandboxJson.Text(tasks[0], "apiKey") : null;
    }

    private SandboxEnvelope Process(JsonElement tasks, SandboxCall call, SandboxFaultKind? fault)
    {
        var envelope = new SandboxEnvelope();
        int looks = 0;
        foreach (JsonElement task in tasks.EnumerateArray())
        {
            string? type = SandboxJson.Text(task, "taskType");
            if (type == SandboxSchema.Submit)
            {
                SubmitOne(envelope, task, call);
            }
            else if (type is null || !SandboxSchema.Utilities.TryGetValue(type, out string[]? fields))
            {
                string code = type is null ? "missingTaskType" : "unsupportedTaskType";
                envelope.Add(new SandboxError(code, "Parameter 'taskType' must name a task the sandbox knows.")
                {
                    Parameters = ["taskType"],
                    Type = "string",
                    AllowedTexts = [SandboxSchema.Submit, .. SandboxSchema.Utilities.Keys],
                });
            }
            else if (IsValid(envelope, task, type, fields))
            {
                bool isLook = type is SandboxSchema.Poll or SandboxSchema.Details;
                if (!isLook)
                {
                    _utilities.Answer(envelope, type, task, _store.Billed, _store.Count);
                }
                else if (fault != SandboxFaultKind.OmitIds || looks++ % 2 == 0)
                {
                    LookAt(envelope, type, task, call, fault == SandboxFaultKind.LaggingLook);
                }
            }
        }

        string[] summary = [FormattableString.Invariant($"{call.Accepted} accepted, {envelope.Errors.Count} errors"), .. call.Substitutes];
        call.Summary = string.Join("; ", summary);
        return envelope;
    }

    /// <summary>Whether a utility task has only known fields, and an id where it needs one; else the reply says what is wrong.</summary>
    private static bool IsValid(SandboxEnvelope envelope, JsonElement task, string type, string[] fields)
    {
        var errors = new List<SandboxError>();
        Guid? id = SandboxJson.TaskId(task);
        foreach (JsonProperty property in task.EnumerateObject())
        {
            if (property.Name is not ("taskType" or "taskUUID") && Array.IndexOf(fields, property.Name) < 0)
            {
                errors.Add(SandboxValidator.Unknown(property.Name));
            }
        }

        // A key check may come without an id.
        if (id is null && (task.TryGetProperty("taskUUID", out _) || type is not (SandboxSchema.Authentication or SandboxSchema.Ping)))
        {
            errors.Add(new SandboxError("invalidTaskUUID", "Parameter 'taskUUID' must be a UUID v4.") { Parameters = ["taskUUID"], Type = "string" });
        }

        envelope.AddAll(errors, type, id);
        return errors.Count == 0;
    }

    private void SubmitOne(SandboxEnvelope envelope, JsonElement task, SandboxCall call)
    {
        if (_videos.Submit(envelope, task, call.Now) is not { } accepted)
        {
            return;
        }

        call.Accepted++;
        if (accepted.Substitute is { } substitute)
        {
            call.Substitutes.Add(substitute);
        }

        if (accepted.Webhook is not null || accepted.UploadEndpoint is not null)
        {
            foreach (SandboxResult result in accepted.Results.Where(result => result.ReadyAt is not null))
            {
                Schedule?.Invoke(result.ReadyAt!.Value);
            }
        }
    }

    private void LookAt(SandboxEnvelope envelope, string type, JsonElement task, SandboxCall call, bool isLagging)
    {
        Guid id = SandboxJson.TaskId(task)!.Value;
        if (type == SandboxSchema.Poll)
        {
            _videos.Look(envelope, id, call.Now, isLagging);
        }
        else
        {
            _videos.Details(envelope, id, call.Now, isLagging);
        }
    }
}

/// <summary>What is noted about one request while it is answered; it becomes the log entry.</summary>
internal sealed class SandboxCall(DateTimeOffset now)
{
    internal DateTimeOffset Now { get; } = now;

    internal List<string> TaskTypes { get; } = [];

    internal List<Guid> TaskIds { get; } = [];

    internal SandboxFaultKind? Fault { get; set; }

    internal string Summary { get; set; } = string.Empty;

    internal int Accepted { get; set; }

    /// <summary>The videos that will stand for others, each once.</summary>
    internal SortedSet<string> Substitutes { get; } = new(StringComparer.Ordinal);

    /// <summary>Notes the known types and readable ids of the tasks; unreadable text may be anything and is not noted.</summary>
    internal void Note(JsonElement tasks)
    {
        foreach (JsonElement task in tasks.EnumerateArray())
        {
            if (SandboxJson.Text(task, "taskType") is { } type && (type == SandboxSchema.Submit || SandboxSchema.Utilities.ContainsKey(type)))
            {
                TaskTypes.Add(type);
            }

            if (SandboxJson.TaskId(task) is { } id)
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
