using System.Globalization;
using System.Text;
using Kling.Support;

namespace Kling.Sandbox.Replies;

/// <summary>Ids: reading version 4, and making them from content so that a run can be repeated.</summary>
internal static class SandboxIds
{
    /// <summary>Reads a UUID in its usual form with dashes.</summary>
    internal static bool TryParse(string? text, out Guid id) => Guid.TryParseExact(text, "D", out id);

    /// <summary>Reads a UUID of version 4 and the common variant.</summary>
    internal static bool TryParseV4(string? text, out Guid id) =>
        TryParse(text, out id) && text![14] == '4' && "89abAB".Contains(text[19]);

    /// <summary>An id of version 4 form that depends on nothing but the text.</summary>
    internal static Guid FromText(string text) => FromBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>An id of version 4 form that depends on nothing but the bytes.</summary>
    internal static Guid FromBytes(byte[] content)
    {
        string hex = Sha256(content);
        const string Variants = "89ab";
        char variant = Variants[int.Parse(hex.AsSpan(16, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 3];
        return Guid.ParseExact($"{hex[..8]}-{hex.Substring(8, 4)}-4{hex.Substring(13, 3)}-{variant}{hex.Substring(17, 3)}-{hex.Substring(20, 12)}", "D");
    }

    /// <summary>The SHA-256 in lower-case hexadecimal.</summary>
    internal static string Sha256(byte[] content) => Sha256Text.Of(content);
}
