using System.Globalization;
using System.Text.Json;

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
        string? code = (JsonRead.Text(error, "code") ?? JsonRead.Text(owner, "code") ?? defaultCode)?.Trim();
        string? message = error.ValueKind == JsonValueKind.Object ? Message(error) : JsonRead.Text(error);
        string? parameter = JsonRead.Joined(JsonRead.Get(error, "parameter")) ?? JsonRead.Joined(JsonRead.Get(owner, "parameter"));
        string? allowed = Allowed(error) ?? Allowed(owner);
        double? retryAfter = JsonRead.Number(error, "retryAfter") ?? JsonRead.Number(owner, "retryAfter");
        return new KlingTaskError
        {
            Code = code is null ? "unknownError" : Shorten(ConsoleText.Of(redactor.Clean(code)), LongestCode),
            Message = Shorten(ConsoleText.Of(redactor.Clean(message ?? JsonRead.Text(owner, "message"))), LongestMessage),
            Category = ErrorCategorizer.Categorize(code, status),
            Parameter = parameter is null ? null : Shorten(ConsoleText.Of(redactor.Clean(parameter)), LongestMessage),
            Allowed = allowed is null ? null : Shorten(ConsoleText.Of(redactor.Clean(allowed)), LongestMessage),
            TaskId = JsonRead.Id(error, "taskUUID") ?? JsonRead.Id(owner, "taskUUID") ?? defaultTask,
            VideoId = redactor.Whole(ItemReader.VideoId(error) ?? ItemReader.VideoId(owner)),
            Cost = ItemReader.Money(error) ?? ItemReader.Money(owner),
            RetryAfterSeconds = retryAfter is double seconds ? RetryAfterReader.FromSeconds(seconds)?.TotalSeconds : null,
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
        if (JsonRead.Joined(JsonRead.Get(error, "allowedValues")) is string values)
        {
            return values;
        }

        IEnumerable<string> given = s_limits.Where(name => JsonRead.Text(error, name) is not null);
        string limits = string.Join(", ", given.Select(name => $"{name} {JsonRead.Text(error, name)}"));
        return limits.Length > 0 ? limits : JsonRead.Text(error, "type");
    }

    /// <summary>A text cut to a length, with an ellipsis where something is missing.</summary>
    internal static string Shorten(string text, int longest) =>
        text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), "…");
}

/// <summary>The errors that this client makes itself when the service sent only an HTTP status.</summary>
internal static class HttpErrors
{
    private const string Prefix = "http";

    /// <summary>The code for a status, for example <c>http401</c>.</summary>
    internal static string Code(int status) => Prefix + status.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether this client made the code, so that the service's own reason is not known.</summary>
    internal static bool IsOurs(string code) => TryStatus(code, out _);

    /// <summary>The status inside a code this client made.</summary>
    internal static bool TryStatus(string code, out int status)
    {
        status = 0;
        return code.Length == Prefix.Length + 3
            && code.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(code.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out status);
    }

    /// <summary>The error for a reply that has a status but no readable envelope.</summary>
    internal static KlingTaskError Create(int status, TimeSpan? retryAfter) => new()
    {
        Code = Code(status),
        Message = FormattableString.Invariant($"HTTP {status}: {Describe(status)}"),
        Category = ErrorCategorizer.Categorize(Code(status), status),
        RetryAfterSeconds = retryAfter?.TotalSeconds,
    };

    private static string Describe(int status) => status switch
    {
        >= 300 and < 400 => "the address redirects elsewhere. Redirects are not followed, since the key goes to the given address only; "
            + "nothing was accepted. Check the endpoint.",
        401 => "the service refused the key.",
        402 => "the service asks for payment: the balance is too low.",
        403 => "the key lacks the permission.",
        404 => "there is no API at this address.",
        409 => "the service says that this conflicts with an earlier request.",
        413 => "the request is too large for the service.",
        429 => "too many requests.",
        _ => "the service refused the request and did not say why.",
    };
}
