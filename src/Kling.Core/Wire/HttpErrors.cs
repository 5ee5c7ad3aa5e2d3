using System.Globalization;
using Kling.Models;

namespace Kling.Wire;

/// <summary>The errors this client makes itself where an HTTP status is all the service said.</summary>
internal static class HttpErrors
{
    private const string Prefix = "http";

    /// <summary>The code for a status, for example <c>http401</c>.</summary>
    internal static string Code(int status) => Prefix + status.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether this client made the code: then the service's own reason is not known.</summary>
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
        >= 300 and < 400 => "the address redirects elsewhere. Redirects are not followed, since the key goes to the given address only; nothing was accepted. Check the endpoint.",
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
