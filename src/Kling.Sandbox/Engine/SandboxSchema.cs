using System.Globalization;
using Kling.Requests;

namespace Kling.Sandbox.Engine;

/// <summary>
/// What the simulated model allows and costs: the shared <see cref="ModelSpec"/>, in the form the sandbox checks. What is
/// stated here is only what that table leaves open, and it is simulated.
/// </summary>
internal static class SandboxSchema
{
    internal const string Submit = "videoInference";
    internal const string Poll = "getResponse";
    internal const string Details = "getTaskDetails";
    internal const string Authentication = "authentication";
    internal const string Ping = "ping";
    internal const string ImageUpload = "imageUpload";
    internal const string MediaStorage = "mediaStorage";
    internal const string Account = "accountManagement";

    internal const string FrameImages = "inputs.frameImages";

    private static readonly ModelSpec s_model = ModelSpec.Kling21Standard;

    /// <summary>Seconds of a video whose duration is not given.</summary>
    internal static int DefaultDuration { get; } = (int)s_model.DefaultDuration;

    /// <summary>The format of a video whose format is not given.</summary>
    internal static string DefaultFormat { get; } = Row("outputFormat").DefaultText!;

    internal static string[] Sizes { get; } = [.. s_model.Sizes.Select(size => size.Dimensions)];

    /// <summary>Simulated: what the service makes of a request without a size is not known.</summary>
    internal static string DefaultSize => Sizes[0];

    /// <summary>What the service takes for the frame of an image.</summary>
    internal static string[] Frames { get; } = [.. Row("inputs.frameImages.frame").AllowedValues];

    internal static IReadOnlyDictionary<string, SandboxField> Fields { get; } = ReadFields();

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

    /// <summary>USD for one result of this length, to 4 decimals, as it was seen billed.</summary>
    internal static decimal PriceOf(int seconds) =>
        Math.Round(s_model.BilledPerSecond.GetValueOrDefault() * seconds, 4, MidpointRounding.AwayFromZero);

    private static ParameterSpec Row(string wireName) => s_model.Parameters.First(row => row.WireName == wireName);

    private static Dictionary<string, SandboxField> ReadFields()
    {
        var fields = new Dictionary<string, SandboxField>(StringComparer.Ordinal);
        foreach (ParameterSpec row in s_model.Parameters)
        {
            int dot = row.WireName.IndexOf('.');
            string parent = dot < 0 ? string.Empty : row.WireName[..dot];
            if (row.WireName.StartsWith(FrameImages + ".", StringComparison.Ordinal))
            {
                // The parts of an image are checked with it: it may also be a plain text.
                continue;
            }

            if (parent.Length > 0 && !fields.ContainsKey(parent))
            {
                fields.Add(parent, new SandboxField(parent, CodeOf(parent), SandboxFieldType.Object));
            }

            fields.Add(row.WireName, FieldOf(row));
        }

        return fields;
    }

    private static SandboxField FieldOf(ParameterSpec row)
    {
        bool isNumber = row.Type is ParameterType.Integer or ParameterType.Number;

        // Sides are allowed in pairs only, which the sizes say.
        IReadOnlyList<string> allowed = row.PairedWith is null ? row.AllowedValues : [];
        return new SandboxField(row.WireName, CodeOf(row.WireName), TypeOf(row))
        {
            Required = row.Required,
            Texts = isNumber ? [] : [.. allowed],
            Numbers = isNumber ? [.. allowed.Select(value => decimal.Parse(value, CultureInfo.InvariantCulture))] : [],
            Min = row.WarnBelowLength ?? row.Min,
            Max = row.WarnAboveLength ?? row.Max,
            Step = row.Step,
        };
    }

    private static SandboxFieldType TypeOf(ParameterSpec row) => row.Type switch
    {
        ParameterType.Integer => SandboxFieldType.Integer,
        ParameterType.Number => SandboxFieldType.Number,
        ParameterType.Boolean => SandboxFieldType.Flag,
        ParameterType.Array => SandboxFieldType.Array,
        _ => row.Format switch
        {
            ParameterSpec.UuidFormat => SandboxFieldType.Uuid,
            ParameterSpec.UriFormat => SandboxFieldType.Uri,
            _ => SandboxFieldType.Text,
        },
    };

    /// <summary>The end of a field's error codes: <c>safety.mode</c> is called SafetyMode, and <c>inputs</c> is never named.</summary>
    private static string CodeOf(string wireName) =>
        string.Concat(wireName.Split('.').Where(part => part != "inputs" || wireName == part).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}

/// <summary>One field of the request and its limits.</summary>
internal sealed class SandboxField(string path, string code, SandboxFieldType type)
{
    /// <summary>The path on the wire, parts joined by dots.</summary>
    internal string Path { get; } = path;

    /// <summary>The end of its error codes: <c>missing…</c>, <c>invalid…</c>, <c>unsupported…</c>.</summary>
    internal string Code { get; } = code;

    internal SandboxFieldType Type { get; } = type;

    internal bool Required { get; init; }

    internal string[] Texts { get; init; } = [];

    internal decimal[] Numbers { get; init; } = [];

    internal decimal? Min { get; init; }

    internal decimal? Max { get; init; }

    internal decimal? Step { get; init; }

    /// <summary>The type's name in error objects.</summary>
    internal string TypeName => Type switch
    {
        SandboxFieldType.Integer => "integer",
        SandboxFieldType.Number => "float",
        SandboxFieldType.Flag => "boolean",
        SandboxFieldType.Object => "object",
        SandboxFieldType.Array => "array",
        _ => "string",
    };
}

/// <summary>The JSON types the request schema knows.</summary>
internal enum SandboxFieldType
{
    Text,
    Uuid,
    Uri,
    Integer,
    Number,
    Flag,
    Object,
    Array,
}
