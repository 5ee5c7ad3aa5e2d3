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
        json.WriteString("code", Code);
        if (IsFailure)
        {
            json.WriteString("status", "error");
        }

        json.WriteString("message", Message);
        if (Parameters.Length == 1)
        {
            json.WriteString("parameter", Parameters[0]);
        }
        else if (Parameters.Length > 1)
        {
            WriteTexts(json, "parameter", Parameters);
        }

        WriteText(json, "type", Type);
        if (AllowedTexts.Length > 0)
        {
            WriteTexts(json, "allowedValues", AllowedTexts);
        }
        else if (AllowedNumbers.Length > 0)
        {
            json.WriteStartArray("allowedValues");
            foreach (decimal value in AllowedNumbers)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        WriteNumber(json, "min", Min);
        WriteNumber(json, "max", Max);
        WriteNumber(json, "multiplier", Multiplier);
        if (RetryAfter is { } seconds)
        {
            json.WriteNumber("retryAfter", seconds);
        }

        WriteText(json, "responseContent", ResponseContent);
        WriteText(json, "taskType", TaskType);
        if (TaskId is { } id)
        {
            json.WriteString("taskUUID", id);
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, string[] values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
