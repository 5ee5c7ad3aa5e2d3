namespace Kling.Requests;

/// <summary>The table of <c>klingai:5@1</c>: the model page's request parameters, in the order the requests are written.</summary>
internal static class Kling21StandardTable
{
    internal static ModelSpec Create() => new()
    {
        Id = ModelSpec.DefaultModelId,
        Name = "KlingAI 2.1 Standard",
        Capabilities = "Image to Video",
        Sizes =
        [
            new VideoSize(1280, 720, "16:9", "720p (16:9)"),
            new VideoSize(720, 720, "1:1", "720p (1:1)"),
            new VideoSize(720, 1280, "9:16", "720p (9:16)"),
        ],
        PricePerSecond = 0.0370m,
        BilledPerSecond = 0.03696m,
        PriceNote = "List price 0.0370 USD per second and result (0.185 for 5 s); the model page's own examples were billed 0.1848 for 5 s, "
            + "that is 0.03696 per second. The page labels the price 1080p, yet the model makes 720p sizes only; it is taken to hold for those.",
        DefaultDuration = 5m,
        FrameRate = 24,
        ImageLimits = new ImageLimits { MinSide = 300, MaxSide = 2048, MaxBytes = 20_000_000, WarnBytes = 10_000_000, MaxRatio = 2.5m, Formats = ["JPEG", "PNG"] },
        Parameters = [.. Identity(), .. Generation(), .. Output(), .. Delivery(), .. Inputs()],
    };

    private static ParameterSpec[] Identity() =>
    [
        Fixed("taskType", "videoInference", required: true),
        new() { Name = "TaskId", WireName = "taskUUID", Type = ParameterType.Text, Required = true, Format = ParameterSpec.UuidFormat },
        new() { Name = "Model", WireName = "model", Type = ParameterType.Text, Required = true, AllowedValues = [ModelSpec.DefaultModelId] },
    ];

    private static ParameterSpec[] Generation() =>
    [
        // Not in the page's table, but in each of its examples; the lengths are those of sibling models (protocol note, positivePrompt).
        new() { Name = "Prompt", WireName = "positivePrompt", Type = ParameterType.Text, WarnBelowLength = 2, WarnAboveLength = 2500 },
        new() { Name = "Width", WireName = "width", Type = ParameterType.Integer, AllowedValues = ["1280", "720"], PairedWith = "Height" },
        new() { Name = "Height", WireName = "height", Type = ParameterType.Integer, AllowedValues = ["720", "1280"], PairedWith = "Width" },
        new() { Name = "Duration", WireName = "duration", Type = ParameterType.Number, AllowedValues = ["5", "10"], Default = 5m },
        new() { Name = "CfgScale", WireName = "CFGScale", Type = ParameterType.Number, Min = 0m, Max = 1m, Step = 0.01m, Default = 0.5m },
        new() { Name = "NumberResults", WireName = "numberResults", Type = ParameterType.Integer, Min = 1m, Max = 4m, Default = 1m },
    ];

    private static ParameterSpec[] Output() =>
    [
        Fixed("outputType", "URL"),
        new() { Name = "OutputFormat", WireName = "outputFormat", Type = ParameterType.Text, AllowedValues = ["MP4", "WEBM", "MOV"], Default = "MP4" },
        new() { Name = "OutputQuality", WireName = "outputQuality", Type = ParameterType.Integer, Min = 20m, Max = 99m, Default = 95m },
        new() { Name = "CheckContent", WireName = "safety.checkContent", Type = ParameterType.Boolean, Default = false },
        new() { Name = "SafetyMode", WireName = "safety.mode", Type = ParameterType.Text, AllowedValues = ["none", "fast", "full"], Default = "none" },
        new() { Name = "Ttl", WireName = "ttl", Type = ParameterType.Integer, Min = 60m },
    ];

    private static ParameterSpec[] Delivery() =>
    [
        Fixed("deliveryMethod", "async"),
        new() { Name = "WebhookUrl", WireName = "webhookURL", Type = ParameterType.Text, Format = ParameterSpec.UriFormat },
        new() { Name = "UploadEndpoint", WireName = "uploadEndpoint", Type = ParameterType.Text, Format = ParameterSpec.UriFormat },
        new() { Name = "IncludeCost", WireName = "includeCost", Type = ParameterType.Boolean, Default = false },
    ];

    private static ParameterSpec[] Inputs() =>
    [
        new() { Name = "Image", WireName = "inputs.frameImages", Type = ParameterType.Array, Required = true, Min = 1m, Max = 1m },
        new() { Name = "inputs.frameImages.image", WireName = "inputs.frameImages.image", Type = ParameterType.Text, Required = true, IsParameter = false },
        new()
        {
            Name = "inputs.frameImages.frame", WireName = "inputs.frameImages.frame", Type = ParameterType.Text, IsParameter = false,
            AllowedValues = ["first", "0"],
        },
    ];

    private static ParameterSpec Fixed(string name, string value, bool required = false) => new()
    {
        Name = name,
        WireName = name,
        Type = ParameterType.Text,
        IsParameter = false,
        Required = required,
        Fixed = value,
        AllowedValues = [value],
        Default = required ? null : value,
    };
}
