using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Kling.Support;

/// <summary>
/// Addresses and inline data as they may be shown and stored. Queries carry presigned credentials and inline data is
/// the user's image, so both appear as a length and a short hash, which is enough to tell two of them apart.
/// </summary>
public static class AddressText
{
    private const int ShortHash = 12;
    private static readonly char[] s_authorityEnd = ['/', '\\', '?', '#'];
    private static readonly char[] s_secretStart = ['?', '#'];
    private static readonly Regex s_prefix = new(@"^\s*([A-Za-z][A-Za-z0-9+.\-]*:)?[/\\]+", RegexOptions.CultureInvariant);

    // Anchored at both ends: a real query that merely contains such a text is still masked.
    private static readonly Regex s_masked = new(
        @"^([^?#]*\?\[query: [0-9]+ characters, sha256 [0-9a-f]{12}\]|\[data: [0-9]+ characters, sha256 [0-9a-f]{12}\])$",
        RegexOptions.CultureInvariant);

    /// <summary>
    /// The address without user info, its query and fragment as length and hash. Works on the text alone, so that an
    /// unreadable address can be shown too; never throws.
    /// </summary>
    /// <param name="url">The address.</param>
    public static string Shown(string? url)
    {
        if (string.IsNullOrEmpty(url))
        {
            return "";
        }

        string text = WithoutUserInfo(url!);
        int secret = text.IndexOfAny(s_secretStart);
        if (secret < 0 || IsMasked(text))
        {
            return text;
        }

        string hidden = text[(secret + 1)..];
        return hidden.Length == 0 ? text[..secret] : $"{text[..secret]}?[query: {Measure(hidden)}]";
    }

    /// <summary>Inline data (a data URI or base64 text) as length and hash.</summary>
    /// <param name="data">The text.</param>
    public static string InlineShown(string? data) => s_masked.IsMatch(data ?? "") ? data! : $"[data: {Measure(data ?? "")}]";

    /// <summary>Whether a text is what <see cref="Shown"/> or <see cref="InlineShown"/> made of something secret, so that it cannot be used again.</summary>
    /// <param name="text">The text.</param>
    public static bool IsMasked(string? text) => text is not null && text.Contains(']') && s_masked.IsMatch(text.Trim());

    private static string Measure(string hidden) =>
        FormattableString.Invariant($"{hidden.Length} characters, sha256 {Sha256Text.Of(hidden)[..ShortHash]}");

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
