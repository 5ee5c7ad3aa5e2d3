using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Requests;
using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>What the reader keeps for others to read, and what it refuses by name and place.</summary>
public class SchemaReaderTests
{
    [Fact]
    public void Nodes_KeepWhatTheTextSays()
    {
        SchemaNode node = SchemaNode.Parse("""
            {
              "$id": "https://schemas.example/a", "title": "Size", "description": "Pixels.", "default": {"a": [1, true, null, "x", 2.50]}, "examples": [1, "b"],
              "x-unit": "px", "x-more": {"a": 1}, "type": ["integer", "null"], "enum": [5, null], "const": null, "format": "uri", "pattern": "^a$",
              "minItems": 1, "maxItems": 2, "minLength": 3, "maxLength": 4, "minimum": 0.5, "maximum": 6, "exclusiveMinimum": 0, "exclusiveMaximum": 7, "multipleOf": 0.01,
              "properties": {"b": {"title": "B"}, "a": {}}, "required": ["b"], "dependentRequired": {"b": ["a"]}, "additionalProperties": false, "items": {}, "contains": true,
              "allOf": [{}, {}], "anyOf": [{}], "oneOf": [{}], "not": {}, "if": {}, "then": {}, "else": {"$id": "e"}
            }
            """);
        Assert.Equal(("https://schemas.example/a", "Size", "Pixels.", "Size"), (node.Id, node.Title, node.Description, node.ToString()));
        var given = Assert.IsType<Dictionary<string, object?>>(node.Default);
        Assert.Equal(new object?[] { 1m, true, null, "x", 2.5m }, given["a"]);
        Assert.Equal(new object?[] { 1m, "b" }, node.Examples.ToArray());
        Assert.Equal(["x-unit", "x-more"], node.Extensions.Select(extension => extension.Key));
        Assert.Equal("px", node.Extensions[0].Value);
        Assert.Equal(SchemaTypes.Integer | SchemaTypes.Null, node.Types);
        Assert.Equal(new object?[] { 5m, null }, node.Enum.ToArray());
        Assert.True(node.HasConst);
        Assert.Null(node.Const);
        Assert.Equal(("uri", "^a$"), (node.Format, node.Pattern));
        Assert.Equal((1, 2, 3, 4), (node.MinItems, node.MaxItems, node.MinLength, node.MaxLength));
        Assert.Equal((0.5m, 6m, 0m, 7m, 0.01m), (node.Minimum, node.Maximum, node.ExclusiveMinimum, node.ExclusiveMaximum, node.MultipleOf));
        Assert.Equal(["b", "a"], node.Properties.Select(property => property.Key));
        Assert.Equal("B", node.Property("b")!.Title);
        Assert.Null(node.Property("B"));
        Assert.Equal("b", Assert.Single(node.Required));
        Assert.Equal(("b", "a"), (node.DependentRequired[0].Key, node.DependentRequired[0].Value[0]));
        Assert.True(node.AdditionalProperties!.IsNever);
        Assert.False(node.Contains!.IsNever);
        Assert.NotNull(node.Items);
        Assert.Equal((2, 1, 1), (node.AllOf.Length, node.AnyOf.Length, node.OneOf.Length));
        Assert.Equal("/allOf/1", node.AllOf[1].ToString());
        Assert.NotNull(node.Not);
        Assert.NotNull(node.If);
        Assert.NotNull(node.Then);
        Assert.Equal("e", node.Else!.Id);
    }

    [Fact]
    public void EmptySchema_SaysNothing()
    {
        SchemaNode node = SchemaNode.Parse("{}");
        Assert.Equal(("schema", "", SchemaTypes.None, false), (node.ToString(), node.Pointer, node.Types, node.HasConst));
        Assert.True(node.Enum.IsEmpty && node.Properties.IsEmpty && node.Required.IsEmpty && node.AllOf.IsEmpty && node.Extensions.IsEmpty && node.Examples.IsEmpty);
        Assert.Null(node.Default);
    }

    [Theory]
    [InlineData("""{"$ref":"#/a"}""", "$ref", "/$ref")]
    [InlineData("""{"$defs":{}}""", "$defs", "/$defs")]
    [InlineData("""{"patternProperties":{}}""", "patternProperties", "/patternProperties")]
    [InlineData("""{"uniqueItems":true}""", "uniqueItems", "/uniqueItems")]
    [InlineData("""{"minContains":1}""", "minContains", "/minContains")]
    [InlineData("""{"deprecated":true}""", "deprecated", "/deprecated")]
    [InlineData("""{"Type":"string"}""", "Type", "/Type")]
    [InlineData("""{"":1}""", "", "/")]
    [InlineData("""{"x":1}""", "x", "/x")]
    [InlineData("""{"properties":{"a/b~c":{"foo":1}}}""", "foo", "/properties/a~1b~0c/foo")]
    [InlineData("""{"items":{"foo":1}}""", "foo", "/items/foo")]
    [InlineData("""{"contains":{"foo":1}}""", "foo", "/contains/foo")]
    [InlineData("""{"additionalProperties":{"foo":1}}""", "foo", "/additionalProperties/foo")]
    [InlineData("""{"allOf":[{},{"anyOf":[{"foo":1}]}]}""", "foo", "/allOf/1/anyOf/0/foo")]
    [InlineData("""{"oneOf":[{"not":{"foo":1}}]}""", "foo", "/oneOf/0/not/foo")]
    [InlineData("""{"if":{"foo":1}}""", "foo", "/if/foo")]
    [InlineData("""{"if":{},"then":{"foo":1}}""", "foo", "/then/foo")]
    [InlineData("""{"if":{},"else":{"foo":1}}""", "foo", "/else/foo")]
    public void UnknownKeywords_AreNamedWithTheirPlace(string schema, string keyword, string pointer)
    {
        SchemaException refused = Refused(schema);
        Assert.Equal((keyword, pointer), (refused.Keyword, refused.Pointer));
        Assert.Equal($"The schema's {keyword} at {pointer} is not supported.", refused.Message);
    }

    [Theory]
    [InlineData("title", "5", "is a number; it must be a text")]
    [InlineData("description", "null", "is null; it must be a text")]
    [InlineData("$id", "{}", "is an object; it must be a text")]
    [InlineData("examples", "\"a\"", "is a text; it must be a list")]
    [InlineData("type", "\"float\"", "is float, which is no type of JSON")]
    [InlineData("type", "[\"string\",\"String\"]", "is String, which is no type of JSON")]
    [InlineData("type", "[]", "is empty")]
    [InlineData("type", "[5]", "holds a number; it must hold names")]
    [InlineData("type", "true", "is true or false; it must be a list")]
    [InlineData("enum", "[]", "is empty")]
    [InlineData("enum", "{}", "is an object; it must be a list")]
    [InlineData("required", "\"a\"", "is a text; it must be a list")]
    [InlineData("required", "true", "is true or false; it must be a list")]
    [InlineData("required", "[null]", "holds null; it must hold names")]
    [InlineData("properties", "[]", "is a list; it must be an object")]
    [InlineData("dependentRequired", "[]", "is a list; it must be an object")]
    [InlineData("minItems", "-1", "must be a whole number of at least 0")]
    [InlineData("maxItems", "1.5", "must be a whole number of at least 0")]
    [InlineData("minLength", "\"1\"", "is a text; it must be a number")]
    [InlineData("maxLength", "[]", "is a list; it must be a number")]
    [InlineData("minimum", "\"0\"", "is a text; it must be a number")]
    [InlineData("maximum", "1e400", "is beyond the range of numbers")]
    [InlineData("exclusiveMinimum", "true", "is true or false; it must be a number")]
    [InlineData("exclusiveMaximum", "null", "is null; it must be a number")]
    [InlineData("multipleOf", "0", "must be larger than 0")]
    [InlineData("multipleOf", "-0.01", "must be larger than 0")]
    [InlineData("format", "\"date\"", "is date; supported are uuid and uri")]
    [InlineData("format", "5", "is a number; it must be a text")]
    [InlineData("pattern", "5", "is a number; it must be a text")]
    [InlineData("allOf", "[]", "is empty")]
    [InlineData("anyOf", "{}", "is an object; it must be a list")]
    [InlineData("oneOf", "true", "is true or false; it must be a list")]
    public void WrongValues_AreNamed(string keyword, string value, string reason)
    {
        SchemaException refused = Refused($$"""{"allOf":[{"{{keyword}}":{{value}}}]}""");
        Assert.Equal((keyword, $"/allOf/0/{keyword}"), (refused.Keyword, refused.Pointer));
        Assert.Equal($"The schema's {keyword} at /allOf/0/{keyword} {reason}.", refused.Message);
    }

    [Theory]
    [InlineData("""{"items":[{}]}""", "/items", "is a list; it must be an object, true or false")]
    [InlineData("""{"not":"a"}""", "/not", "is a text; it must be an object, true or false")]
    [InlineData("""{"properties":{"a":5}}""", "/properties/a", "is a number; it must be an object, true or false")]
    [InlineData("""{"anyOf":[null]}""", "/anyOf/0", "is null; it must be an object, true or false")]
    [InlineData("[]", "", "is a list; it must be an object, true or false")]
    [InlineData("""{"dependentRequired":{"a":"b"}}""", "/dependentRequired/a", "is a text; it must be a list")]
    [InlineData("""{"not":{"then":{}}}""", "/not/then", "has no if beside it")]
    [InlineData("""{"not":{"else":{}}}""", "/not/else", "has no if beside it")]
    [InlineData("""{"type":"string","type":"string"}""", "/type", "is there twice")]
    [InlineData("""{"properties":{"a":{},"a":{}}}""", "/properties/a", "is there twice")]
    public void WrongSchemas_AreNamed(string schema, string pointer, string reason)
    {
        SchemaException refused = Refused(schema);
        Assert.Equal(pointer, refused.Pointer);
        Assert.EndsWith($"{(pointer.Length == 0 ? "the top" : pointer)} {reason}.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)")]
    [InlineData("(?i)a")]
    [InlineData("(?>a)")]
    [InlineData("(a)\\1")]
    [InlineData("\\bword")]
    [InlineData("\\A")]
    [InlineData("\\k<a>")]
    [InlineData("[]a]")]
    [InlineData("[^]")]
    [InlineData("[a")]
    [InlineData("[🎬]")]
    [InlineData("a\\")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("a{2,1}")]
    [InlineData("[z-a]")]
    [InlineData("\\p{Greek}")]
    [InlineData("\\u{1F600}")]
    [InlineData("(a{1000}){1000}")]
    public void Patterns_ThatCannotBeMatchedForSure_AreRefused(string pattern)
    {
        SchemaException refused = Refused($$"""{"pattern":{{JsonSerializer.Serialize(pattern)}}}""");
        Assert.Equal(("pattern", "/pattern"), (refused.Keyword, refused.Pointer));
        Assert.StartsWith("The schema's pattern at /pattern cannot be used: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>These take a backtracking matcher longer than anyone waits.</summary>
    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("^(a|a?)+$")]
    [InlineData("^(.*a){20}$")]
    public void Patterns_TakeTimeByTheTextOnly(string pattern) => Assert.False(SchemaNode.Parse($$"""{"pattern":"{{pattern}}"}""").IsValid(new string('a', 5000) + "!"));

    [Fact]
    public void Limits_Hold()
    {
        Assert.Equal("pattern", Refused($$"""{"pattern":"{{new string('a', 2001)}}"}""").Keyword);
        Assert.NotNull(SchemaNode.Parse($$"""{"pattern":"{{new string('a', 2000)}}"}"""));
        Assert.Equal("pattern", Refused(Patterns(101)).Keyword);
        Assert.NotNull(SchemaNode.Parse(Patterns(100)));
        Assert.Contains("64 levels", Refused(Nested(65)).Message, StringComparison.Ordinal);
        Assert.NotNull(SchemaNode.Parse(Nested(64)));
        Assert.Contains("not JSON", Refused(Nested(100_000)).Message, StringComparison.Ordinal);
        Assert.Contains("10000 nodes", Refused($$"""{"anyOf":[{{Repeated("{}", 10_000)}}]}""").Message, StringComparison.Ordinal);
        Assert.NotNull(SchemaNode.Parse($$"""{"anyOf":[{{Repeated("{}", 9_999)}}]}"""));
        string filler = new('a', SchemaText.MaxLength - "{\"title\":\"\"}".Length);
        Assert.Contains("1048577 characters", Refused($$"""{"title":"{{filler}}a"}""").Message, StringComparison.Ordinal);
        Assert.NotNull(SchemaNode.Parse($$"""{"title":"{{filler}}"}"""));
        using JsonDocument large = JsonDocument.Parse($$"""{"title":"{{filler}}a"}""");
        Assert.Throws<SchemaException>(() => SchemaNode.Parse(large.RootElement));
    }

    [Fact]
    public void DeepValues_AreRefused()
    {
        string Lists(int levels) => new string('[', levels) + new string(']', levels);
        Assert.Throws<SchemaException>(() => PublishedSchemas.Value(Lists(5000)));
        using JsonDocument deep = JsonDocument.Parse($$"""{"const":{{Lists(5000)}}}""", new JsonDocumentOptions { MaxDepth = 10_000 });
        Assert.Throws<SchemaException>(() => SchemaNode.Parse(deep.RootElement));
        Assert.NotNull(PublishedSchemas.Value(Lists(200)));
    }

    [Theory]
    [InlineData("""{"title":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"const":["\udc00"]}""")]
    [InlineData("""{"const":{"\udc00":1}}""")]
    [InlineData("""{"if":{},"\u0069\ud800":{}}""")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{'a':1}")]
    [InlineData("{}x")]
    [InlineData("{/**/}")]
    public void TextsThatAreNoJson_AreRefused(string schema)
    {
        Refused(schema);
        Assert.Throws<SchemaException>(() => SchemaText.Read(schema));
    }

    [Fact]
    public void AMemberThatIsNotThere_IsNoSchema() => Assert.Throws<SchemaException>(() => SchemaNode.Parse(default(JsonElement)));

    /// <summary>A document without what a model needs is refused; no place of it is taken for granted.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"info":[],"components":5}""")]
    [InlineData("""{"components":{"schemas":{"RequestBody":{"items":{}}}}}""")]
    [InlineData("""{"info":{"\ud800":1},"components":{"schemas":{"RequestBody":{"items":{}}}}}""")]
    public void DocumentsWithoutAModel_AreRefused(string json) => Assert.Throws<SchemaException>(() => ModelReader.Read(json, isImported: true));

    [Fact]
    public void LongNames_AreCutInMessages()
    {
        SchemaException refused = Refused($$"""{"{{new string('n', 5000)}}":1}""");
        Assert.Equal(5000, refused.Keyword!.Length);
        Assert.InRange(refused.Message.Length, 1, 300);
        Assert.InRange(Refused($"{{\n{new string('n', 5000)}:1}}").Message.Length, 1, 200);
        Assert.Contains("in line 2", Refused($"{{\n{new string('n', 5000)}:1}}").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1e400", "79228162514264337593543950335")]
    [InlineData("-1e400", "-79228162514264337593543950335")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("0.10", "0.10")]
    public void Numbers_BeyondDecimal_BecomeTheNearest(string json, string number) => Assert.Equal(decimal.Parse(number), PublishedSchemas.Value(json));

    [Fact]
    public void NamesGivenTwice_CountByTheLastValue() =>
        Assert.Equal(2m, Assert.IsType<Dictionary<string, object?>>(PublishedSchemas.Value("""{"a":1,"a":2}"""))["a"]);

    [Fact]
    public void ShippedSchemas_AreGoodByTheStrictReaderToo() =>
        Assert.All([PublishedSchemas.Standard, PublishedSchemas.Pro], model =>
        {
            using JsonDocument document = JsonDocument.Parse(PublishedSchemas.TaskOf(model));
            SchemaNode quick = SchemaNode.ParseShipped(document.RootElement);
            SchemaNode strict = PublishedSchemas.NodeOf(model);
            Assert.All(PublishedSchemas.ExamplesOf(model), example => Assert.True(quick.IsValid(PublishedSchemas.Value(example)) && strict.IsValid(PublishedSchemas.Value(example))));
            Assert.All(["aGk=", "a b"], image =>
            {
                JsonObject request = PublishedSchemas.ExamplesOf(model)[^1];
                request["inputs"]!["frameImages"]![0] = image;
                object? value = PublishedSchemas.Value(request);
                Assert.Equal((image == "aGk=", image == "aGk="), (quick.IsValid(value), strict.IsValid(value)));
            });
        });

    private static SchemaException Refused(string schema) => Assert.Throws<SchemaException>(() => SchemaNode.Parse(schema));

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"not\":", levels - 1)) + "{}" + new string('}', levels - 1);

    private static string Repeated(string schema, int count) => string.Join(',', Enumerable.Repeat(schema, count));

    private static string Patterns(int count) => $$"""{"anyOf":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"pattern":"a{{i}}"},{"pattern":"a{{i}}"}"""))}}]}""";
}
