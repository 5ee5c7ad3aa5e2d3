using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

/// <summary>Makes the JSON Schema of a request (draft 2020-12) out of a model's table, so that docs/request.schema.json cannot say anything else.</summary>
internal static class RequestSchema
{
    // Where some languages let a dollar sign match before a last line end, this matches at the end only, in all of them.
    private const string End = @"(?![\s\S])";
    private const string UuidPattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}" + End;
    private const string Version4Pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}" + End;

    // White space of any script. What \s stands for differs from one language to the next.
    private const string Blank = @"\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
    private const string AddressPattern =
        @"^(?![\s\S]*[,;|""'<>][A-Za-z]+://)[Hh][Tt][Tt][Pp][Ss]?://[^" + Blank + @"\u0000-\u0020/?#\\]([^" + Blank + "]*[^" + Blank + @"\u0000-\u0020])?" + End;

    private const string MaskedPattern = @"^[^?#]*[?#](\[((query|data): )?[0-9]+ characters, sha256 [0-9a-f]{8,12}\]|\([0-9]+ characters, sha256:[0-9a-f]{16}\))" + End;
    private const string DataPattern = "^[Dd][Aa][Tt][Aa]:[^" + Blank + ",]*,[^" + Blank + "]+" + End;
    private const string Base64Pattern = "^[A-Za-z0-9+/]+={0,2}" + End;

    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string For(ModelSpec spec)
    {
        JsonObject task = ObjectOf(spec, "");
        task["dependentRequired"] = new JsonObject { ["width"] = new JsonArray("height"), ["height"] = new JsonArray("width") };
        task["anyOf"] = new JsonArray([new JsonObject { ["not"] = new JsonObject { ["required"] = new JsonArray("width", "height") } }, .. spec.Sizes.Select(Size)]);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"Request of a video by {spec.Name} ({spec.Id})",
            ["description"] = "What New-KlingVideo sends and Test-KlingRequest shows: one task in an array. Made from the model's table, which the module's own check reads too.",
            ["type"] = "array",
            ["minItems"] = 1,
            ["maxItems"] = 1,
            ["items"] = task,
        };
        return schema.ToJsonString(s_options).ReplaceLineEndings("\n") + "\n";
    }

    /// <summary>The object at a place of the wire: its fields are the rows one level below.</summary>
    private static JsonObject ObjectOf(ModelSpec spec, string path)
    {
        string prefix = path.Length == 0 ? "" : path + ".";
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (ParameterSpec row in spec.Parameters.Where(row => row.WireName.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string name = row.WireName[prefix.Length..].Split('.')[0];
            ParameterSpec? own = spec.Parameters.FirstOrDefault(other => other.WireName == prefix + name);
            if (!properties.ContainsKey(name))
            {
                properties[name] = own is null ? ObjectOf(spec, prefix + name) : Value(spec, own);
            }

            // An object without a row is demanded where one of its parameters is.
            if ((own ?? row).Required && (own is not null || row.IsParameter) && required.All(known => known!.GetValue<string>() != name))
            {
                required.Add((JsonNode)name);
            }
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }
        else
        {
            schema["minProperties"] = 1;
        }

        return schema;
    }

    private static JsonObject Value(ModelSpec spec, ParameterSpec row)
    {
        JsonObject schema = row.Type switch
        {
            ParameterType.Array => new JsonObject { ["type"] = "array", ["minItems"] = (int?)row.Min, ["maxItems"] = (int?)row.Max, ["items"] = ObjectOf(spec, row.WireName) },
            ParameterType.Boolean => new JsonObject { ["type"] = "boolean" },
            ParameterType.Integer or ParameterType.Number => Number(row),
            _ => Text(row),
        };
        if (row.IsParameter)
        {
            schema["description"] = $"Parameter {row.Name}: {row.AllowedText}.";
        }

        if (row.DefaultText is string text)
        {
            schema["default"] = row.Type is ParameterType.Text ? text : JsonNode.Parse(text);
        }

        return schema;
    }

    private static JsonObject Number(ParameterSpec row)
    {
        var schema = new JsonObject { ["type"] = row.Type is ParameterType.Integer ? "integer" : "number" };
        if (row.AllowedValues.Count > 0)
        {
            schema["enum"] = new JsonArray([.. row.AllowedValues.Select(value => JsonNode.Parse(value))]);
        }

        Add(schema, "minimum", row.Min);
        Add(schema, "maximum", row.Max);

        // Steps are counted from the smallest value; JSON Schema counts from 0.
        Add(schema, "multipleOf", row.Step is decimal step && (row.Min ?? 0m) % step == 0m ? step : null);
        return schema;
    }

    private static JsonObject Text(ParameterSpec row)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (row.Fixed is string only)
        {
            schema["const"] = only;
        }
        else if (row.AllowedValues.Count > 0)
        {
            schema["enum"] = new JsonArray([.. row.AllowedValues.Select(value => (JsonNode)value)]);
        }
        else if (row.Format == ParameterSpec.UuidFormat)
        {
            schema["pattern"] = Version4Pattern;
        }
        else if (row.Format == ParameterSpec.UriFormat)
        {
            schema["format"] = "uri";
            schema["pattern"] = AddressPattern;
            schema["not"] = Masked();
        }
        else if (row.WireName == "inputs.frameImages.image")
        {
            schema["description"] = "The UUID of an uploaded image, an http or https address, a data URI, or base64 text.";
            schema["anyOf"] = new JsonArray([.. new[] { UuidPattern, AddressPattern, DataPattern, Base64Pattern }.Select(pattern => new JsonObject { ["pattern"] = pattern })]);
            schema["not"] = Masked();
        }

        return schema;
    }

    /// <summary>What messages show instead of an address with its query is no address any more.</summary>
    private static JsonObject Masked() => new() { ["pattern"] = MaskedPattern };

    private static JsonObject Size(VideoSize size) => new()
    {
        ["title"] = size.Label,
        ["properties"] = new JsonObject { ["width"] = new JsonObject { ["const"] = size.Width }, ["height"] = new JsonObject { ["const"] = size.Height } },
        ["required"] = new JsonArray("width", "height"),
    };

    private static void Add(JsonObject schema, string name, decimal? value)
    {
        if (value is decimal given)
        {
            schema[name] = JsonNode.Parse(given.ToString("0.##", CultureInfo.InvariantCulture));
        }
    }
}
