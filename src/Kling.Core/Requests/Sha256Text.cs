using System.Security.Cryptography;
using System.Text;

namespace Kling.Requests;

/// <summary>SHA-256 in lower-case hex.</summary>
internal static class Sha256Text
{
    private const string Digits = "0123456789abcdef";

    internal static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    internal static string Of(byte[] bytes)
    {
        using var hash = SHA256.Create();
        return Hex(hash.ComputeHash(bytes));
    }

    internal static string Hex(byte[] bytes)
    {
        var text = new char[bytes.Length * 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[2 * i] = Digits[bytes[i] >> 4];
            text[(2 * i) + 1] = Digits[bytes[i] & 15];
        }

        return new string(text);
    }
}
