using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kling.Schemas;

/// <summary>
/// One node of a JSON Schema (draft 2020-12), with exactly the keywords that the published schemas of models use. Another keyword is
/// refused when the schema is read, so a condition is never ignored. A node does not change and can be used by several threads.
/// </summary>
public sealed partial class SchemaNode
{
    internal SchemaNode(string pointer) => Pointer = pointer;

    /// <summary>The JSON Pointer to the node inside of the schema that was read; empty for the schema itself.</summary>
    public string Pointer { get; }

    /// <summary>The title; null when there is none.</summary>
    public string? Title { get; internal set; }

    /// <summary>The description; null when there is none.</summary>
    public string? Description { get; internal set; }

    /// <summary>The name of the schema (<c>$id</c>); null when there is none.</summary>
    public string? Id { get; internal set; }

    /// <summary>The value that the service assumes; null when the schema names none.</summary>
    public object? Default { get; internal set; }

    /// <summary>Example values.</summary>
    public ImmutableArray<object?> Examples { get; internal set; } = [];

    /// <summary>The members whose names begin with <c>x-</c>.</summary>
    public ImmutableArray<KeyValuePair<string, object?>> Extensions { get; internal set; } = [];

    /// <summary>Whether the node is the schema <c>false</c>, which refuses every value.</summary>
    public bool IsNever { get; internal set; }

    /// <summary>The types of a value that are allowed; None where all are.</summary>
    public SchemaTypes Types { get; internal set; }

    /// <summary>Whether there is a <see cref="Const"/>; it may be null.</summary>
    public bool HasConst { get; internal set; }

    /// <summary>The only value.</summary>
    public object? Const { get; internal set; }

    /// <summary>The allowed values; empty where all are.</summary>
    public ImmutableArray<object?> Enum { get; internal set; } = [];

    /// <summary>The members of an object that have a schema, in the order of the text.</summary>
    public ImmutableArray<KeyValuePair<string, SchemaNode>> Properties { get; internal set; } = [];

    /// <summary>The members that an object must have.</summary>
    public ImmutableArray<string> Required { get; internal set; } = [];

    /// <summary>The schema of the members that <see cref="Properties"/> does not name; null where there is none.</summary>
    public SchemaNode? AdditionalProperties { get; internal set; }

    /// <summary>Members, each with those that an object must have too once it has this one.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> DependentRequired { get; internal set; } = [];

    /// <summary>The schema of every item of a list; null where there is none.</summary>
    public SchemaNode? Items { get; internal set; }

    /// <summary>The schema that at least one item of a list must meet; null where there is none.</summary>
    public SchemaNode? Contains { get; internal set; }

    /// <summary>The smallest number of items.</summary>
    public int? MinItems { get; internal set; }

    /// <summary>The largest number of items.</summary>
    public int? MaxItems { get; internal set; }

    /// <summary>The smallest number of characters of a text (Unicode code points).</summary>
    public int? MinLength { get; internal set; }

    /// <summary>The largest number of characters of a text (Unicode code points).</summary>
    public int? MaxLength { get; internal set; }

    /// <summary>The pattern of a text, as the schema has it; null where there is none.</summary>
    public string? Pattern { get; internal set; }

    /// <summary><c>uuid</c>, <c>uri</c> or null.</summary>
    public string? Format { get; internal set; }

    /// <summary>The smallest number.</summary>
    public decimal? Minimum { get; internal set; }

    /// <summary>The largest number.</summary>
    public decimal? Maximum { get; internal set; }

    /// <summary>A number is larger than this.</summary>
    public decimal? ExclusiveMinimum { get; internal set; }

    /// <summary>A number is smaller than this.</summary>
    public decimal? ExclusiveMaximum { get; internal set; }

    /// <summary>A number is a whole multiple of this.</summary>
    public decimal? MultipleOf { get; internal set; }

    /// <summary>Schemas that all hold.</summary>
    public ImmutableArray<SchemaNode> AllOf { get; internal set; } = [];

    /// <summary>Schemas of which at least one holds.</summary>
    public ImmutableArray<SchemaNode> AnyOf { get; internal set; } = [];

    /// <summary>Schemas of which exactly one holds.</summary>
    public ImmutableArray<SchemaNode> OneOf { get; internal set; } = [];

    /// <summary>A schema that does not hold; null where there is none.</summary>
    public SchemaNode? Not { get; internal set; }

    /// <summary>The condition that chooses <see cref="Then"/> or <see cref="Else"/>; null where there is none.</summary>
    public SchemaNode? If { get; internal set; }

    /// <summary>Holds where <see cref="If"/> does; null where there is none.</summary>
    public SchemaNode? Then { get; internal set; }

    /// <summary>Holds where <see cref="If"/> does not; null where there is none.</summary>
    public SchemaNode? Else { get; internal set; }

    /// <summary>The compiled <see cref="Pattern"/>; the patterns of schemas that ship are compiled when they are needed.</summary>
    internal Regex? Expression
    {
        get => Pattern is null ? null : field ??= SchemaPattern.Compile(Pattern);
        set;
    }

    /// <summary>Reads a schema out of a document, such as the published description of a model.</summary>
    /// <param name="schema">The schema: an object, <c>true</c> or <c>false</c>. It is not needed afterwards. The element of a member that is not there is refused.</param>
    /// <exception cref="SchemaException">It is not a schema that this engine can evaluate wholly.</exception>
    public static SchemaNode Parse(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Undefined)
        {
            throw new SchemaException("There is no schema.");
        }

        SchemaText.CheckLength(schema.GetRawText().Length);
        return new SchemaReader(compiles: true).Read(schema, "", depth: 1);
    }

    /// <summary>Reads a schema that is a text of its own.</summary>
    /// <param name="schema">The schema as JSON.</param>
    /// <exception cref="SchemaException">It is no JSON, or not a schema that this engine can evaluate wholly.</exception>
    public static SchemaNode Parse(string schema)
    {
        using JsonDocument document = SchemaText.Read(schema);
        return Parse(document.RootElement);
    }

    /// <summary>
    /// Reads a schema that ships with the engine. Its patterns are known to be good, and are compiled only when a text meets them: the
    /// first one of a process takes longer than all the rest of the reading.
    /// </summary>
    internal static SchemaNode ParseShipped(JsonElement schema) => new SchemaReader(compiles: false).Read(schema, "", depth: 1);

    /// <summary>The schema of a member of an object; null when <see cref="Properties"/> does not name it.</summary>
    /// <param name="name">The member's name, exactly.</param>
    public SchemaNode? Property(string name)
    {
        foreach ((string known, SchemaNode node) in Properties)
        {
            if (known == name)
            {
                return node;
            }
        }

        return null;
    }

    /// <summary>The title, or the pointer of a node without one.</summary>
    public override string ToString() => Title ?? (Pointer.Length == 0 ? "schema" : Pointer);
}

/// <summary>The types of JSON; the numbers without a fraction are a type of their own.</summary>
[Flags]
public enum SchemaTypes
{
    /// <summary>No type.</summary>
    None = 0,

    /// <summary>null.</summary>
    Null = 1,

    /// <summary>true or false.</summary>
    Boolean = 2,

    /// <summary>An object.</summary>
    Object = 4,

    /// <summary>A list.</summary>
    Array = 8,

    /// <summary>Any number.</summary>
    Number = 16,

    /// <summary>A text.</summary>
    String = 32,

    /// <summary>A number without a fraction; 5.0 is one.</summary>
    Integer = 64,
}

/// <summary>A schema that is refused, with the place in it.</summary>
/// <param name="message">What is wrong and where.</param>
/// <param name="pointer">The JSON Pointer to the place.</param>
/// <param name="keyword">The keyword concerned; null where none is.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class SchemaException(string message, string pointer = "", string? keyword = null, Exception? inner = null)
    : Exception(ConsoleText.Of(message), inner)
{
    /// <summary>The JSON Pointer to the place that is refused; empty for the schema itself.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>The keyword that is refused; null where the place is no keyword.</summary>
    public string? Keyword { get; } = keyword;
}
