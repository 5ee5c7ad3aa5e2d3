using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kling.Schemas;

/// <summary>Reads one schema. What it cannot evaluate wholly, it refuses by keyword and place: a condition that is not understood must not be dropped.</summary>
internal sealed class SchemaReader
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 10_000;
    private const int MaxPatterns = 100;
    private const int ShownLength = 80;

    private static readonly FrozenSet<string> s_keywords = FrozenSet.ToFrozenSet(
    [
        "type", "const", "enum", "properties", "required", "additionalProperties", "dependentRequired", "items", "contains", "minItems", "maxItems",
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "title", "description", "default", "$id", "examples",
    ]);

    private readonly Dictionary<string, Regex> _patterns = [];
    private int _nodes;

    internal SchemaNode Read(JsonElement schema, string pointer, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SchemaException(FormattableString.Invariant($"The schema nests more than {MaxDepth} levels, at {Shown(pointer)}."), pointer);
        }

        if (++_nodes > MaxNodes)
        {
            throw new SchemaException(FormattableString.Invariant($"The schema has more than {MaxNodes} nodes."), pointer);
        }

        return schema.ValueKind switch
        {
            JsonValueKind.True => new SchemaNode(pointer),
            JsonValueKind.False => new SchemaNode(pointer) { IsNever = true },
            JsonValueKind.Object => ReadKeywords(new SchemaPlace(new(Members(schema, pointer)), pointer, depth)),
            _ => throw new SchemaException($"The schema at {(pointer.Length == 0 ? "the top" : Shown(pointer))} is {Kind(schema)}; it must be an object, true or false.", pointer, LastName(pointer)),
        };
    }

    private SchemaNode ReadKeywords(SchemaPlace place)
    {
        foreach (string name in place.Keywords.Keys)
        {
            if (!s_keywords.Contains(name) && !name.StartsWith("x-", StringComparison.Ordinal))
            {
                throw Refused(place, name, "is not supported");
            }
        }

        foreach (string branch in (ReadOnlySpan<string>)["then", "else"])
        {
            if (place.Keywords.ContainsKey(branch) && !place.Keywords.ContainsKey("if"))
            {
                throw Refused(place, branch, "has no if beside it");
            }
        }

        string? pattern = Text(place, "pattern");
        return new SchemaNode(place.Pointer)
        {
            Title = Text(place, "title"),
            Description = Text(place, "description"),
            Id = Text(place, "$id"),
            Default = Value(place, "default"),
            Examples = List(place, "examples"),
            Extensions = [.. place.Keywords.Where(keyword => keyword.Key.StartsWith("x-", StringComparison.Ordinal))
                .Select(keyword => KeyValuePair.Create(keyword.Key, Value(place, keyword.Key)))],
            Types = ReadTypes(place),
            HasConst = place.Keywords.ContainsKey("const"),
            Const = Value(place, "const"),
            Enum = NotEmpty(place, "enum", List(place, "enum")),
            Properties = ReadProperties(place),
            Required = Names(place, "required"),
            AdditionalProperties = Node(place, "additionalProperties"),
            DependentRequired = ReadDependents(place),
            Items = Node(place, "items"),
            Contains = Node(place, "contains"),
            MinItems = Size(place, "minItems"),
            MaxItems = Size(place, "maxItems"),
            MinLength = Size(place, "minLength"),
            MaxLength = Size(place, "maxLength"),
            Pattern = pattern,
            Expression = pattern is null ? null : Compile(place, pattern),
            Format = ReadFormat(place),
            Minimum = Number(place, "minimum"),
            Maximum = Number(place, "maximum"),
            ExclusiveMinimum = Number(place, "exclusiveMinimum"),
            ExclusiveMaximum = Number(place, "exclusiveMaximum"),
            MultipleOf = ReadStep(place),
            AllOf = Nodes(place, "allOf"),
            AnyOf = Nodes(place, "anyOf"),
            OneOf = Nodes(place, "oneOf"),
            Not = Node(place, "not"),
            If = Node(place, "if"),
            Then = Node(place, "then"),
            Else = Node(place, "else"),
        };
    }

    private static SchemaTypes ReadTypes(SchemaPlace place)
    {
        SchemaTypes types = SchemaTypes.None;
        foreach (string name in place.Keywords.TryGetValue("type", out JsonElement given) && given.ValueKind == JsonValueKind.String
            ? [SchemaText.Text(given)]
            : NotEmpty(place, "type", Names(place, "type")))
        {
            types |= name switch
            {
                "null" => SchemaTypes.Null,
                "boolean" => SchemaTypes.Boolean,
                "object" => SchemaTypes.Object,
                "array" => SchemaTypes.Array,
                "number" => SchemaTypes.Number,
                "string" => SchemaTypes.String,
                "integer" => SchemaTypes.Integer,
                _ => throw Refused(place, "type", "names a type that JSON does not have"),
            };
        }

        return types;
    }

    private static string? ReadFormat(SchemaPlace place) => Text(place, "format") switch
    {
        null => null,
        SchemaFormat.Uuid => SchemaFormat.Uuid,
        SchemaFormat.Uri => SchemaFormat.Uri,
        string other => throw Refused(place, "format", $"is {Shown(other)}; supported are uuid and uri"),
    };

    private static decimal? ReadStep(SchemaPlace place) =>
        Number(place, "multipleOf") is decimal step ? step > 0m ? step : throw Refused(place, "multipleOf", "must be larger than 0") : null;

    private Regex Compile(SchemaPlace place, string pattern)
    {
        if (_patterns.TryGetValue(pattern, out Regex? known))
        {
            return known;
        }

        if (_patterns.Count == MaxPatterns)
        {
            throw Refused(place, "pattern", FormattableString.Invariant($"is one of more than {MaxPatterns} patterns"));
        }

        try
        {
            return _patterns[pattern] = SchemaPattern.Compile(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Refused(place, "pattern", $"cannot be used: {Shown(e.Message)}", e);
        }
    }

    private ImmutableArray<KeyValuePair<string, SchemaNode>> ReadProperties(SchemaPlace place) => [.. Members(place, "properties")
        .Select(member => KeyValuePair.Create(member.Key, Read(member.Value, place.At("properties", member.Key), place.Depth + 1)))];

    private static ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> ReadDependents(SchemaPlace place)
    {
        List<KeyValuePair<string, JsonElement>> members = Members(place, "dependentRequired");
        var inner = new SchemaPlace(new(members), place.At("dependentRequired"), place.Depth);
        return [.. members.Select(member => KeyValuePair.Create(member.Key, Names(inner, member.Key)))];
    }

    private SchemaNode? Node(SchemaPlace place, string keyword) =>
        place.Keywords.TryGetValue(keyword, out JsonElement schema) ? Read(schema, place.At(keyword), place.Depth + 1) : null;

    private ImmutableArray<SchemaNode> Nodes(SchemaPlace place, string keyword) => NotEmpty(place, keyword, Array(place, keyword)
        .Select((schema, i) => Read(schema, place.At(keyword, FormattableString.Invariant($"{i}")), place.Depth + 1)).ToImmutableArray());

    private static string? Text(SchemaPlace place, string keyword) => !place.Keywords.TryGetValue(keyword, out JsonElement given) ? null
        : given.ValueKind == JsonValueKind.String ? SchemaText.Text(given)
        : throw Refused(place, keyword, $"is {Kind(given)}; it must be a text");

    private static decimal? Number(SchemaPlace place, string keyword) => !place.Keywords.TryGetValue(keyword, out JsonElement given) ? null
        : given.ValueKind == JsonValueKind.Number && given.TryGetDecimal(out decimal number) ? number
        : throw Refused(place, keyword, given.ValueKind == JsonValueKind.Number ? "is beyond the range of numbers" : $"is {Kind(given)}; it must be a number");

    /// <summary>A count; one beyond what a list or a text can have limits nothing, and is kept as the largest.</summary>
    private static int? Size(SchemaPlace place, string keyword) => Number(place, keyword) switch
    {
        null => null,
        decimal number when number >= 0m && decimal.IsInteger(number) => (int)Math.Min(number, int.MaxValue),
        _ => throw Refused(place, keyword, "must be a whole number of at least 0"),
    };

    private static object? Value(SchemaPlace place, string keyword) => place.Keywords.TryGetValue(keyword, out JsonElement given) ? SchemaText.Value(given) : null;

    private static ImmutableArray<object?> List(SchemaPlace place, string keyword) => [.. Array(place, keyword).Select(SchemaText.Value)];

    private static ImmutableArray<string> Names(SchemaPlace place, string keyword) => [.. Array(place, keyword)
        .Select(name => name.ValueKind == JsonValueKind.String ? SchemaText.Text(name) : throw Refused(place, keyword, $"holds {Kind(name)}; it must hold names"))];

    private static JsonElement[] Array(SchemaPlace place, string keyword) => !place.Keywords.TryGetValue(keyword, out JsonElement given) ? []
        : given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()]
        : throw Refused(place, keyword, $"is {Kind(given)}; it must be a list");

    private static List<KeyValuePair<string, JsonElement>> Members(SchemaPlace place, string keyword) => !place.Keywords.TryGetValue(keyword, out JsonElement given) ? []
        : given.ValueKind == JsonValueKind.Object ? Members(given, place.At(keyword))
        : throw Refused(place, keyword, $"is {Kind(given)}; it must be an object");

    private static ImmutableArray<T> NotEmpty<T>(SchemaPlace place, string keyword, ImmutableArray<T> items) =>
        items.IsEmpty && place.Keywords.ContainsKey(keyword) ? throw Refused(place, keyword, "is empty") : items;

    /// <summary>The members of an object, in the order of the text.</summary>
    private static List<KeyValuePair<string, JsonElement>> Members(JsonElement element, string pointer)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var members = new List<KeyValuePair<string, JsonElement>>();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            string name = SchemaText.Text(member);
            if (!names.Add(name))
            {
                throw Refused(new SchemaPlace([], pointer, 0), name, "is there twice");
            }

            members.Add(KeyValuePair.Create(name, member.Value));
        }

        return members;
    }

    private static SchemaException Refused(SchemaPlace place, string keyword, string reason, Exception? inner = null)
    {
        string pointer = place.At(keyword);
        return new SchemaException($"The schema's {Shown(keyword)} at {Shown(pointer)} {reason}.", pointer, keyword, inner);
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    /// <summary>A text of the schema, cut to what a message can hold.</summary>
    private static string Shown(string text) => text.Length <= ShownLength ? text : $"{text[..ShownLength]}…";

    private static string? LastName(string pointer) => pointer.Length == 0 ? null : pointer[(pointer.LastIndexOf('/') + 1)..];
}

/// <summary>The keywords of one node, and where it is.</summary>
internal readonly record struct SchemaPlace(Dictionary<string, JsonElement> Keywords, string Pointer, int Depth)
{
    internal string At(string name) => $"{Pointer}/{name.Replace("~", "~0").Replace("/", "~1")}";

    internal string At(string name, string next) => new SchemaPlace(Keywords, At(name), Depth).At(next);
}
