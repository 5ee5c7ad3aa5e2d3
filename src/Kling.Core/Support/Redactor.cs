using System.Text;

namespace Kling.Support;

/// <summary>
/// Takes out of a text what no stream, file or message may show: the key and any 8 characters in a row of it, and what
/// <see cref="Masking"/> masks.
/// </summary>
public sealed class Redactor
{
    private const int PieceLength = 8;
    private const int LongestWord = 32;
    private const int MostWords = 64;

    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private readonly string _key;
    private readonly HashSet<int> _pairs = [];
    private readonly int _pieceLength;
    private readonly string _mask = "***";

    internal Redactor(string key)
    {
        _key = key;
        _pieceLength = Math.Min(PieceLength, key.Length);
        for (int i = 1; i < key.Length; i++)
        {
            _pairs.Add(Pair(key, i));
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

    /// <summary>The text without the key, and with inline data and addresses masked.</summary>
    public string Clean(string? text) => Masking.Clean(HideKey(text));

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

    /// <summary>
    /// An id or an address of the service, which is kept whole but for the key. What a terminal must not get is in neither, and is
    /// written out: PowerShell shows properties as they are where it has no view for them. Null for null.
    /// </summary>
    internal string? Whole(string? text) => text is null ? null : ConsoleText.Of(HideKey(text));

    /// <summary>The text without the key and without any 8 characters in a row of it; nothing else is touched.</summary>
    public string HideKey(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        if (_pieceLength == 0 || text.Length < _pieceLength)
        {
            return text;
        }

        StringBuilder? clean = null;
        int copied = 0;
        int position = 0;
        while (position + _pieceLength <= text.Length)
        {
            // Most texts are passed over in steps: a piece cannot hold two neighbours that are none in the key.
            int last = position + _pieceLength - 1;
            if (last > position && !_pairs.Contains(Pair(text, last)))
            {
                position = last;
                continue;
            }

            if (!IsPiece(text, position))
            {
                position++;
                continue;
            }

            // Overlapping and touching pieces are one run, and one mask.
            int end = position + _pieceLength;
            for (int next = position + 1; next <= end && next + _pieceLength <= text.Length; next++)
            {
                if (IsPiece(text, next))
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

    private bool IsPiece(string text, int start) => _key.AsSpan().Contains(text.AsSpan(start, _pieceLength), StringComparison.OrdinalIgnoreCase);

    private static int Pair(string text, int second) => (char.ToUpperInvariant(text[second - 1]) << 16) | char.ToUpperInvariant(text[second]);

    /// <inheritdoc/>
    public override string ToString() => _key.Length == 0 ? "Redactor" : "Redactor ***";
}
