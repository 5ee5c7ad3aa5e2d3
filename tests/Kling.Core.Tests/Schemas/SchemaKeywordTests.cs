using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>Each keyword by itself: what it admits, what it refuses, and what it leaves to others.</summary>
public class SchemaKeywordTests
{
    // A text of two characters, each a pair of surrogates, as JSON.
    private const string TwoPairs = "\"\\ud83c\\udfac\\ud83c\\udfa5\"";

    [Theory]
    [InlineData("""{"type":"string"}""", "\"a\"", true)]
    [InlineData("""{"type":"string"}""", "5", false)]
    [InlineData("""{"type":"string"}""", "null", false)]
    [InlineData("""{"type":"null"}""", "null", true)]
    [InlineData("""{"type":"null"}""", "false", false)]
    [InlineData("""{"type":"boolean"}""", "false", true)]
    [InlineData("""{"type":"boolean"}""", "0", false)]
    [InlineData("""{"type":"boolean"}""", "\"true\"", false)]
    [InlineData("""{"type":"object"}""", "{}", true)]
    [InlineData("""{"type":"object"}""", "[]", false)]
    [InlineData("""{"type":"array"}""", "[]", true)]
    [InlineData("""{"type":"array"}""", "{}", false)]
    [InlineData("""{"type":"array"}""", "\"a\"", false)]
    [InlineData("""{"type":"number"}""", "5", true)]
    [InlineData("""{"type":"number"}""", "5.5", true)]
    [InlineData("""{"type":"number"}""", "true", false)]
    [InlineData("""{"type":"integer"}""", "5", true)]
    [InlineData("""{"type":"integer"}""", "5.0", true)]
    [InlineData("""{"type":"integer"}""", "5e0", true)]
    [InlineData("""{"type":"integer"}""", "5.5", false)]
    [InlineData("""{"type":"integer"}""", "\"5\"", false)]
    [InlineData("""{"type":["string","integer"]}""", "5", true)]
    [InlineData("""{"type":["string","integer"]}""", "\"a\"", true)]
    [InlineData("""{"type":["string","integer"]}""", "5.5", false)]
    public void Type(string schema, string value, bool isValid) => Check(schema, value, isValid, "type");

    [Theory]
    [InlineData("""{"const":"first"}""", "\"first\"", true)]
    [InlineData("""{"const":"first"}""", "\"First\"", false)]
    [InlineData("""{"const":0}""", "0.00", true)]
    [InlineData("""{"const":0}""", "false", false)]
    [InlineData("""{"const":0}""", "\"0\"", false)]
    [InlineData("""{"const":null}""", "null", true)]
    [InlineData("""{"const":null}""", "0", false)]
    [InlineData("""{"const":false}""", "false", true)]
    [InlineData("""{"const":false}""", "null", false)]
    [InlineData("""{"const":{"a":[1,{"b":null}],"c":true}}""", """{"c":true,"a":[1.0,{"b":null}]}""", true)]
    [InlineData("""{"const":{"a":[1,2]}}""", """{"a":[2,1]}""", false)]
    [InlineData("""{"const":{"a":[1,2]}}""", """{"a":[1]}""", false)]
    [InlineData("""{"const":{"a":1}}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"const":{"a":1}}""", """{"b":1}""", false)]
    [InlineData("""{"const":{"a":null}}""", """{"b":null}""", false)]
    [InlineData("""{"const":[]}""", "{}", false)]
    public void Const(string schema, string value, bool isValid) => Check(schema, value, isValid, "const");

    [Theory]
    [InlineData("""{"enum":[5,10]}""", "10.0", true)]
    [InlineData("""{"enum":[5,10]}""", "6", false)]
    [InlineData("""{"enum":[5,10]}""", "\"5\"", false)]
    [InlineData("""{"enum":["last",-1]}""", "-1", true)]
    [InlineData("""{"enum":[null,[1]]}""", "[1]", true)]
    [InlineData("""{"enum":[null,[1]]}""", "null", true)]
    [InlineData("""{"enum":[null,[1]]}""", "[]", false)]
    public void Enum(string schema, string value, bool isValid) => Check(schema, value, isValid, "enum");

    [Theory]
    [InlineData("""{"minLength":2}""", "\"ab\"", true)]
    [InlineData("""{"minLength":2}""", "\"a\"", false)]
    [InlineData("""{"minLength":2}""", TwoPairs, true)]
    [InlineData("""{"minLength":2}""", "5", true)]
    [InlineData("""{"minLength":3}""", TwoPairs, false)]
    [InlineData("""{"minLength":2.0}""", "\"a\"", false)]
    public void MinLength(string schema, string value, bool isValid) => Check(schema, value, isValid, "minLength");

    [Theory]
    [InlineData("""{"maxLength":2}""", "\"ab\"", true)]
    [InlineData("""{"maxLength":2}""", "\"abc\"", false)]
    [InlineData("""{"maxLength":2}""", TwoPairs, true)]
    [InlineData("""{"maxLength":1}""", TwoPairs, false)]
    [InlineData("""{"maxLength":0}""", "\"\"", true)]
    [InlineData("""{"maxLength":9007199254740991}""", "\"abc\"", true)]
    public void MaxLength(string schema, string value, bool isValid) => Check(schema, value, isValid, "maxLength");

    [Theory]
    [InlineData("""{"minimum":60}""", "60", true)]
    [InlineData("""{"minimum":60}""", "59.999", false)]
    [InlineData("""{"minimum":60}""", "\"a\"", true)]
    [InlineData("""{"minimum":60}""", "-1e400", false)]
    [InlineData("""{"maximum":4}""", "4.0", true)]
    [InlineData("""{"maximum":4}""", "5", false)]
    [InlineData("""{"maximum":4}""", "1e400", false)]
    [InlineData("""{"exclusiveMinimum":0}""", "0.0001", true)]
    [InlineData("""{"exclusiveMinimum":0}""", "0.0", false)]
    [InlineData("""{"exclusiveMaximum":1}""", "0.9999", true)]
    [InlineData("""{"exclusiveMaximum":1}""", "1", false)]
    [InlineData("""{"multipleOf":0.01}""", "0.61", true)]
    [InlineData("""{"multipleOf":0.01}""", "0.29", true)]
    [InlineData("""{"multipleOf":0.01}""", "0.615", false)]
    [InlineData("""{"multipleOf":0.01}""", "1e400", true)]
    [InlineData("""{"multipleOf":3}""", "-9", true)]
    [InlineData("""{"multipleOf":3}""", "-8", false)]
    public void Number(string schema, string value, bool isValid) => Check(schema, value, isValid, schema[2..schema.IndexOf('"', 2)]);

    [Theory]
    [InlineData("""{"pattern":"b"}""", "\"abc\"", true)]
    [InlineData("""{"pattern":"^b"}""", "\"abc\"", false)]
    [InlineData("""{"pattern":"b"}""", "5", true)]
    [InlineData("""{"pattern":"^[a-zA-Z0-9+/=]+$"}""", "\"aGk=\"", true)]
    [InlineData("""{"pattern":"^[a-zA-Z0-9+/=]+$"}""", "\"aGk=\\n\"", false)]
    [InlineData("""{"pattern":"^[a-zA-Z0-9+/=]+$"}""", "\"\"", false)]
    [InlineData("""{"pattern":"^data:image\\/[a-zA-Z]+;base64,[a-zA-Z0-9+/=]+$"}""", "\"data:image/png;base64,aGk=\"", true)]
    [InlineData("""{"pattern":"^data:image\\/[a-zA-Z]+;base64,[a-zA-Z0-9+/=]+$"}""", "\"data:image/svg+xml;base64,aGk=\"", false)]
    [InlineData("""{"pattern":"^\\d$"}""", "\"5\"", true)]
    [InlineData("""{"pattern":"^\\d$"}""", "\"\\u0663\"", false)]
    [InlineData("""{"pattern":"^\\D$"}""", "\"\\u0663\"", true)]
    [InlineData("""{"pattern":"^[\\w-]+$"}""", "\"a_1-\"", true)]
    [InlineData("""{"pattern":"^\\w$"}""", "\"ö\"", false)]
    [InlineData("""{"pattern":"^[\\W]$"}""", "\"ö\"", true)]
    [InlineData("""{"pattern":"^\\W$"}""", "\"_\"", false)]
    [InlineData("""{"pattern":"^\\s\\S$"}""", "\"\\ufeffa\"", true)]
    [InlineData("""{"pattern":"^[^\\S]$"}""", "\"a\"", false)]
    [InlineData("""{"pattern":"^[\\s\\S]$"}""", "\"\\u2028\"", true)]
    [InlineData("""{"pattern":"^.$"}""", "\"a\"", true)]
    [InlineData("""{"pattern":"^.$"}""", "\"\\r\"", false)]
    [InlineData("""{"pattern":"^..$"}""", TwoPairs, true)]
    [InlineData("""{"pattern":"^[^a]{2}$"}""", TwoPairs, true)]
    [InlineData("""{"pattern":"^[^a]{4}$"}""", TwoPairs, false)]
    [InlineData("""{"pattern":"^(?:🎬)+$"}""", "\"🎬🎬\"", true)]
    [InlineData("""{"pattern":"^🎬+$"}""", "\"🎬🎬\"", true)]
    [InlineData("""{"pattern":"^[[^$.\\-]+$"}""", "\"[^$.-\"", true)]
    [InlineData("""{"pattern":"^a\\$\\.\\0\\x41\\u0042$"}""", "\"a$.\\u0000AB\"", true)]
    [InlineData("""{"pattern":"^\\p{Lu}$"}""", "\"Ö\"", true)]
    [InlineData("""{"pattern":"^(a|b){2,3}?$"}""", "\"abba\"", false)]
    public void Pattern(string schema, string value, bool isValid) => Check(schema, value, isValid, "pattern");

    [Theory]
    [InlineData("uuid", "4923cad8-a610-4604-9846-08e843a33e8d", true)]
    [InlineData("uuid", "4923CAD8-A610-4604-9846-08E843A33E8D", true)]
    [InlineData("uuid", "4923cad8a61046049846-08e843a33e8d-00", false)]
    [InlineData("uuid", "4923cad8-a610-4604-9846-08e843a33e8g", false)]
    [InlineData("uuid", " 4923cad8-a610-4604-9846-08e843a33e8d", false)]
    [InlineData("uuid", "{4923cad8-a610-4604-9846-08e843a33e8d}", false)]
    [InlineData("uuid", "", false)]
    [InlineData("uri", "https://host/a?b=%20#c", true)]
    [InlineData("uri", "HTTP://[::1]:80/", true)]
    [InlineData("uri", "https://host/größe.jpg", true)]
    [InlineData("uri", "data:image/png;base64,aGk=", true)]
    [InlineData("uri", "urn:x", true)]
    [InlineData("uri", "file:///a", true)]
    [InlineData("uri", "https://", false)]
    [InlineData("uri", "https:/a", false)]
    [InlineData("uri", "https:///a", false)]
    [InlineData("uri", "https://host/a b", false)]
    [InlineData("uri", "https://host/a%2", false)]
    [InlineData("uri", "https://host/a%zz", false)]
    [InlineData("uri", "https://host/{a}", false)]
    [InlineData("uri", "https://host/a\\b", false)]
    [InlineData("uri", "https://host/\\u202ea", false)]
    [InlineData("uri", "https://host/\\n", false)]
    [InlineData("uri", "1a:b", false)]
    [InlineData("uri", "a_b:c", false)]
    [InlineData("uri", ":a", false)]
    [InlineData("uri", "//host/a", false)]
    [InlineData("uri", "a.jpg", false)]
    [InlineData("uri", "", false)]
    public void Format(string format, string text, bool isValid) => Check($$"""{"format":"{{format}}"}""", $"\"{text.Replace("a\\b", "a\\\\b")}\"", isValid, "format");

    [Theory]
    [InlineData("""{"required":["a","b"]}""", """{"a":null,"b":1,"c":2}""", "")]
    [InlineData("""{"required":["a","b"]}""", """{"b":1}""", "a: required")]
    [InlineData("""{"required":["a","b"]}""", "[]", "")]
    [InlineData("""{"dependentRequired":{"width":["height"]}}""", """{"height":1}""", "")]
    [InlineData("""{"dependentRequired":{"width":["height"]}}""", """{"width":1}""", "height: dependentRequired")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"b":5}""", "")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":5}""", "a: type")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":5}""", "")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"a":5,"b":6,"c":7}""", "b: additionalProperties; c: additionalProperties")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":true}""", """{"b":5}""", "")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":{"type":"string"}}""", """{"a":5,"b":"x"}""", "")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":{"type":"string"}}""", """{"b":"x","c":5}""", "c: type")]
    [InlineData("""{"allOf":[{"properties":{"a":{}}}],"additionalProperties":false}""", """{"a":5}""", "a: additionalProperties")]
    [InlineData("""{"items":{"type":"string"}}""", """["a"]""", "")]
    [InlineData("""{"items":{"type":"string"}}""", """["a",1,2]""", "[1]: type; [2]: type")]
    [InlineData("""{"items":false}""", "[]", "")]
    [InlineData("""{"items":false}""", "[1]", "[0]: false")]
    [InlineData("""{"contains":{"const":1}}""", "[2,1]", "")]
    [InlineData("""{"contains":{"const":1}}""", "[2]", ": contains")]
    [InlineData("""{"contains":{"const":1}}""", "[]", ": contains")]
    [InlineData("""{"contains":{"const":1}}""", "{}", "")]
    [InlineData("""{"minItems":2}""", "[1,2]", "")]
    [InlineData("""{"minItems":2}""", "[1]", ": minItems")]
    [InlineData("""{"maxItems":1}""", "[1]", "")]
    [InlineData("""{"maxItems":1}""", "[1,2]", ": maxItems")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}]}""", "2", "")]
    [InlineData("""{"allOf":[{"minimum":1},{"multipleOf":2}]}""", "-1", ": minimum; : multipleOf")]
    [InlineData("""{"anyOf":[{"minimum":3},{"maximum":1}]}""", "3", "")]
    [InlineData("""{"anyOf":[{"minimum":3},{"maximum":1}]}""", "2", ": anyOf")]
    [InlineData("""{"oneOf":[{"minimum":1},{"maximum":3}]}""", "5", "")]
    [InlineData("""{"oneOf":[{"minimum":1},{"maximum":3}]}""", "2", ": oneOf")]
    [InlineData("""{"oneOf":[{"minimum":9},{"const":"a"}]}""", "2", ": oneOf")]
    [InlineData("""{"not":{"minimum":1}}""", "0", "")]
    [InlineData("""{"not":{"minimum":1}}""", "1", ": not")]
    [InlineData("""{"if":{"minimum":1},"then":{"maximum":3},"else":{"const":0}}""", "2", "")]
    [InlineData("""{"if":{"minimum":1},"then":{"maximum":3},"else":{"const":0}}""", "4", ": maximum")]
    [InlineData("""{"if":{"minimum":1},"then":{"maximum":3},"else":{"const":0}}""", "-1", ": const")]
    [InlineData("""{"if":{"minimum":1},"then":{"maximum":3}}""", "0", "")]
    [InlineData("""{"if":{"minimum":1}}""", "4", "")]
    [InlineData("true", "5", "")]
    [InlineData("false", "5", ": false")]
    [InlineData("{}", "null", "")]
    public void StructureAndConditions(string schema, string value, string faults)
    {
        SchemaNode node = SchemaNode.Parse(schema);
        object? tree = PublishedSchemas.Value(value);
        Assert.Equal(faults, string.Join("; ", node.Explain(tree).Select(fault => $"{fault.Path}: {fault.Keyword}")));
        Assert.Equal(faults.Length == 0, node.IsValid(tree));
    }

    [Fact]
    public void Values_MayBeIntegersListsAndDictionariesOfAnyKind()
    {
        SchemaNode node = SchemaNode.Parse("""{"properties":{"a":{"items":{"type":"integer","enum":[1,2]}},"b":{"minimum":3000000000}},"additionalProperties":false}""");
        var members = new SortedDictionary<string, object?> { ["a"] = new List<object?> { 1, 2L, 1.0m }, ["b"] = 3_000_000_000L };
        Assert.True(node.IsValid(members));
        Assert.True(node.IsValid(new Dictionary<string, object?> { ["a"] = Array.Empty<string>() }));
        members["c"] = 1;
        Assert.False(node.IsValid(members));
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData('a')]
    public void Values_OfOtherTypes_AreTheCallersMistake(object value)
    {
        Assert.Throws<ArgumentException>(() => SchemaNode.Parse("{}").IsValid(value));
        Assert.Throws<ArgumentException>(() => SchemaNode.Parse("""{"type":"number"}""").IsValid(value));
        Assert.Throws<ArgumentException>(() => SchemaNode.Parse("""{"items":{}}""").Explain(new[] { value }));
    }

    private static void Check(string schema, string value, bool isValid, string keyword)
    {
        SchemaNode node = SchemaNode.Parse(schema);
        object? tree = PublishedSchemas.Value(value);
        Assert.Equal(isValid, node.IsValid(tree));
        Assert.Equal(isValid ? [] : new[] { keyword }, node.Explain(tree).Select(fault => fault.Keyword));
    }
}
