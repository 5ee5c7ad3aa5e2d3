using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Kling.Core.Tests.Fuzz;

/// <summary>JSON of any shape whose names and values are often those a reader looks for.</summary>
internal sealed class FuzzJson
{
    private const int Deepest = 5;
    private static readonly string[] s_scalars =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "0.5", "1e400", "-1e-400", "9007199254740993", "18446744073709551616", "79228162514264337593543950336", "0.1848",
        "\"\\ud800\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\"", "{}", "[]", "[null]",
    ];

    private readonly Gen<string> _names;
    private readonly Gen<string> _scalars;

    /// <param name="names">The members a reader looks for.</param>
    /// <param name="values">Texts a reader understands.</param>
    internal FuzzJson(string[] names, string[] values)
    {
        _names = Gen.Frequency((12, Gen.OneOf(names)), (1, FuzzText.Any));
        _scalars = Gen.Frequency(
            (4, Gen.OneOf(values).Select(Quoted)),
            (3, Gen.OneOf(s_scalars)),
            (1, Gen.Long.Select(number => number.ToString(CultureInfo.InvariantCulture))),
            (1, Gen.Double[-1e6, 1e6].Select(number => number.ToString("R", CultureInfo.InvariantCulture))),
            (1, Gen.Guid.Select(id => $"\"{id:D}\"")),
            (2, FuzzText.Any.Select(Quoted)));
        Value = Gen.Recursive<string>((depth, inner) => depth >= Deepest
            ? _scalars
            : Gen.Frequency((5, _scalars), (2, inner.Array[0, 4].Select(items => $"[{string.Join(",", items)}]")), (3, ObjectOf(inner))));
        Object = ObjectOf(Value);
    }

    /// <summary>Any value.</summary>
    internal Gen<string> Value { get; }

    /// <summary>An object; a name may come twice.</summary>
    internal Gen<string> Object { get; }

    /// <summary>A value or an object, as bytes, whole or damaged.</summary>
    internal Gen<byte[]> Bytes(Gen<string> text) => FuzzBytes.Damaged(text.Select(Encoding.UTF8.GetBytes));

    private Gen<string> ObjectOf(Gen<string> inner) =>
        Gen.Select(_names, inner, (name, value) => $"{Quoted(name)}:{value}").Array[0, 9].Select(members => $"{{{string.Join(",", members)}}}");

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
