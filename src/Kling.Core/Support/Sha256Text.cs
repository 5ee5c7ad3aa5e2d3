using System.Security.Cryptography;
using System.Text;

namespace Kling.Support;

/// <summary>SHA-256 in lower-case hex.</summary>
internal static class Sha256Text
{
    internal static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    internal static string Of(byte[] bytes) => Hex(SHA256.HashData(bytes));

    internal static string Hex(byte[] hash) => Convert.ToHexString(hash).ToLowerInvariant();
}
