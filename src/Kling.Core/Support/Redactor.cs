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
}
