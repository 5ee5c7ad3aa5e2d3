using System.Text.Json;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>Turns a valid request into an accepted task: its results, their times, seeds, price and video.</summary>
internal sealed class TaskFactory(TimeSpan generationDelay, TimeSpan? maxGenerationDelay, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Makes the task.</summary>
    /// <param name="item">The valid task object.</param>
    /// <param name="image">Its image.</param>
    /// <param name="run">How often the id was accepted before; it keeps the video ids of two runs apart.</param>
    /// <param name="now">The moment of acceptance.</param>
    /// <param name="outcome">A scripted outcome; null succeeds.</param>
    internal SandboxTask Create(JsonElement item, SandboxImage image, int run, DateTimeOffset now, SandboxFaultKind? outcome)
    {
        Guid id = Guid.ParseExact(SandboxJson.Text(item, "taskUUID")!, "D");
        int seconds = SandboxJson.Integer(item, "duration") ?? SandboxSchema.DefaultDuration;
        string size = item.TryGetProperty("width", out JsonElement width)
            ? SandboxValidator.SizeOf(width, item.GetProperty("height"))
            : SandboxSchema.DefaultSize;
        string format = (SandboxJson.Text(item, "outputFormat") ?? SandboxSchema.DefaultFormat).ToLowerInvariant();
        bool hasSafety = item.TryGetProperty("safety", out JsonElement safety);
        return new SandboxTask
        {
            Id = id,
            Request = SandboxJson.Bytes(json => StoredRequest.Write(json, item, image)),
            PricePerResult = SandboxSchema.PriceOf(seconds),
            IncludesCost = SandboxJson.Flag(item, "includeCost"),
            ChecksContent = hasSafety && (SandboxJson.Flag(safety, "checkContent") || SandboxJson.Text(safety, "mode") is "fast" or "full"),
            VideoName = FormattableString.Invariant($"{size}-{seconds}s.{format}"),
            Lifetime = SandboxJson.Integer(item, "ttl") is { } ttl ? TimeSpan.FromSeconds(ttl) : null,
            Webhook = Address(item, "webhookURL"),
            UploadEndpoint = Address(item, "uploadEndpoint"),
            Results = Results(id, run, SandboxJson.Integer(item, "numberResults") ?? 1, now, outcome),
        };
    }

    private SandboxResult[] Results(Guid id, int run, int count, DateTimeOffset now, SandboxFaultKind? outcome)
    {
        var results = new SandboxResult[count];
        TimeSpan delay = Delay();
        for (int index = 0; index < count; index++)
        {
            results[index] = new SandboxResult
            {
                VideoId = SandboxIds.FromText(FormattableString.Invariant($"{id:D}/{run}/{index}")),
                Seed = NextSeed(),
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

    private TimeSpan Delay() => maxGenerationDelay > generationDelay
        ? generationDelay + TimeSpan.FromTicks((long)((maxGenerationDelay.Value - generationDelay).Ticks * _random.NextDouble()))
        : generationDelay;

    /// <summary>A positive Int64; most are beyond what a double can hold, which is what a client must get right.</summary>
    private long NextSeed()
    {
        byte[] bytes = new byte[8];
        _random.NextBytes(bytes);
        return Math.Max(1, BitConverter.ToInt64(bytes, 0) & long.MaxValue);
    }

    private static Uri? Address(JsonElement item, string name) =>
        SandboxJson.Text(item, name) is { } text ? new Uri(text, UriKind.Absolute) : null;
}

/// <summary>Writes a request as the archive keeps it: image bytes become the id of the stored image, so that memory stays small.</summary>
internal static class StoredRequest
{
    internal static void Write(Utf8JsonWriter json, JsonElement task, SandboxImage image)
    {
        json.WriteStartObject();
        foreach (JsonProperty property in task.EnumerateObject())
        {
            if (property.Name == "inputs")
            {
                WriteInputs(json, property.Value, image.ShortText ?? image.MediaId.ToString("D"));
            }
            else
            {
                property.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteInputs(Utf8JsonWriter json, JsonElement inputs, string image)
    {
        json.WriteStartObject("inputs");
        json.WriteStartArray("frameImages");
        foreach (JsonElement frame in inputs.GetProperty("frameImages").EnumerateArray())
        {
            if (frame.ValueKind == JsonValueKind.String)
            {
                json.WriteStringValue(image);
                continue;
            }

            json.WriteStartObject();
            foreach (JsonProperty property in frame.EnumerateObject())
            {
                if (property.Name == "image")
                {
                    json.WriteString("image", image);
                }
                else
                {
                    property.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
