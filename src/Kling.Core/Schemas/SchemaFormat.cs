using System.Buffers;

namespace Kling.Schemas;

/// <summary>The formats of texts that the published schemas use.</summary>
internal static class SchemaFormat
{
    private const string Uuid = "uuid";
    private const string Uri = "uri";
    private const int UuidLength = 36;

    // RFC 3986, section 2: what may stand in an address besides %XX.
    private static readonly SearchValues<char> s_address =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=");

    internal static bool IsKnown(string format) => format is Uuid or Uri;

    internal static bool Matches(string format, string text) => format == Uuid ? IsUuid(text) : IsUri(text);

    /// <summary>Five groups of hex digits, of any version: which version a task id has is a rule of the request, not of the format.</summary>
    private static bool IsUuid(string text)
    {
        if (text.Length != UuidLength)
        {
            return false;
        }

        for (int i = 0; i < UuidLength; i++)
        {
            if (i is 8 or 13 or 18 or 23 ? text[i] != '-' : !char.IsAsciiHexDigit(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A scheme, a colon and the characters of an address; http and https have a host. Letters of other scripts are accepted:
    /// whether the service takes an address that holds them is not known, and it can say so itself.
    /// </summary>
    private static bool IsUri(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !IsScheme(text.AsSpan(0, colon)))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(colon + 1);
        bool isWeb = text.StartsWith("http:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        return (!isWeb || HasHost(rest)) && HasAddressCharacters(rest);
    }

    private static bool IsScheme(ReadOnlySpan<char> scheme)
    {
        foreach (char c in scheme)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(scheme[0]);
    }

    private static bool HasHost(ReadOnlySpan<char> rest) => rest.StartsWith("//", StringComparison.Ordinal) && rest.Length > 2 && rest[2] is not ('/' or '?' or '#' or ':');

    private static bool HasAddressCharacters(ReadOnlySpan<char> rest)
    {
        while (rest.IndexOfAnyExcept(s_address) is int other and >= 0)
        {
            if (rest[other] == '%')
            {
                if (other + 2 >= rest.Length || !char.IsAsciiHexDigit(rest[other + 1]) || !char.IsAsciiHexDigit(rest[other + 2]))
                {
                    return false;
                }
            }
            else if (rest[other] < '\u00a1' || ConsoleText.IsUnsafe(rest[other]) || char.IsWhiteSpace(rest[other]))
            {
                return false;
            }

            rest = rest[(other + 1)..];
        }

        return true;
    }
}
