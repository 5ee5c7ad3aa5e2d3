using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Kling.Support;

/// <summary>
/// Shows a secret as its length and the start of its SHA-256, everywhere in the same form, so that two secrets can be compared.
/// Inline data is secret because it is the user's image, and the query of an address because it may carry a presigned credential.
/// A user name in an address is left out.
/// </summary>
public static class Masking
{
    /// <summary>Shorter runs of base64 characters are ids, hashes and words.</summary>
    private const int ShortestData = 100;

    private const int HashLength = 12;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase;

    /// <summary>A mask, or one of the other forms that the first version wrote into journals, sidecars and messages.</summary>
    private const string Mask = @"(\[((query|data): )?[0-9]+ characters, sha256 [0-9a-f]{8,12}\]|\([0-9]+ characters, sha256:[0-9a-f]{16}\))";

    /// <summary>What may follow a mask in a text. If more of a query follows, it is not a mask but a query that looks like one.</summary>
    private const string MaskEnd = @"(?=[.,;:)\]}\\]*([\s""'<>]|$))";

    private static readonly char[] s_authorityEnd = ['/', '\\', '?', '#'];
    private static readonly Regex s_prefix = new(@"^\s*([A-Za-z][A-Za-z0-9+.\-]*:)?[/\\]+", Options);

    // Anchored at both ends: a real query that merely contains a mask is still masked.
    private static readonly Regex s_masked = new($@"^([^?#]*[?#]|[Dd][Aa][Tt][Aa]:[^,\s]*,?)?{Mask}$", Options & ~RegexOptions.IgnoreCase);

    private static readonly Regex s_dataUri = new(
        $@"data:[a-z0-9.+/;=-]{{0,100}},(?!{Mask}{MaskEnd})({Mask})?[^\s""'<>]+", Options);

    private static readonly Regex s_address = new(
        $@"[a-z][a-z0-9+.-]{{0,20}}://[^\s""'<>?#]*([?#]({Mask}{MaskEnd}|({Mask})?[^\s""'<>]*))?", Options);

    // The second form is base64 for addresses. It is longer, because its dashes also join words.
    private static readonly Regex s_data = new("[a-z0-9+/]{100,}={0,2}|[a-z0-9+/_-]{256,}={0,2}", Options);

    /// <summary>
    /// The address without user name, its query and fragment as length and hash. It works on the text alone, so that an
    /// unreadable address can be shown too. It never throws.
    /// </summary>
    /// <param name="url">The address.</param>
    public static string Address(string? url)
    {
        if (string.IsNullOrEmpty(url))
        {
            return "";
        }

        string text = url.Contains('@') ? WithoutUserInfo(url) : url;
        int secret = text.IndexOfAny('?', '#');
        if (secret < 0 || IsMasked(text))
        {
            return text;
        }

        string hidden = text[(secret + 1)..];
        return hidden.Length == 0 ? text[..secret] : $"{text[..secret]}?{Of(hidden, "query: ")}";
    }

    /// <summary>Inline data (a data URI or base64 text) as length and hash.</summary>
    /// <param name="data">The text.</param>
    public static string InlineData(string? data) => IsMasked(data) ? data! : Of(data ?? "", "data: ");

    /// <summary>Whether a text is an image or address that was masked, so that it cannot be used again.</summary>
    /// <param name="text">The text.</param>
    public static bool IsMasked(string? text) => text is not null && (text.Contains(']') || text.Contains(')')) && s_masked.IsMatch(text.Trim());

    /// <summary>Any text, with the addresses and the inline data in it masked. What is masked already stays as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="shortestData">Shorter runs of base64 characters stay.</param>
    internal static string Clean(string text, int shortestData = ShortestData)
    {
        string clean = text.Contains("data:", StringComparison.OrdinalIgnoreCase) ? s_dataUri.Replace(text, found => InlineData(found.Value)) : text;
        clean = clean.Contains("://", StringComparison.Ordinal) ? s_address.Replace(clean, found => Address(found.Value)) : clean;
        return clean.Length < shortestData
            ? clean
            : s_data.Replace(clean, found => found.Length < shortestData || IsHex(found.Value) ? found.Value : InlineData(found.Value));
    }

    /// <summary>A secret as length and hash.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="kind">What it is, with a colon; empty where the text around it says so.</param>
    internal static string Of(string secret, string kind = "") =>
        FormattableString.Invariant($"[{kind}{secret.Length} characters, sha256 {Sha256Text.Of(secret)[..HashLength]}]");

    private static bool IsHex(string text) => text.Length <= 128 && text.All(Uri.IsHexDigit);

    private static string WithoutUserInfo(string url)
    {
        string prefix = s_prefix.Match(url).Value;
        string rest = url[prefix.Length..];
        int end = rest.IndexOfAny(s_authorityEnd);
        string authority = end < 0 ? rest : rest[..end];
        int at = authority.LastIndexOf('@');
        return at < 0 ? url : string.Concat(prefix, rest.AsSpan(at + 1));
    }
}

/// <summary>SHA-256 in lower-case hex.</summary>
internal static class Sha256Text
{
    internal static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    internal static string Of(byte[] bytes) => Hex(SHA256.HashData(bytes));

    internal static string Hex(byte[] hash) => Convert.ToHexString(hash).ToLowerInvariant();
}
