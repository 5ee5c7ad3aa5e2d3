using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kling.Sandbox;

/// <summary>Ids: reading version 4, and making them from content so that a run can be repeated.</summary>
internal static class SandboxIds
{
    /// <summary>Reads a UUID in its usual form with dashes.</summary>
    internal static bool TryParse(string? text, out Guid id) => Guid.TryParseExact(text, "D", out id);

    /// <summary>Reads a UUID of version 4 and the common variant.</summary>
    internal static bool TryParseV4(string? text, out Guid id) =>
        TryParse(text, out id) && text![14] == '4' && "89abAB".IndexOf(text[19]) >= 0;

    /// <summary>An id of version 4 form that depends on nothing but the text.</summary>
    internal static Guid FromText(string text) => FromBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>An id of version 4 form that depends on nothing but the bytes.</summary>
    internal static Guid FromBytes(byte[] content)
    {
        string hex = Sha256(content);
        const string Variants = "89ab";
        char variant = Variants[int.Parse(hex.Substring(16, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 3];
        return Guid.ParseExact($"{hex.Substring(0, 8)}-{hex.Substring(8, 4)}-4{hex.Substring(13, 3)}-{variant}{hex.Substring(17, 3)}-{hex.Substring(20, 12)}", "D");
    }

    /// <summary>The SHA-256 in lower-case hexadecimal.</summary>
    internal static string Sha256(byte[] content)
    {
        using SHA256 hash = SHA256.Create();
        var text = new StringBuilder(64);
        foreach (byte value in hash.ComputeHash(content))
        {
            text.Append(value.ToString("x2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
