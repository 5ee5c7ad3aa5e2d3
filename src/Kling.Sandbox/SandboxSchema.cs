using Kling.Requests;

namespace Kling.Sandbox;

/// <summary>
/// What the simulated model allows and costs.
/// SWAP: this table stands in for the shared <see cref="ModelSpec"/>, and is the only place in the sandbox that states
/// the model's limits. To swap, fill <see cref="Fields"/>, <see cref="Sizes"/> and the prices from there; nothing else changes.
/// Source of each limit: model page, request parameters, unless the line says otherwise.
/// </summary>
internal static class SandboxSchema
{
    internal const string Model = ModelSpec.DefaultModelId;

    internal const string Submit = "videoInference";
    internal const string Poll = "getResponse";
    internal const string Details = "getTaskDetails";
    internal const string Authentication = "authentication";
    internal const string Ping = "ping";
    internal const string ImageUpload = "imageUpload";
    internal const string MediaStorage = "mediaStorage";
    internal const string Account = "accountManagement";

    internal const string FrameImages = "inputs.frameImages";

    internal const int DefaultDuration = 5;
    internal const string DefaultFormat = "MP4";

    /// <summary>Simulated: what the service makes of a request without a size is not known.</summary>
    internal const string DefaultSize = "1280x720";

    /// <summary>USD per second and result (protocol note, price); the page rounds it to 0.0370.</summary>
    private const decimal PricePerSecond = 0.03696m;

    internal static string[] Sizes { get; } = ["1280x720", "720x720", "720x1280"];

    internal static IReadOnlyDictionary<string, SandboxField> Fields { get; } = ByPath(
        new("taskType", "TaskType", SandboxFieldType.Text) { Required = true, Texts = [Submit] },
        new("taskUUID", "TaskUUID", SandboxFieldType.Uuid) { Required = true },
        new("model", "Model", SandboxFieldType.Text) { Required = true, Texts = [Model] },
        // In every example of the model page, absent from its table; lengths from the protocol note, positivePrompt.
        new("positivePrompt", "PositivePrompt", SandboxFieldType.Text) { Min = 2, Max = 2500 },
        new("width", "Width", SandboxFieldType.Integer),
        new("height", "Height", SandboxFieldType.Integer),
        new("duration", "Duration", SandboxFieldType.Number) { Numbers = [5, 10] },
        new("CFGScale", "CFGScale", SandboxFieldType.Number) { Min = 0, Max = 1, Step = 0.01m },
        new("numberResults", "NumberResults", SandboxFieldType.Integer) { Min = 1, Max = 4 },
        new("outputType", "OutputType", SandboxFieldType.Text) { Texts = ["URL"] },
        new("outputFormat", "OutputFormat", SandboxFieldType.Text) { Texts = [DefaultFormat, "WEBM", "MOV"] },
        new("outputQuality", "OutputQuality", SandboxFieldType.Integer) { Min = 20, Max = 99 },
        new("deliveryMethod", "DeliveryMethod", SandboxFieldType.Text) { Texts = ["async"] },
        new("webhookURL", "WebhookURL", SandboxFieldType.Uri),
        new("uploadEndpoint", "UploadEndpoint", SandboxFieldType.Uri),
        new("safety", "Safety", SandboxFieldType.Object),
        new("safety.checkContent", "SafetyCheckContent", SandboxFieldType.Flag),
        new("safety.mode", "SafetyMode", SandboxFieldType.Text) { Texts = ["none", "fast", "full"] },
        new("ttl", "Ttl", SandboxFieldType.Integer) { Min = 60 },
        new("includeCost", "IncludeCost", SandboxFieldType.Flag),
        new("inputs", "Inputs", SandboxFieldType.Object),
        new(FrameImages, "FrameImages", SandboxFieldType.Array) { Required = true, Min = 1, Max = 1 });

    /// <summary>The fields of the other tasks, beside <c>taskType</c> and <c>taskUUID</c> (protocol note, polling, images, account).</summary>
    internal static IReadOnlyDictionary<string, string[]> Utilities { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [Poll] = [],
        [Details] = [],
        [Authentication] = ["apiKey", "connectionSessionUUID"],
        [Ping] = ["ping"],
        [ImageUpload] = ["image"],
        [MediaStorage] = ["operation", "media"],
        [Account] = ["operation"],
    };

    /// <summary>USD for one result of this length, to 4 decimals.</summary>
    internal static decimal PriceOf(int seconds) => Math.Round(PricePerSecond * seconds, 4, MidpointRounding.AwayFromZero);

    private static Dictionary<string, SandboxField> ByPath(params SandboxField[] fields) =>
        fields.ToDictionary(field => field.Path, StringComparer.Ordinal);
}
