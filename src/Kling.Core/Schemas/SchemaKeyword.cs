using System.Collections.Immutable;
using System.Text.Json;

namespace Kling.Schemas;

/// <summary>One member of an object of a schema: a keyword, or the name of a property. It reads its value in one way or refuses it.</summary>
internal sealed class SchemaKeyword
{
    private const int ShownLength = 80;

    private SchemaKeyword(string name, JsonElement value, string parent)
    {
        Name = name;
        Value = value;
        Pointer = $"{parent}/{name.Replace("~", "~0").Replace("/", "~1")}";
    }

    internal string Name { get; }

    internal JsonElement Value { get; }

    internal string Pointer { get; }

    /// <summary>The members of an object, in the order of the text; a name that is there twice is refused.</summary>
    internal static IEnumerable<SchemaKeyword> Of(JsonElement element, string pointer)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            var keyword = new SchemaKeyword(SchemaText.Text(member), member.Value, pointer);
            yield return names.Add(keyword.Name) ? keyword : throw keyword.Refused("is there twice");
        }
    }

    internal IEnumerable<SchemaKeyword> Members() => Value.ValueKind == JsonValueKind.Object ? Of(Value, Pointer) : throw IsNot("an object");

    internal JsonElement.ArrayEnumerator Items() => Value.ValueKind == JsonValueKind.Array ? Value.EnumerateArray() : throw IsNot("a list");

    internal string Text() => Value.ValueKind == JsonValueKind.String ? SchemaText.Text(Value) : throw IsNot("a text");

    internal decimal Number() => Value.ValueKind != JsonValueKind.Number ? throw IsNot("a number")
        : Value.TryGetDecimal(out decimal number) ? number
        : throw Refused("is beyond the range of numbers");

    /// <summary>A count; one beyond what a list or a text can have limits nothing, and is kept as the largest.</summary>
    internal int Size() => Number() is decimal number and >= 0m && decimal.IsInteger(number)
        ? (int)Math.Min(number, int.MaxValue)
        : throw Refused("must be a whole number of at least 0");

    internal ImmutableArray<object?> Values()
    {
        var values = new List<object?>();
        foreach (JsonElement item in Items())
        {
            values.Add(SchemaText.Value(item));
        }

        return [.. values];
    }

    internal ImmutableArray<string> Names()
    {
        var names = new List<string>();
        foreach (JsonElement item in Items())
        {
            names.Add(item.ValueKind == JsonValueKind.String ? SchemaText.Text(item) : throw Refused($"holds {Kind(item)}; it must hold names"));
        }

        return [.. names];
    }

    internal ImmutableArray<T> NotEmpty<T>(ImmutableArray<T> items) => items.IsEmpty ? throw Refused("is empty") : items;

    internal SchemaException Refused(string reason, Exception? inner = null) =>
        new($"The schema's {Shown(Name)} at {Shown(Pointer)} {reason}.", Pointer, Name, inner);

    internal static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    /// <summary>A text of the schema, cut to what a message can hold.</summary>
    internal static string Shown(string text) => text.Length <= ShownLength ? text : $"{text[..ShownLength]}…";

    private SchemaException IsNot(string wanted) => Refused($"is {Kind(Value)}; it must be {wanted}");
}
