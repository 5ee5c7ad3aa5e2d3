using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kling.Core.Tests.Media;

/// <summary>Checks JSON against the few keywords of JSON Schema that docs/sidecar.schema.json uses; an unknown keyword is an error.</summary>
internal static class SchemaCheck
{
    internal static List<string> Errors(JsonElement schema, JsonElement value, string path = "$")
    {
        var errors = new List<string>();
        foreach (JsonProperty rule in schema.EnumerateObject())
        {
            if (!Holds(rule, value, path, errors))
            {
                errors.Add($"{path}: {rule.Name} {rule.Value.GetRawText()} does not hold for {value.GetRawText()}");
            }
        }

        return errors;
    }

    private static bool Holds(JsonProperty rule, JsonElement value, string path, List<string> errors)
    {
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        decimal? number = value.ValueKind == JsonValueKind.Number ? value.GetDecimal() : null;
        switch (rule.Name)
        {
            case "$schema" or "title" or "description" or "additionalProperties":
                return true;
            case "type":
                return rule.Value.ValueKind == JsonValueKind.Array ? rule.Value.EnumerateArray().Any(type => IsType(value, type.GetString()!)) : IsType(value, rule.Value.GetString()!);
            case "required":
                return rule.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "properties":
                foreach (JsonProperty property in rule.Value.EnumerateObject())
                {
                    if (value.TryGetProperty(property.Name, out JsonElement inner))
                    {
                        errors.AddRange(Errors(property.Value, inner, $"{path}.{property.Name}"));
                    }
                }

                return true;
            case "const":
                return JsonElement.DeepEquals(rule.Value, value);
            case "enum":
                return rule.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value));
            case "pattern":
                return text is null || Regex.IsMatch(text, rule.Value.GetString()!);
            case "minLength":
                return text is null || text.Length >= rule.Value.GetInt32();
            case "minimum":
                return number is null || number >= rule.Value.GetDecimal();
            case "exclusiveMinimum":
                return number is null || number > rule.Value.GetDecimal();
            case "format":
                return text is null || (rule.Value.GetString() == "uuid" ? Guid.TryParseExact(text, "D", out _)
                    : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) && Regex.IsMatch(text, @"(Z|[+-]\d\d:\d\d)$"));
            default:
                return false;
        }
    }

    private static bool IsType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => false,
    };
}
