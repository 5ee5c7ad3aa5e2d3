namespace Kling.Client;

/// <summary>Reads and checks the API address.</summary>
public static class KlingEndpoint
{
    /// <summary>The service's public address (protocol note, endpoint and envelope).</summary>
    public const string DefaultAddress = "https://api.runware.ai/v1";

    /// <summary>The environment variable that names another address (protocol note, policies and environment variables).</summary>
    public const string EnvironmentVariable = "RUNWARE_BASE_URL";

    private const string Allowed =
        "an absolute https address, or http to this machine only (localhost, 127.0.0.1, [::1]), without user name, query and fragment";

    /// <summary>The address, without a trailing slash so that one service has one spelling in the journal.</summary>
    /// <param name="text">The address as given.</param>
    /// <exception cref="ArgumentException">The address is not allowed; the message says what was given (masked) and what is allowed.</exception>
    public static Uri Parse(string text)
    {
        string given = (text ?? "").Trim();
        if (!Uri.TryCreate(given, UriKind.Absolute, out Uri? address) || given.IndexOf("://", StringComparison.Ordinal) < 0)
        {
            throw Refuse(given, "is not an absolute address");
        }

        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        {
            throw Refuse(given, address.Scheme == Uri.UriSchemeHttp ? "would send the key unencrypted" : "is not an https address");
        }

        if (address.UserInfo.Length > 0)
        {
            throw Refuse(given, "has a user name");
        }

        if (given.IndexOfAny(['?', '#']) >= 0)
        {
            throw Refuse(given, "has a query or a fragment");
        }

        if (address.Host.Length == 0)
        {
            throw Refuse(given, "names no host");
        }

        return new Uri(address.AbsoluteUri.TrimEnd('/'), UriKind.Absolute);
    }

    private static ArgumentException Refuse(string given, string why) =>
        new($"Endpoint: '{Shown(given)}' {why}. Allowed: {Allowed}.");

    /// <summary>A given address for a message or an error's target. What is not an address may be a key in the wrong place, so it is not shown at all.</summary>
    /// <param name="text">The address as given.</param>
    public static string Shown(string? text)
    {
        string given = (text ?? "").Trim();
        int start = given.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return given.Length == 0 ? "" : Masking.Of(given);
        }

        int at = given.LastIndexOf('@');
        return at > start ? $"{given[..(start + 3)]}***@{Masking.Address(given[(at + 1)..])}" : Masking.Address(given);
    }
}
