using System.Text;
using System.Text.RegularExpressions;

namespace Kling.Support;

/// <summary>
/// Removes from a text what no stream, file or message may show: the key and any 8 characters of it, inline image data,
/// and the queries and user names of addresses. What is masked is shown as length and hash, so that two of them can be compared.
/// </summary>
public sealed class Redactor
{
    private const int PieceLength = 8;
    private const int LongestWord = 32;
    private const int MostWords = 64;

    private static readonly Regex s_dataUri = new(
        @"data:[A-Za-z0-9.+/;=-]{0,100},[^\s""'<>]*", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    // Shorter runs are ids, hashes (a SHA-256 in hex has 64 characters) and words.
    private static readonly Regex s_base64 = new(@"[A-Za-z0-9+/]{100,}={0,2}", RegexOptions.CultureInvariant);

    private static readonly Regex s_address = new(
        @"[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s""'<>]+", RegexOptions.CultureInvariant);

    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private readonly string _key;
    private readonly HashSet<string> _pieces = new(StringComparer.OrdinalIgnoreCase);
    private readonly int _pieceLength;
    private readonly string _mask = "***";

    internal Redactor(string key)
    {
        _key = key;
        _pieceLength = Math.Min(PieceLength, key.Length);
        for (int i = 0; _pieceLength > 0 && i + _pieceLength <= key.Length; i++)
        {
            _pieces.Add(key.Substring(i, _pieceLength));
        }

        // A mask made of a character of the key could complete a piece of it together with its neighbours.
        foreach (char candidate in "*#.~^|")
        {
            if (key.IndexOf(candidate) < 0)
            {
                _mask = new string(candidate, 3);
                break;
            }
        }
    }

    /// <summary>Masks inline data and addresses, and knows no key.</summary>
    public static Redactor WithoutKey { get; } = new("");

    /// <summary>The text without the key, inline data, and the queries and user names of addresses.</summary>
    public string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        string clean = HideKey(text);
        clean = s_dataUri.Replace(clean, m => MaskDataUri(m.Value));
        clean = s_address.Replace(clean, m => MaskAddress(m.Value));
        return s_base64.Replace(clean, m => IsHex(m.Value) ? m.Value : Digest(m.Value));
    }

    /// <summary>As <see cref="Clean"/>, for words that come again and again: each of the first few is cleaned once.</summary>
    internal string CleanWord(string word)
    {
        if (word.Length > LongestWord)
        {
            return Clean(word);
        }

        lock (_words)
        {
            if (!_words.TryGetValue(word, out string? clean))
            {
                clean = Clean(word);
                if (_words.Count < MostWords)
                {
                    _words.Add(word, clean);
                }
            }

            return clean;
        }
    }

    /// <summary>The text without the key and without any 8 characters in a row of it; nothing else is touched.</summary>
    public string HideKey(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        if (_pieceLength == 0 || text!.Length < _pieceLength)
        {
            return text!;
        }

        StringBuilder? clean = null;
        int copied = 0;
        int position = 0;
        while (position + _pieceLength <= text.Length)
        {
            if (!_pieces.Contains(text.Substring(position, _pieceLength)))
            {
                position++;
                continue;
            }

            // Overlapping and touching pieces are one run, and one mask.
            int end = position + _pieceLength;
            for (int next = position + 1; next <= end && next + _pieceLength <= text.Length; next++)
            {
                if (_pieces.Contains(text.Substring(next, _pieceLength)))
                {
                    end = next + _pieceLength;
                }
            }

            clean ??= new StringBuilder(text.Length);
            clean.Append(text, copied, position - copied).Append(_mask);
            copied = position = end;
        }

        return clean is null ? text : clean.Append(text, copied, text.Length - copied).ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => _key.Length == 0 ? "Redactor" : "Redactor ***";

    /// <summary>A text as its length and the start of its SHA-256.</summary>
    internal static string Digest(string text) => FormattableString.Invariant($"[{text.Length} characters, sha256 {Sha256Text.Of(text)[..8]}]");

    /// <summary>An address with its user name, query and fragment masked.</summary>
    internal static string MaskAddress(string address)
    {
        int start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        int cut = address.IndexOfAny(['?', '#'], start);
        string head = cut < 0 ? address : address[..cut];
        string tail = cut < 0 ? "" : address[(cut + 1)..];
        int at = head.LastIndexOf('@');
        int path = head.IndexOf('/', start);
        if (at >= start && (path < 0 || at < path))
        {
            head = string.Concat(head.AsSpan(0, start), "***", head.AsSpan(at));
        }

        return tail.Length == 0 ? head : head + address[cut] + Digest(tail);
    }

    private static string MaskDataUri(string uri)
    {
        int comma = uri.IndexOf(',');
        return string.Concat(uri.AsSpan(0, comma + 1), Digest(uri[(comma + 1)..]));
    }

    private static bool IsHex(string text) => text.Length <= 128 && text.All(Uri.IsHexDigit);
}
