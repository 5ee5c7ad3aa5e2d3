using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kling.Schemas;

/// <summary>Reads one schema. What it cannot evaluate wholly, it refuses by keyword and place: a condition that is not understood must not be dropped.</summary>
/// <param name="compiles">Whether patterns are compiled at once, so that a bad one is refused.</param>
internal sealed class SchemaReader(bool compiles)
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 10_000;
    private const int MaxPatterns = 100;

    private readonly Dictionary<string, Regex> _patterns = [];
    private int _nodes;

    internal SchemaNode Read(JsonElement schema, string pointer, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SchemaException(FormattableString.Invariant($"The schema nests more than {MaxDepth} levels, at {SchemaKeyword.Shown(pointer)}."), pointer);
        }

        if (++_nodes > MaxNodes)
        {
            throw new SchemaException(FormattableString.Invariant($"The schema has more than {MaxNodes} nodes."), pointer);
        }

        return schema.ValueKind switch
        {
            JsonValueKind.True => new SchemaNode(pointer),
            JsonValueKind.False => new SchemaNode(pointer) { IsNever = true },
            JsonValueKind.Object => ReadObject(schema, pointer, depth),
            _ => throw new SchemaException(
                $"The schema at {(pointer.Length == 0 ? "the top" : SchemaKeyword.Shown(pointer))} is {SchemaKeyword.Kind(schema)}; it must be an object, true or false.",
                pointer, pointer.Length == 0 ? null : pointer[(pointer.LastIndexOf('/') + 1)..]),
        };
    }

    private SchemaNode ReadObject(JsonElement schema, string pointer, int depth)
    {
        var node = new SchemaNode(pointer);
        foreach (SchemaKeyword keyword in SchemaKeyword.Of(schema, pointer))
        {
            if (keyword.Name.StartsWith("x-", StringComparison.Ordinal))
            {
                node.Extensions = node.Extensions.Add(KeyValuePair.Create(keyword.Name, SchemaText.Value(keyword.Value)));
            }
            else if (!ReadAboutNode(node, keyword) && !ReadAboutValue(node, keyword) && !ReadNested(node, keyword, depth + 1))
            {
                throw keyword.Refused("is not supported");
            }
        }

        return node.If is null && (node.Then ?? node.Else) is SchemaNode branch
            ? throw new SchemaException($"The schema at {SchemaKeyword.Shown(branch.Pointer)} has no if beside it.", branch.Pointer, node.Then is null ? "else" : "then")
            : node;
    }

    private static bool ReadAboutNode(SchemaNode node, SchemaKeyword keyword)
    {
        switch (keyword.Name)
        {
            case "title":
                node.Title = keyword.Text();
                return true;
            case "description":
                node.Description = keyword.Text();
                return true;
            case "$id":
                node.Id = keyword.Text();
                return true;
            case "default":
                node.Default = SchemaText.Value(keyword.Value);
                return true;
            case "examples":
                node.Examples = keyword.Values();
                return true;
            default:
                return false;
        }
    }

    private bool ReadAboutValue(SchemaNode node, SchemaKeyword keyword)
    {
        switch (keyword.Name)
        {
            case "type":
                node.Types = ReadTypes(keyword);
                return true;
            case "const":
                node.HasConst = true;
                node.Const = SchemaText.Value(keyword.Value);
                return true;
            case "enum":
                node.Enum = keyword.NotEmpty(keyword.Values());
                return true;
            case "required":
                node.Required = keyword.Names();
                return true;
            case "dependentRequired":
                node.DependentRequired = ReadDependents(keyword);
                return true;
            case "minItems":
                node.MinItems = keyword.Size();
                return true;
            case "maxItems":
                node.MaxItems = keyword.Size();
                return true;
            case "minLength":
                node.MinLength = keyword.Size();
                return true;
            case "maxLength":
                node.MaxLength = keyword.Size();
                return true;
            case "pattern":
                node.Pattern = keyword.Text();
                node.Expression = compiles ? Compile(keyword, node.Pattern) : null;
                return true;
            case "format":
                node.Format = keyword.Text() is string format && SchemaFormat.IsKnown(format) ? format
                    : throw keyword.Refused($"is {SchemaKeyword.Shown(keyword.Text())}; supported are uuid and uri");
                return true;
            case "minimum":
                node.Minimum = keyword.Number();
                return true;
            case "maximum":
                node.Maximum = keyword.Number();
                return true;
            case "exclusiveMinimum":
                node.ExclusiveMinimum = keyword.Number();
                return true;
            case "exclusiveMaximum":
                node.ExclusiveMaximum = keyword.Number();
                return true;
            case "multipleOf":
                node.MultipleOf = keyword.Number() is decimal step and > 0m ? step : throw keyword.Refused("must be larger than 0");
                return true;
            default:
                return false;
        }
    }

    private bool ReadNested(SchemaNode node, SchemaKeyword keyword, int depth)
    {
        switch (keyword.Name)
        {
            case "properties":
                node.Properties = ReadProperties(keyword, depth);
                return true;
            case "additionalProperties":
                node.AdditionalProperties = Read(keyword.Value, keyword.Pointer, depth);
                return true;
            case "items":
                node.Items = Read(keyword.Value, keyword.Pointer, depth);
                return true;
            case "contains":
                node.Contains = Read(keyword.Value, keyword.Pointer, depth);
                return true;
            case "allOf":
                node.AllOf = ReadList(keyword, depth);
                return true;
            case "anyOf":
                node.AnyOf = ReadList(keyword, depth);
                return true;
            case "oneOf":
                node.OneOf = ReadList(keyword, depth);
                return true;
            case "not":
                node.Not = Read(keyword.Value, keyword.Pointer, depth);
                return true;
            case "if":
                node.If = Read(keyword.Value, keyword.Pointer, depth);
                return true;
            case "then":
                node.Then = Read(keyword.Value, keyword.Pointer, depth);
                return true;
            case "else":
                node.Else = Read(keyword.Value, keyword.Pointer, depth);
                return true;
            default:
                return false;
        }
    }

    private static SchemaTypes ReadTypes(SchemaKeyword keyword)
    {
        SchemaTypes types = SchemaTypes.None;
        foreach (string name in keyword.Value.ValueKind == JsonValueKind.String ? [keyword.Text()] : keyword.NotEmpty(keyword.Names()))
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
                _ => throw keyword.Refused($"is {SchemaKeyword.Shown(name)}, which is no type of JSON"),
            };
        }

        return types;
    }

    private Regex Compile(SchemaKeyword keyword, string pattern)
    {
        if (_patterns.TryGetValue(pattern, out Regex? known))
        {
            return known;
        }

        if (_patterns.Count == MaxPatterns)
        {
            throw keyword.Refused(FormattableString.Invariant($"is one of more than {MaxPatterns} patterns"));
        }

        try
        {
            return _patterns[pattern] = SchemaPattern.Compile(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw keyword.Refused($"cannot be used: {SchemaKeyword.Shown(e.Message.TrimEnd('.'))}", e);
        }
    }

    private ImmutableArray<KeyValuePair<string, SchemaNode>> ReadProperties(SchemaKeyword keyword, int depth)
    {
        var properties = new List<KeyValuePair<string, SchemaNode>>();
        foreach (SchemaKeyword member in keyword.Members())
        {
            properties.Add(KeyValuePair.Create(member.Name, Read(member.Value, member.Pointer, depth)));
        }

        return [.. properties];
    }

    private static ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> ReadDependents(SchemaKeyword keyword)
    {
        var dependents = new List<KeyValuePair<string, ImmutableArray<string>>>();
        foreach (SchemaKeyword member in keyword.Members())
        {
            dependents.Add(KeyValuePair.Create(member.Name, member.Names()));
        }

        return [.. dependents];
    }

    private ImmutableArray<SchemaNode> ReadList(SchemaKeyword keyword, int depth)
    {
        var nodes = new List<SchemaNode>();
        foreach (JsonElement schema in keyword.Items())
        {
            nodes.Add(Read(schema, FormattableString.Invariant($"{keyword.Pointer}/{nodes.Count}"), depth));
        }

        return keyword.NotEmpty([.. nodes]);
    }
}
