using CsCheck;

namespace Kling.Core.Tests.Fuzz;

/// <summary>Texts that programs stumble over.</summary>
internal static class FuzzText
{
    private static readonly string[] s_odd =
    [
        "", " ", "\0", "\r\n", "\uFEFF", "\uD800", "\uDFFF", "a\uD83D", "\uDE00b", "😀", "é", "e\u0301", "\u202Egpj.mp4", "null", "true", "-0", "1e400", "NaN",
        "../../etc/passwd", "C:\\con", "a/b", "https://example.test/a?token=secret", "data:image/png;base64,AAAA", "{\"a\":1}", "{", "]", "\"", "\\", "\u2028", "ÿ",
        "İ", "ǅ", "\u0085", "１", "٣", "00000000-0000-0000-0000-000000000000",
    ];

    /// <summary>Mostly short; ASCII, any UTF-16 with halves of pairs, and known stumbling stones.</summary>
    internal static Gen<string> Any { get; } = Gen.Frequency(
        (5, Gen.String[Gen.Char[' ', '~'], 0, 24]),
        (3, Gen.String[Gen.Char, 0, 12]),
        (3, Gen.OneOf(s_odd)),
        (1, Gen.Select(Gen.OneOf(s_odd), Gen.Char[' ', '~'], Gen.OneOf(s_odd), (a, c, b) => a + c + b)),
        (1, Gen.Select(Gen.Char, Gen.Int[0, 5000], (c, count) => new string(c, count))));

    /// <summary>Nothing, or any text.</summary>
    internal static Gen<string?> Maybe { get; } = Gen.Frequency((1, Gen.Const((string?)null)), (4, Any.Select(text => (string?)text)));
}
