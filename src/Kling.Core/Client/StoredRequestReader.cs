using System.Text.Json;

namespace Kling.Client;

/// <summary>Reads one stored request.</summary>
internal static class StoredRequestReader
{
    internal static StoredRequest Read(JsonElement task, Guid id, Redactor redactor)
    {
        JsonElement safety = JsonRead.Get(task, "safety");
        string? prompt = JsonRead.Text(task, "positivePrompt");
        return new StoredRequest
        {
            TaskId = id,
            Model = Clean(JsonRead.Text(task, "model"), redactor),
            Image = Image(task, redactor),
            Prompt = prompt is null ? null : redactor.HideKey(prompt),
            Duration = JsonRead.Decimal(task, "duration"),
            Width = JsonRead.Small(task, "width"),
            Height = JsonRead.Small(task, "height"),
            CfgScale = JsonRead.Decimal(task, "CFGScale"),
            NumberResults = JsonRead.Small(task, "numberResults"),
            OutputFormat = Clean(JsonRead.Text(task, "outputFormat"), redactor),
            OutputQuality = JsonRead.Small(task, "outputQuality"),
            CheckContent = JsonRead.Bool(safety, "checkContent"),
            SafetyMode = Clean(JsonRead.Text(safety, "mode"), redactor),
            Ttl = JsonRead.Small(task, "ttl"),
            IncludeCost = JsonRead.Bool(task, "includeCost"),
        };
    }

    // The older form had frameImages at the top and inputImage in its objects (protocol note, inputs.frameImages vs. legacy).
    private static string? Image(JsonElement task, Redactor redactor)
    {
        JsonElement frames = JsonRead.Get(JsonRead.Get(task, "inputs"), "frameImages");
        if (frames.ValueKind == JsonValueKind.Undefined)
        {
            frames = JsonRead.Get(task, "frameImages");
        }

        JsonElement first = JsonRead.Many(frames).FirstOrDefault();
        string? image = first.ValueKind == JsonValueKind.Object ? JsonRead.Text(first, "image", "inputImage") : JsonRead.Text(first);
        if (image is null || Guid.TryParse(image, out _))
        {
            return image;
        }

        return image.IndexOf("://", StringComparison.Ordinal) > 0 || image.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            ? redactor.Clean(image)
            : Redactor.Digest(image);
    }

    private static string? Clean(string? text, Redactor redactor) => text is null ? null : redactor.Clean(text);
}
