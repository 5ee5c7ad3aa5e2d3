using System.Text.RegularExpressions;
using Kling.Support;

namespace Kling.Journal;

/// <summary>
/// The last guard before the disk. Image sources and errors come here already cleaned; whatever was missed (a query,
/// a user name in an address, inline image data) is replaced by its length and hash. Cleaned text stays as it is.
/// </summary>
internal static class JournalSecrets
{
    /// <summary>Shorter runs are words, names and hashes; an image's base64 is far longer.</summary>
    private const int ShortestData = 256;

    private static readonly Regex s_address = new(@"\b(?<scheme>https?|wss?|ftp)://(?<rest>[^\s""'<>]+)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture);

    private static readonly Regex s_data = new(@"data:[a-z0-9.+/;=-]{0,100},(?<data>[^\s""'<>()]+)|(?<data>[A-Za-z0-9+/_-]{256,}={0,2})",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture);

    private static readonly Regex s_cleaned = new(@"sha-?256[^0-9a-f]{0,3}[0-9a-f]{8}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    private static readonly string[] s_imageStarts = ["/9j/", "iVBORw0KGgo", "UklGR", "R0lGOD", "Qk0"];

    /// <summary>An image's source text, without what must not be stored.</summary>
    internal static string? CleanImage(string? text)
    {
        if (text is null || text.Length < 8)
        {
            return text;
        }

        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return CleanDataUri(text);
        }

        return IsImageData(text) ? Shown(text) : Clean(text);
    }

    /// <summary>Any text the service or the user gave, without what must not be stored.</summary>
    internal static string? Clean(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string withoutData = text.Length < ShortestData && text.IndexOf("data:", StringComparison.OrdinalIgnoreCase) < 0
            ? text
            : s_data.Replace(text, found => found.Value.Replace(found.Groups["data"].Value, Shown(found.Groups["data"].Value)));
        return withoutData.IndexOf("://", StringComparison.Ordinal) < 0 ? withoutData : s_address.Replace(withoutData, CleanAddress);
    }

    private static string CleanDataUri(string text)
    {
        if (text.Length <= 200 && s_cleaned.IsMatch(text))
        {
            return text;
        }

        int comma = text.IndexOf(',');
        return comma is >= 0 and <= 100 ? string.Concat(text.AsSpan(0, comma + 1), Shown(text[(comma + 1)..])) : "data:" + Shown(text[5..]);
    }

    private static bool IsImageData(string text)
    {
        if (!s_imageStarts.Any(start => text.StartsWith(start, StringComparison.Ordinal)))
        {
            return false;
        }

        return text.All(c => c is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '0' and <= '9') or '+' or '/' or '=' or '\r' or '\n');
    }

    private static string CleanAddress(Match found)
    {
        string rest = found.Groups["rest"].Value;
        int hostEnd = rest.IndexOfAny(['/', '?', '#']);
        string host = hostEnd < 0 ? rest : rest[..hostEnd];
        string path = hostEnd < 0 ? "" : rest[hostEnd..];
        int user = host.LastIndexOf('@');
        if (user >= 0)
        {
            host = string.Concat(Shown(host[..user]), host.AsSpan(user));
        }

        int query = path.IndexOfAny(['?', '#']);
        if (query >= 0 && query + 1 < path.Length && !IsCleaned(found, path[(query + 1)..]))
        {
            path = string.Concat(path.AsSpan(0, query + 1), Shown(path[(query + 1)..]));
        }

        return found.Groups["scheme"].Value + "://" + host + path;
    }

    /// <summary>Whether the query already is a length and a hash, in whatever words; a real one has a value or is long.</summary>
    private static bool IsCleaned(Match found, string query)
    {
        if (query.IndexOfAny(['=', '&']) >= 0)
        {
            return false;
        }

        // The words go on behind the first space, which ends the address.
        int start = found.Index + found.Length - query.Length;
        string tail = found.Result("$_")[start..];
        Match hash = s_cleaned.Match(tail.Length > 120 ? tail[..120] : tail);
        return hash.Success && query.Length <= 80 && query[0] is '(' or '[' or '<' or '{' or '*' or '…';
    }

    private static string Shown(string secret) => FormattableString.Invariant($"({secret.Length} characters, sha256:{Sha256Text.Of(secret)[..16]})");
}
