using System.Text.Json;
using Kling.Models;
using Kling.Support;

namespace Kling.Wire;

/// <summary>Reads one error, whatever shape it has (protocol note, errors).</summary>
internal static class ErrorReader
{
    private const int LongestMessage = 2000;
    private const int LongestCode = 100;

    private static readonly string[] s_limits = ["min", "max", "multiplier"];

    /// <summary>Reads an error object, or an error that is only a text.</summary>
    /// <param name="error">The object that holds code and message, or the text.</param>
    /// <param name="owner">The object around it, which may name the task and the video; undefined when there is none.</param>
    /// <param name="status">HTTP status of the reply.</param>
    /// <param name="redactor">Cleans every text.</param>
    /// <param name="defaultTask">The task, where neither names one.</param>
    /// <param name="defaultCode">The code, where there is none.</param>
    internal static KlingTaskError Read(
        JsonElement error, JsonElement owner, int? status, Redactor redactor, Guid? defaultTask = null, string? defaultCode = null)
    {
        bool isObject = error.ValueKind == JsonValueKind.Object;
        string? code = isObject ? JsonRead.Text(error, "code") ?? JsonRead.Text(owner, "code") : JsonRead.Text(owner, "code");
        string? message = isObject ? Message(error) : JsonRead.Text(error);
        double? retryAfter = JsonRead.Number(error, "retryAfter") ?? JsonRead.Number(owner, "retryAfter");
        code = (code ?? defaultCode)?.Trim();
        return new KlingTaskError
        {
            Code = code is null ? "unknownError" : Shorten(redactor.Clean(code), LongestCode),
            Message = Shorten(redactor.Clean(message ?? JsonRead.Text(owner, "message")), LongestMessage),
            Category = ErrorCategorizer.Categorize(code, status),
            Parameter = CleanOrNull(JsonRead.Joined(JsonRead.Get(error, "parameter")) ?? JsonRead.Joined(JsonRead.Get(owner, "parameter")), redactor),
            Allowed = CleanOrNull(Allowed(error) ?? Allowed(owner), redactor),
            TaskId = JsonRead.Id(error, "taskUUID") ?? JsonRead.Id(owner, "taskUUID") ?? defaultTask,
            VideoId = VideoId(error) ?? VideoId(owner),
            RetryAfterSeconds = retryAfter is double seconds ? RetryAfterText.FromSeconds(seconds)?.TotalSeconds : null,
        };
    }

    private static string? Message(JsonElement error)
    {
        string? message = JsonRead.Text(error, "message");
        string? provider = JsonRead.Text(error, "responseContent");
        return provider is null || (message is not null && message.Contains(provider)) ? message
            : message is null ? provider
            : $"{message} ({provider})";
    }

    private static string? Allowed(JsonElement error)
    {
        string? values = JsonRead.Joined(JsonRead.Get(error, "allowedValues"));
        if (values is not null)
        {
            return values;
        }

        string limits = string.Join(", ", s_limits
            .Select(name => (name, text: JsonRead.Text(error, name)))
            .Where(limit => limit.text is not null)
            .Select(limit => $"{limit.name} {limit.text}"));
        return limits.Length > 0 ? limits : JsonRead.Text(error, "type");
    }

    private static string? VideoId(JsonElement element) => JsonRead.Text(element, "videoUUID", "mediaUUID");

    private static string? CleanOrNull(string? text, Redactor redactor) =>
        text is null ? null : Shorten(redactor.Clean(text), LongestMessage);

    private static string Shorten(string text, int longest) =>
        text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), "…");
}
