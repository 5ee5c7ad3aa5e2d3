using System.Text;
using System.Text.RegularExpressions;

namespace Kling.Schemas;

/// <summary>
/// Patterns of a schema. They are JavaScript's, and .NET reads some signs otherwise: there <c>$</c> also matches before a last line
/// end, <c>\d</c> and <c>\w</c> match digits and letters of any script, and half of a pair of surrogates is a character. So a pattern
/// is translated sign by sign, and what has no sure translation is refused. The time of a match grows with the text only, whatever
/// the pattern.
/// </summary>
internal sealed class SchemaPattern
{
    private const int MaxLength = 2000;
    private const string Digits = "0-9";
    private const string NoDigits = @"\x00-\x2f\x3a-\uffff";
    private const string Letters = "A-Za-z0-9_";
    private const string NoLetters = @"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\uffff";
    private const string Blanks = @"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    private const string NoBlanks = @"\x00-\x08\x0e-\x1f\x21-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff";
    private const string LineEnds = @"\n\r\u2028\u2029";

    private readonly string _pattern;
    private readonly StringBuilder _result = new();
    private int _at;

    private SchemaPattern(string pattern) => _pattern = pattern;

    /// <exception cref="ArgumentException">The pattern is invalid.</exception>
    /// <exception cref="NotSupportedException">It is too long, or it uses what cannot be translated or matched in bounded time.</exception>
    internal static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            throw new NotSupportedException(FormattableString.Invariant($"it has more than {MaxLength} characters"));
        }

        return new Regex(new SchemaPattern(pattern).Translate(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    private string Translate()
    {
        while (_at < _pattern.Length)
        {
            char c = _pattern[_at++];
            switch (c)
            {
                case '\\':
                    _result.Append(Escape(inClass: false));
                    break;
                case '[':
                    TranslateClass();
                    break;
                case '$':
                    _result.Append(@"\z");
                    break;
                case '.':
                    _result.Append(AllBut(LineEnds));
                    break;
                case '(' when Next == '?' && !_pattern.AsSpan(_at).StartsWith("?:", StringComparison.Ordinal):
                    throw new NotSupportedException("it has a group that begins with (? and is not (?:");
                case var _ when char.IsHighSurrogate(c) && char.IsLowSurrogate(Next):
                    _result.Append("(?:").Append(c).Append(_pattern[_at++]).Append(')');
                    break;
                default:
                    _result.Append(c);
                    break;
            }
        }

        return _result.ToString();
    }

    private char Next => _at < _pattern.Length ? _pattern[_at] : '\0';

    private void TranslateClass()
    {
        bool isNegated = Next == '^';
        _at += isNegated ? 1 : 0;
        int start = _at;
        var set = new StringBuilder();
        while (_at < _pattern.Length)
        {
            char c = _pattern[_at++];
            if (c == ']')
            {
                if (_at - 1 == start)
                {
                    throw new NotSupportedException("it has an empty class");
                }

                _ = isNegated ? _result.Append(AllBut(set.ToString())) : _result.Append('[').Append(set).Append(']');
                return;
            }

            if (char.IsSurrogate(c))
            {
                throw new NotSupportedException("it has a class with a character beyond U+FFFF");
            }

            _ = c switch
            {
                '\\' => set.Append(Escape(inClass: true)),
                '[' or '^' => set.Append('\\').Append(c),
                _ => set.Append(c),
            };
        }

        throw new ArgumentException("it has a class without an end");
    }

    private string Escape(bool inClass)
    {
        char c = Next;
        _at++;
        return c switch
        {
            'd' => Set(Digits, inClass),
            'w' => Set(Letters, inClass),
            's' => Set(Blanks, inClass),
            'D' => inClass ? NoDigits : AllBut(Digits),
            'W' => inClass ? NoLetters : AllBut(Letters),
            'S' => inClass ? NoBlanks : AllBut(Blanks),
            '0' when !char.IsAsciiDigit(Next) => @"\x00",
            't' or 'n' or 'v' or 'f' or 'r' or 'x' or 'u' or 'p' or 'P' => $@"\{c}",
            _ when _at <= _pattern.Length && char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) => $@"\{c}",
            _ => throw new NotSupportedException("it has an escape that is not supported"),
        };
    }

    private static string Set(string characters, bool inClass) => inClass ? characters : $"[{characters}]";

    /// <summary>Every character besides these; a pair of surrogates is one character.</summary>
    private static string AllBut(string characters) => $@"(?:[^{characters}\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])";
}
