using System.Collections.Concurrent;
using System.Text.Json;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>One accepted run of a task.</summary>
internal sealed class SandboxTask
{
    internal Guid Id { get; init; }

    /// <summary>The task object as stored, with image bytes replaced by the id of the stored image.</summary>
    internal byte[] Request { get; init; } = [];

    /// <summary>USD for each delivered result.</summary>
    internal decimal PricePerResult { get; init; }

    internal bool IncludesCost { get; init; }

    internal bool ChecksContent { get; init; }

    /// <summary>The video's resource, which also gives the address its extension.</summary>
    internal string VideoName { get; init; } = string.Empty;

    /// <summary>What the video stands for, where the sandbox has none of the size, length or format asked for; else null.</summary>
    internal string? Substitute { get; init; }

    internal TimeSpan? Lifetime { get; init; }

    internal Uri? Webhook { get; init; }

    internal Uri? UploadEndpoint { get; init; }

    internal IReadOnlyList<SandboxResult> Results { get; init; } = [];

    /// <summary>Whether a repeat of it was refused; the archive then shows the refusal (protocol note, recovery).</summary>
    internal bool WasRepeated { get; set; }

    internal string Extension => Path.GetExtension(VideoName);

    /// <summary>Adds the task's whole present state, as every poll does.</summary>
    internal void Describe(SandboxEnvelope envelope, DateTimeOffset now, Uri videoBase)
    {
        if (Results.Any(result => !result.IsReady(now)))
        {
            envelope.Add(json => WriteStart(json, "processing"));
        }

        foreach (SandboxResult result in Results.Where(result => result.IsReady(now)))
        {
            if (result.Failure is null)
            {
                envelope.Add(json => WriteSuccess(json, result, videoBase));
            }
            else
            {
                DescribeFailure(envelope, result);
            }
        }
    }

    /// <summary>Writes the fields of a finished video.</summary>
    internal void WriteSuccess(Utf8JsonWriter json, SandboxResult result, Uri videoBase)
    {
        WriteStart(json, "success");
        json.WriteString("videoUUID", result.VideoId);
        json.WriteString("videoURL", new Uri(videoBase, result.VideoId.ToString("D") + Extension).AbsoluteUri);
        json.WriteNumber("seed", result.Seed);
        if (ChecksContent)
        {
            json.WriteBoolean("NSFWContent", false);
        }

        if (IncludesCost)
        {
            json.WriteNumber("cost", PricePerResult);
        }
    }

    /// <summary>Writes the first fields of an item of the task.</summary>
    internal void WriteStart(Utf8JsonWriter json, string? status)
    {
        json.WriteString("taskType", SandboxSchema.Submit);
        json.WriteString("taskUUID", Id);
        if (status is not null)
        {
            json.WriteString("status", status);
        }
    }

    /// <summary>Adds a failed generation in one of the shapes that were seen (protocol note, polling).</summary>
    private void DescribeFailure(SandboxEnvelope envelope, SandboxResult result)
    {
        switch (result.Failure)
        {
            case SandboxFaultKind.FailureTopLevel:
                envelope.Add(Failed("timeoutProvider", "The external provider did not answer in time.", null));
                break;
            case SandboxFaultKind.Moderation:
                envelope.Add(Failed("providerContentPolicyViolation", "The provider refused the content.", "simulated: the request was flagged by moderation"));
                break;
            case SandboxFaultKind.FailureFlat:
                envelope.Add(json =>
                {
                    WriteStart(json, "error");
                    json.WriteString("code", "providerError");
                    json.WriteString("message", "The provider reported an error.");
                });
                break;
            case SandboxFaultKind.FailureText:
                envelope.Add(json =>
                {
                    WriteStart(json, "error");
                    json.WriteString("error", "The generation failed.");
                });
                break;
            default:
                envelope.Add(json =>
                {
                    WriteStart(json, "error");
                    json.WriteString("videoUUID", result.VideoId);
                    json.WriteStartObject("error");
                    json.WriteString("code", "inferenceError");
                    json.WriteString("message", "The inference failed.");
                    json.WriteEndObject();
                });
                break;
        }
    }

    private SandboxError Failed(string code, string message, string? content) => new(code, message)
    {
        // A failure says nothing about the look that tells of it: HTTP stays 200.
        Status = 200,
        IsFailure = true,
        ResponseContent = content,
        TaskType = SandboxSchema.Submit,
        TaskId = Id,
    };
}

/// <summary>One result of an accepted task: a video to come, or a failure.</summary>
internal sealed class SandboxResult
{
    internal Guid VideoId { get; init; }

    internal long Seed { get; init; }

    /// <summary>When it is finished; null is never.</summary>
    internal DateTimeOffset? ReadyAt { get; init; }

    /// <summary>The shape in which it fails; null when it succeeds.</summary>
    internal SandboxFaultKind? Failure { get; init; }

    /// <summary>Whether it was billed and announced.</summary>
    internal bool IsSettled { get; set; }

    internal bool IsReady(DateTimeOffset now) => ReadyAt <= now;
}

/// <summary>The playable videos the sandbox serves, made once by <c>scripts/make-sandbox-videos.sh</c> and embedded by file name.</summary>
internal static class SandboxVideos
{
    private static readonly ConcurrentDictionary<string, byte[]> s_bytes = new(StringComparer.Ordinal);

    /// <summary>The bytes of a video such as <c>1280x720-5s.mp4</c>.</summary>
    internal static byte[] Bytes(string name) => s_bytes.GetOrAdd(name, Load);

    internal static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".webm" => "video/webm",
        ".mov" => "video/quicktime",
        _ => "video/mp4",
    };

    private static byte[] Load(string name)
    {
        using Stream resource = typeof(SandboxVideos).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The sandbox has no video '{name}'.");
        using var buffer = new MemoryStream();
        resource.CopyTo(buffer);
        return buffer.ToArray();
    }
}
