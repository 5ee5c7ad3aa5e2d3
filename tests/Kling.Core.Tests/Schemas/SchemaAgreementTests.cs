using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Kling.Core.Tests.Support;
using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>Our evaluator and a library that is not ours give the same verdicts.</summary>
public class SchemaAgreementTests
{
    private const int Seed = 20261128;
    private static readonly EvaluationOptions s_options = new() { RequireFormatValidation = true };

    [Theory]
    [InlineData(PublishedSchemas.Standard)]
    [InlineData(PublishedSchemas.Pro)]
    public void RandomRequests_GetTheVerdictOfTheLibrary(string model)
    {
        SchemaNode ours = PublishedSchemas.NodeOf(model);

        // A name ($id) says nothing about a request, and the library keeps the names of all schemas of the process.
        JsonSchema theirs = Library(WithoutNames(PublishedSchemas.TaskOf(model)));
        int count = TestDepth.Of(100_000);
        int valid = 0;
        var keywords = new HashSet<string>();
        var maker = new RequestMaker(new Random(Seed), model);
        for (int i = 0; i < count; i++)
        {
            string request = maker.Make()?.ToJsonString() ?? "null";
            object? value = PublishedSchemas.Value(request);
            bool verdict = ours.IsValid(value);
            Assert.True(Holds(theirs, request) == verdict, $"Request {i} is {(verdict ? "valid" : "invalid")} by ours alone: {request}");
            IReadOnlyList<SchemaFault> faults = ours.Explain(value);
            Assert.True((faults.Count == 0) == verdict, $"Request {i}: {faults.Count} faults of {request}");
            valid += verdict ? 1 : 0;
            keywords.UnionWith(faults.Select(fault => fault.Keyword));
        }

        Assert.InRange(valid, count / 4, count * 3 / 4);
        string[] met = ["additionalProperties", "anyOf", "const", "dependentRequired", "enum", "format", "maxItems", "maximum", "minItems", "minimum", "multipleOf", "oneOf", "required", "type"];
        Assert.Empty(met.Concat(model == PublishedSchemas.Pro ? ["contains", "not", "minLength", "maxLength"] : []).Except(keywords));
    }

    /// <summary>Where two readings of a draft are possible, or the library is wrong, the published schemas give no reason to follow it.</summary>
    [Theory]
    [InlineData("""{"format":"uuid"}""", "\" 4923cad8-a610-4604-9846-08e843a33e8d\"", false, "the library takes blanks around a UUID")]
    [InlineData("""{"format":"uri"}""", "\"https://host/größe.jpg\"", true, "letters of other scripts are left to the service")]
    [InlineData("""{"format":"uri"}""", "\"https://host/100%.jpg\"", false, "a per cent sign without two digits is no part of an address (RFC 3986)")]
    [InlineData("""{"format":"uri"}""", "\"https://host:99999/\"", true, "RFC 3986 has no largest port")]
    [InlineData("""{"format":"uri"}""", "\"a:b\"", true, "a scheme may have one letter (RFC 3986)")]
    [InlineData("""{"pattern":"^a$"}""", "\"a\\n\"", false, "in .NET a dollar sign also matches before a last line end")]
    [InlineData("""{"pattern":"^.$"}""", "\"\\r\"", false, "a dot matches no line end, and CR is one")]
    [InlineData("""{"pattern":"^.$"}""", "\"\\ud83c\\udfac\"", true, "a character beyond U+FFFF is one")]
    public void Differences_AreKnown(string schema, string value, bool isValid, string reason)
    {
        Assert.True(SchemaNode.Parse(schema).IsValid(PublishedSchemas.Value(value)) == isValid, reason);
        Assert.True(Holds(Library(schema), value) == !isValid, $"The library has changed: {reason}");
    }

    /// <summary>Random schemas of all keywords, small enough that both verdicts are common.</summary>
    [Fact]
    public void RandomSchemas_GetTheVerdictOfTheLibrary()
    {
        var random = new Random(Seed);
        int count = TestDepth.Of(20_000);
        int valid = 0;
        for (int i = 0; i < count; i++)
        {
            string schema = RandomSchema(random, 3).ToJsonString();
            string value = RandomValue(random, 3)?.ToJsonString() ?? "null";
            bool verdict = SchemaNode.Parse(schema).IsValid(PublishedSchemas.Value(value));
            Assert.True(Holds(Library(schema), value) == verdict, $"Case {i} is {(verdict ? "valid" : "invalid")} by ours alone: {schema} of {value}");
            valid += verdict ? 1 : 0;
        }

        Assert.InRange(valid, count / 5, count * 4 / 5);
    }

    private static JsonSchema Library(string schema) => JsonSchema.FromText(schema, new BuildOptions { SchemaRegistry = new SchemaRegistry() });

    private static string WithoutNames(string schema)
    {
        JsonNode root = JsonNode.Parse(schema)!;
        Remove(root);
        return root.ToJsonString();

        static void Remove(JsonNode? node)
        {
            (node as JsonObject)?.Remove("$id");
            foreach (JsonNode? inner in node is JsonObject members ? members.Select(member => member.Value) : node as JsonArray ?? [])
            {
                Remove(inner);
            }
        }
    }

    private static bool Holds(JsonSchema schema, string value)
    {
        using JsonDocument document = JsonDocument.Parse(value);
        return schema.Evaluate(document.RootElement, s_options).IsValid;
    }

    private static JsonNode RandomSchema(Random random, int depth)
    {
        if (random.Next(12) == 0)
        {
            return random.Next(3) > 0;
        }

        var schema = new JsonObject();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            AddKeyword(schema, random, depth);
        }

        return schema;
    }

    private static void AddKeyword(JsonObject schema, Random random, int depth)
    {
        JsonNode Inner() => RandomSchema(random, depth - 1);
        JsonArray List() => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Inner())];
        JsonArray Names() => [.. Enumerable.Range(0, random.Next(3)).Select(_ => Name(random)).Distinct().Select(name => (JsonNode)name)];
        switch (random.Next(depth > 1 ? 26 : 15))
        {
            case 0: schema["type"] = random.Next(2) == 0 ? Type(random) : new JsonArray([.. new[] { Type(random), Type(random) }.Distinct().Select(type => (JsonNode)type)]); break;
            case 1: schema["const"] = RandomValue(random, 2); break;
            case 2: schema["enum"] = new JsonArray([RandomValue(random, 1), .. Enumerable.Range(0, random.Next(3)).Select(_ => RandomValue(random, 2))]); break;
            case 3: schema["minItems"] = random.Next(3); break;
            case 4: schema["maxItems"] = random.Next(3); break;
            case 5: schema["minLength"] = random.Next(3); break;
            case 6: schema["maxLength"] = random.Next(3); break;
            case 7: schema["minimum"] = Number(random); break;
            case 8: schema["maximum"] = Number(random); break;
            case 9: schema["exclusiveMinimum"] = Number(random); break;
            case 10: schema["exclusiveMaximum"] = Number(random); break;
            case 11: schema["multipleOf"] = JsonNode.Parse(new[] { "1", "2", "0.5", "0.01" }[random.Next(4)]); break;
            case 12: schema["required"] = Names(); break;
            case 13: schema["dependentRequired"] = new JsonObject { [Name(random)] = Names() }; break;
            case 14: schema["pattern"] = new[] { "^a", "b", "^[ab]*$", "c$", "^(?:a|bc){2}" }[random.Next(5)]; break;
            case 15: schema["properties"] = new JsonObject(new[] { Name(random), Name(random) }.Distinct().Select(name => KeyValuePair.Create(name, (JsonNode?)Inner()))); break;
            case 16: schema["additionalProperties"] = Inner(); break;
            case 17: schema["items"] = Inner(); break;
            case 18: schema["contains"] = Inner(); break;
            case 19: schema["allOf"] = List(); break;
            case 20: schema["anyOf"] = List(); break;
            case 21: schema["oneOf"] = List(); break;
            case 22: schema["not"] = Inner(); break;
            default:
                schema["if"] = Inner();
                schema["then"] = Inner();
                schema["else"] = Inner();
                break;
        }
    }

    private static JsonNode? RandomValue(Random random, int depth) => random.Next(depth > 1 ? 10 : 6) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 or 3 => Number(random),
        4 or 5 => new[] { "", "a", "b", "ab", "abc", "\ud83c\udfac" }[random.Next(6)],
        6 or 7 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(_ => Name(random)).Distinct().Select(name => KeyValuePair.Create(name, RandomValue(random, depth - 1)))),
    };

    private static JsonNode Number(Random random) => JsonNode.Parse(new[] { "0", "1", "1.0", "2", "-1", "0.5", "0.25", "0.015", "1e1", "3" }[random.Next(10)])!;

    private static string Name(Random random) => new[] { "a", "b", "c" }[random.Next(3)];

    private static string Type(Random random) => new[] { "null", "boolean", "object", "array", "number", "string", "integer" }[random.Next(7)];
}
