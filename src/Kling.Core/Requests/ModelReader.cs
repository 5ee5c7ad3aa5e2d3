using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Kling.Schemas;

namespace Kling.Requests;

/// <summary>
/// Reads a model from the document that the service publishes for it: an OpenAPI document with a JSON Schema of the request, and with
/// status, modes and prices under names that begin with <c>x-</c>.
/// </summary>
public static class ModelReader
{
    /// <summary>The path of the frames on the wire.</summary>
    internal const string Frames = "inputs.frameImages";

    // The lengths of sibling models (protocol note, positivePrompt), for a model whose schema names none.
    private const int ShortPrompt = 2;
    private const int LongPrompt = 2500;

    /// <summary>The parameter of each field that has one, by its path on the wire. All models share them.</summary>
    internal static IReadOnlyDictionary<string, string> ParametersOf { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["taskUUID"] = "TaskId",
        ["model"] = "Model",
        ["positivePrompt"] = "Prompt",
        ["negativePrompt"] = "NegativePrompt",
        ["width"] = "Width",
        ["height"] = "Height",
        ["resolution"] = "Resolution",
        ["duration"] = "Duration",
        ["CFGScale"] = "CfgScale",
        ["numberResults"] = "NumberResults",
        ["outputFormat"] = "OutputFormat",
        ["outputQuality"] = "OutputQuality",
        ["safety.checkContent"] = "CheckContent",
        ["safety.mode"] = "SafetyMode",
        ["ttl"] = "Ttl",
        ["webhookURL"] = "WebhookUrl",
        ["uploadEndpoint"] = "UploadEndpoint",
        ["includeCost"] = "IncludeCost",
        ["providerSettings.klingai.sound"] = "Sound",
        [Frames] = "Image",
    };

    private static readonly string[] s_makers = ["Runware API - ", "KlingAI ", "Kling ", "VIDEO "];

    /// <summary>Reads a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="isImported">Whether the user imported it.</param>
    /// <exception cref="SchemaException">It is no such document, or its schema has something that we cannot check.</exception>
    public static ModelSpec Read(string json, bool isImported)
    {
        using JsonDocument document = SchemaText.Read(json);
        JsonElement info = Member(document.RootElement, "info");
        JsonElement request = Member(Member(Member(Member(document.RootElement, "components"), "schemas"), "RequestBody"), "items");
        SchemaNode schema = isImported ? SchemaNode.Parse(request) : SchemaNode.ParseShipped(request);
        if (schema.Property("model")?.Const is not string id || Text(info, "x-air-id") is string named && named != id)
        {
            throw new SchemaException("The document names no model: info/x-air-id and the constant of the field model must be one id.");
        }

        if (schema.Property("taskType")?.Const is not "videoInference")
        {
            throw new SchemaException($"{id} makes no videos: the constant of its field taskType is not videoInference.");
        }

        string name = Text(info, "title")?.Replace(s_makers[0], "", StringComparison.Ordinal) ?? id;
        SchemaNode? sizes = schema.AllOf.SelectMany(node => new[] { node, node.Then, node.Else }).OfType<SchemaNode>().Append(schema).FirstOrDefault(node => SizesOf(node).Length > 0);
        VideoSize[] made = sizes is null ? [] : SizesOf(sizes);
        ModelRate[] rates = Rates(Member(info, "x-pricing"));
        return new ModelSpec
        {
            Id = id,
            Name = name,
            ShortName = s_makers.Aggregate(name, (text, maker) => text.StartsWith(maker, StringComparison.Ordinal) ? text[maker.Length..] : text),
            Capabilities = Texts(info, "x-capabilities"),
            Modes = Texts(info, "x-modes", "id"),
            Status = Text(info, "x-status") ?? "live",
            ReplacedBy = Text(info, "x-replaced-by"),
            DeactivatesAt = DateTimeOffset.TryParse(Text(info, "x-deactivates-at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset end) ? end : null,
            IsImported = isImported,
            Sizes = made,
            SizesNode = sizes,
            Rates = rates,
            BilledPerSecond = rates.Length == 1 ? Billed(Member(info, "x-pricing")) : null,
            PriceNote = Text(Member(info, "x-pricing"), "overview"),
            Parameters = [.. Rows(schema, "", made, Pairs(schema))],
            Schema = schema,
        };
    }

    /// <summary>Reads a model of the module.</summary>
    internal static ModelSpec ReadShipped(string file)
    {
        using Stream stream = typeof(ModelReader).Assembly.GetManifestResourceStream(file)!;
        using StreamReader reader = new(stream);
        return Read(reader.ReadToEnd(), isImported: false);
    }

    private static IEnumerable<ParameterSpec> Rows(SchemaNode owner, string path, VideoSize[] sizes, Dictionary<string, string> pairs)
    {
        foreach ((string field, SchemaNode node) in owner.Properties)
        {
            string wire = path.Length == 0 ? field : $"{path}.{field}";
            bool required = owner.Required.Contains(field);
            if (node.Properties.Length > 0)
            {
                foreach (ParameterSpec row in Rows(node, wire, sizes, pairs))
                {
                    yield return row;
                }

                continue;
            }

            yield return Row(wire, node, required, sizes, pairs);
            SchemaNode? frame = wire == Frames && node.Items is SchemaNode items ? items.AnyOf.Append(items).FirstOrDefault(form => form.Properties.Length > 0) : null;
            foreach ((string part, SchemaNode partNode) in frame?.Properties ?? [])
            {
                yield return Row($"{Frames}.{part}", partNode, frame!.Required.Contains(part), sizes, pairs);
            }
        }
    }

    private static ParameterSpec Row(string wire, SchemaNode node, bool required, VideoSize[] sizes, Dictionary<string, string> pairs)
    {
        bool isParameter = ParametersOf.TryGetValue(wire, out string? name);
        string[] allowed = wire switch
        {
            "width" when sizes.Length > 0 => [.. sizes.Select(size => size.Width.ToString(CultureInfo.InvariantCulture)).Distinct()],
            "height" when sizes.Length > 0 => [.. sizes.Select(size => size.Height.ToString(CultureInfo.InvariantCulture)).Distinct()],
            _ => Texts(Values(node)),
        };
        ParameterType type = TypeOf(node);
        bool hasLength = node.MinLength is not null || node.MaxLength is not null;
        return new ParameterSpec
        {
            Name = name ?? wire,
            WireName = wire,
            Description = node.Description,
            Type = type,
            IsParameter = isParameter,
            Required = required,
            Fixed = !isParameter && type == ParameterType.Text && allowed.Length == 1 && !wire.Contains('.') ? allowed[0] : null,
            Default = node.Default,
            Min = node.Minimum ?? node.MinItems ?? node.MinLength,
            Max = node.Maximum ?? node.MaxItems ?? node.MaxLength,
            Step = node.MultipleOf,
            AllowedValues = allowed,
            Format = wire == "taskUUID" ? ParameterSpec.UuidFormat : node.Format == "uri" ? ParameterSpec.UriFormat : null,
            WarnBelowLength = name == "Prompt" && !hasLength ? ShortPrompt : null,
            WarnAboveLength = name == "Prompt" && !hasLength ? LongPrompt : null,
            PairedWith = pairs.TryGetValue(wire, out string? other) ? ParametersOf.GetValueOrDefault(other) : null,
        };
    }

    /// <summary>Values as texts; none where one of them has no text, so that only the schema itself says what is allowed.</summary>
    private static string[] Texts(IEnumerable<object?> values)
    {
        object?[] all = [.. values];
        return all.All(value => value is string or decimal or bool) ? [.. all.Select(value => RequestFingerprint.Text(value)!)] : [];
    }

    private static IEnumerable<object?> Values(SchemaNode node) => node.HasConst ? [node.Const]
        : node.Enum.Length > 0 ? node.Enum
        : Constants(node.OneOf).Concat(Constants(node.AnyOf));

    private static IEnumerable<object?> Constants(ImmutableArray<SchemaNode> forms) => forms.All(form => form.HasConst) ? forms.Select(form => form.Const) : [];

    private static ParameterType TypeOf(SchemaNode node) => node.Types switch
    {
        SchemaTypes.Integer => ParameterType.Integer,
        SchemaTypes.Number => ParameterType.Number,
        SchemaTypes.Boolean => ParameterType.Boolean,
        SchemaTypes.Array => ParameterType.Array,
        _ => ParameterType.Text,
    };

    private static Dictionary<string, string> Pairs(SchemaNode schema)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SchemaNode node in schema.AllOf.Append(schema))
        {
            foreach ((string field, ImmutableArray<string> others) in node.DependentRequired)
            {
                if (others.Length == 1)
                {
                    pairs.TryAdd(field, others[0]);
                }
            }
        }

        return pairs;
    }

    private static VideoSize[] SizesOf(SchemaNode node)
    {
        VideoSize?[] sizes = [.. node.OneOf.Select(form => form.Property("width")?.Const is decimal width && form.Property("height")?.Const is decimal height
            && width is > 0 and <= 100_000 && height is > 0 and <= 100_000
            ? new VideoSize((int)width, (int)height, Ratio((int)width, (int)height), form.Title ?? "")
            : null)];
        return sizes.Contains(null) ? [] : [.. sizes.OfType<VideoSize>()];
    }

    private static string Ratio(int width, int height)
    {
        (int one, int other) = (width, height);
        while (other != 0)
        {
            (one, other) = (other, one % other);
        }

        return FormattableString.Invariant($"{width / one}:{height / one}");
    }

    private static ModelRate[] Rates(JsonElement pricing)
    {
        bool isUsd = Text(pricing, "currency") == "USD";
        var rates = new List<ModelRate>();
        foreach (JsonElement rate in Items(pricing, "rates"))
        {
            // A rate by another unit could be the one that counts.
            if (!isUsd || Text(rate, "unit") != "durationSecond" || SchemaText.Value(Member(rate, "amount")) is not (decimal amount and >= 0m and < 1000m))
            {
                return [];
            }

            string? label = Text(rate, "label");
            rates.Add(new ModelRate(amount, label, label switch { "with audio" => true, "without audio" => false, _ => null }));
        }

        return [.. rates];
    }

    /// <summary>What the examples were billed per second; null where they say it in another form.</summary>
    private static decimal? Billed(JsonElement pricing)
    {
        decimal? most = null;
        foreach (JsonElement example in Items(pricing, "examples"))
        {
            if (SecondsOf(Text(example, "configuration") ?? "") is > 0 and int seconds && SchemaText.Value(Member(example, "price")) is decimal price)
            {
                most = most > price / seconds ? most : price / seconds;
            }
        }

        return most;
    }

    // What "… · 5s" says; 0 for another form. A Regex would take longer to make than the whole schema to read.
    private static int SecondsOf(string configuration)
    {
        int end = configuration.EndsWith('s') ? configuration.Length - 1 : 0;
        int start = end;
        while (start > 0 && char.IsAsciiDigit(configuration[start - 1]))
        {
            start--;
        }

        return int.TryParse(configuration.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 0;
    }

    /// <summary>The texts in a list, or a text of each item.</summary>
    private static string[] Texts(JsonElement owner, string name, string? member = null)
    {
        var texts = new List<string>();
        foreach (JsonElement item in Items(owner, name))
        {
            if (Text(member is null ? item : Member(item, member)) is string text)
            {
                texts.Add(text);
            }
        }

        return [.. texts];
    }

    // An array of these structs, or a query over them, would be compiled for this one use.
    private static JsonElement.ArrayEnumerator Items(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;

    private static string? Text(JsonElement owner, string name) => Text(Member(owner, name));

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? SchemaText.Text(value) : null;

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) ? value : default;
}
