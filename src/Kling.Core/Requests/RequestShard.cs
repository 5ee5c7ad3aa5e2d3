using System.Globalization;

namespace Kling.Requests;

/// <summary>One of several equal parts of all requests. A request's fingerprint says in which it is, so that machines agree without talking.</summary>
/// <param name="Number">Which part, from 1.</param>
/// <param name="Count">How many parts there are.</param>
public sealed record RequestShard(int Number, int Count)
{
    /// <summary>The most parts.</summary>
    public const int MostParts = 10_000;

    /// <summary>Reads a part such as <c>3/10</c>; null when it cannot be read.</summary>
    public static RequestShard? Parse(string text)
    {
        string[] parts = text.Trim().Split('/');
        return parts.Length == 2 && Whole(parts[0]) is int number && Whole(parts[1]) is int count && number >= 1 && number <= count && count <= MostParts
            ? new RequestShard(number, count)
            : null;

        static int? Whole(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
    }

    /// <summary>Whether a request is in this part.</summary>
    /// <param name="fingerprint">Its fingerprint: SHA-256 in hex. The first 16 digits, as a number, modulo the parts, give the part.</param>
    public bool Holds(string fingerprint) =>
        (int)(ulong.Parse(fingerprint.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) % (ulong)Count) == Number - 1;
}
