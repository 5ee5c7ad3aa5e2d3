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
            envelope.Add(json =>
            {
                WriteStart(json, "processing");
                json.WriteEndObject();
            });
        }

        foreach (SandboxResult result in Results.Where(result => result.IsReady(now)))
        {
            if (result.Failure is null)
            {
                envelope.Add(json => WriteSuccess(json, result, videoBase));
            }
            else
            {
                SandboxFailures.Describe(envelope, this, result);
            }
        }
    }

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

        json.WriteEndObject();
    }

    /// <summary>Opens an item of the task; the caller closes it.</summary>
    internal void WriteStart(Utf8JsonWriter json, string? status)
    {
        json.WriteStartObject();
        json.WriteString("taskType", SandboxSchema.Submit);
        json.WriteString("taskUUID", Id);
        if (status is not null)
        {
            json.WriteString("status", status);
        }
    }
}
