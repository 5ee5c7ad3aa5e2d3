using System.Text.Json;
using Kling.Models;
using Kling.Requests;
using Kling.Support;

namespace Kling.Wire;

/// <summary>Reads one stored request.</summary>
internal static class StoredRequestReader
{
    internal static StoredRequest Read(JsonElement task, Guid id, Redactor redactor)
    {
        ModelSpec spec = ModelSpec.FindOrDefault(JsonRead.Text(task, "model"));
        return new StoredRequest
        {
            TaskId = id,
            Image = Image(task, redactor),
            Settings = VideoSettings.Read(setting => Value(task, setting, spec.Row(setting.Name).WireName, redactor)),
            IncludeCost = JsonRead.Bool(task, "includeCost"),
        };
    }

    private static object? Value(JsonElement task, VideoSetting setting, string path, Redactor redactor)
    {
        string[] names = path.Split('.');
        JsonElement parent = names[..^1].Aggregate(task, JsonRead.Get);
        string name = names[^1];
        return setting.Type == typeof(bool) ? JsonRead.Bool(parent, name)
            : setting.Type == typeof(int) ? JsonRead.Small(parent, name)
            : setting.Type == typeof(decimal) ? JsonRead.Decimal(parent, name)
            : JsonRead.Text(parent, name) is not string text ? null
            : setting.IsProse ? redactor.HideKey(text) : redactor.Clean(text);
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
}
