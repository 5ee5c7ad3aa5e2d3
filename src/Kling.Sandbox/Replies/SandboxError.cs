using System.Text.Json;

namespace Kling.Sandbox.Replies;

/// <summary>One error object as the service writes it (protocol note, errors).</summary>
internal sealed class SandboxError(string code, string message)
{
    internal string Code { get; } = code;

    internal string Message { get; } = message;

    /// <summary>The HTTP status when the reply holds nothing but errors.</summary>
    internal int Status { get; init; } = 400;

    internal string[] Parameters { get; init; } = [];

    internal string? Type { get; init; }

    internal string[] AllowedTexts { get; init; } = [];

    internal decimal[] AllowedNumbers { get; init; } = [];

    internal decimal? Min { get; init; }

    internal decimal? Max { get; init; }

    internal decimal? Multiplier { get; init; }

    internal double? RetryAfter { get; init; }

    internal string? ResponseContent { get; init; }

    internal string? TaskType { get; set; }

    internal Guid? TaskId { get; set; }

    /// <summary>Whether it tells of a failed generation, which is marked with a status of its own.</summary>
    internal bool IsFailure { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Write(json, "code", Code);
        Write(json, "status", IsFailure ? "error" : null);
        Write(json, "message", Message);
        Write(json, "parameter", Parameters.Length == 1 ? Parameters[0] : Parameters);
        Write(json, "type", Type);
        Write(json, "allowedValues", AllowedTexts.Length > 0 ? AllowedTexts : AllowedNumbers);
        Write(json, "min", Min);
        Write(json, "max", Max);
        Write(json, "multiplier", Multiplier);
        Write(json, "retryAfter", RetryAfter);
        Write(json, "responseContent", ResponseContent);
        Write(json, "taskType", TaskType);
        Write(json, "taskUUID", TaskId?.ToString("D"));
        json.WriteEndObject();
    }

    /// <summary>Writes a property; nothing where there is no value.</summary>
    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case decimal number:
                json.WriteNumber(name, number);
                break;
            case double number:
                json.WriteNumber(name, number);
                break;
            case string[] { Length: > 0 } texts:
                json.WriteStartArray(name);
                Array.ForEach(texts, json.WriteStringValue);
                json.WriteEndArray();
                break;
            case decimal[] { Length: > 0 } numbers:
                json.WriteStartArray(name);
                Array.ForEach(numbers, json.WriteNumberValue);
                json.WriteEndArray();
                break;
        }
    }
}
