using System.Text;
using System.Text.Json.Nodes;
using Kling.Core.Tests.Support;
using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>A schema comes from a file that anybody may have written: whatever is in it, it is read or refused.</summary>
public class SchemaMutationTests
{
    private const int Seed = 17;
    private const string Signs = "()[]{}*+?\\^$|.-,:&<>=!0a\n";

    private static readonly string[] s_keywords =
    [
        "type", "const", "enum", "properties", "required", "additionalProperties", "dependentRequired", "items", "contains", "minItems", "maxItems", "minLength", "maxLength", "pattern", "format", "minimum",
        "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "title", "description", "default", "$id", "examples", "x-a", "$ref", "$defs",
    ];

    [Fact]
    public void MutatedSchemas_AreReadOrRefused()
    {
        var random = new Random(Seed);
        (string Text, object?[] Values)[] models = [.. new[] { PublishedSchemas.Standard, PublishedSchemas.Pro }
            .Select(model => (PublishedSchemas.TaskOf(model), PublishedSchemas.ExamplesOf(model).Select(example => PublishedSchemas.Value(example)).ToArray()))];
        int count = TestDepth.Of(1000, least: 300);
        int read = 0;
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            (string text, object?[] values) = models[random.Next(models.Length)];
            string mutated = random.Next(6) == 0 ? WithOtherBytes(text, random) : Mutated(text, random);
            SchemaNode node;
            try
            {
                node = SchemaNode.Parse(mutated);
            }
            catch (SchemaException e)
            {
                refused++;
                Assert.InRange(e.Message.Length, 10, 400);
                continue;
            }

            read++;
            Assert.All(values, value => Assert.Equal(node.IsValid(value), node.Explain(value).Count == 0));
        }

        Assert.True(read > count / 6, $"{read} of {count} read");
        Assert.True(refused > count / 2, $"{refused} of {count} refused");
    }

    /// <summary>Every keyword that the two schemas use, renamed at each of its places, is refused by its new name.</summary>
    [Theory]
    [InlineData(PublishedSchemas.Standard, 20)]
    [InlineData(PublishedSchemas.Pro, 25)]
    public void RenamedKeywords_AreNamed(string model, int atLeast)
    {
        JsonNode root = JsonNode.Parse(PublishedSchemas.TaskOf(model))!;
        var renamed = new HashSet<string>();
        foreach (string path in Schemas(root).SelectMany(schema => schema.Select(member => $"{schema.GetPath()} {member.Key}")).ToArray())
        {
            JsonNode copy = root.DeepClone();
            JsonObject schema = Schemas(copy).Single(schema => schema.GetPath() == path.Split(' ')[0]);
            string keyword = path.Split(' ')[1];
            JsonNode? value = schema[keyword];
            schema.Remove(keyword);
            schema[$"{keyword}s"] = value?.DeepClone();
            SchemaException refused = Assert.Throws<SchemaException>(() => SchemaNode.Parse(copy.ToJsonString()));

            Assert.True(refused.Keyword == $"{keyword}s", $"{path}: {refused.Message}");
            renamed.Add(keyword);
        }

        Assert.True(renamed.Count >= atLeast, $"{renamed.Count} keywords");
    }

    private static string Mutated(string text, Random random)
    {
        JsonNode root = JsonNode.Parse(text)!;
        for (int i = Math.Max(1, random.Next(-2, 4)); i > 0; i--)
        {
            JsonObject[] objects = [.. Objects(root).Where(members => members.Count > 0)];
            if (objects.Length == 0)
            {
                break;
            }

            JsonObject members = objects[random.Next(objects.Length)];
            string name = members.ElementAt(random.Next(members.Count)).Key;
            JsonNode? value = members[name]?.DeepClone();
            members.Remove(name);
            switch (random.Next(8))
            {
                case 0: break;
                case 1: members[Keyword(random)] = value; break;
                case 2: members[name + Sign(random)] = value; break;
                case 3: members[name] = Nested(value, random.Next(1, 200), random.Next(3)); break;
                case 4: members[name] = value is JsonValue known && known.TryGetValue(out string? sign) ? sign.Insert(random.Next(sign.Length + 1), Sign(random)) : new JsonArray(value); break;
                case 5: members[name] = Other(random); break;
                case 6: members[name] = objects[random.Next(objects.Length)].DeepClone(); break;
                default:
                    members[name] = value;
                    members[Keyword(random)] = Other(random);
                    break;
            }
        }

        return root.ToJsonString();
    }

    private static string WithOtherBytes(string text, Random random)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return Encoding.UTF8.GetString(bytes, 0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length);
    }

    private static JsonNode? Other(Random random) => random.Next(10) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-2, 5),
        3 => JsonNode.Parse(new[] { "1e400", "-1e-400", "0.0000000000000000000000000001", "79228162514264337593543950335", "99999999999" }[random.Next(5)]),
        4 => Sign(random) + Keyword(random),
        5 => new JsonArray(),
        6 => new JsonArray(Keyword(random), random.Next(3)),
        7 => new JsonObject(),
        8 => new JsonObject { [Keyword(random)] = Keyword(random) },
        _ => new JsonArray(new JsonObject { [Keyword(random)] = new JsonObject() }),
    };

    private static JsonNode? Nested(JsonNode? value, int levels, int kind)
    {
        for (int i = 0; i < levels; i++)
        {
            value = kind switch { 0 => new JsonArray(value), 1 => new JsonObject { ["not"] = value }, _ => new JsonObject { ["allOf"] = new JsonArray(value) } };
        }

        return value;
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject members => [members, .. members.SelectMany(member => Objects(member.Value))],
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };

    /// <summary>The objects whose members are keywords.</summary>
    private static IEnumerable<JsonObject> Schemas(JsonNode? node) => node is not JsonObject schema ? [] :
    [
        schema,
        .. schema.SelectMany(member => (member.Key, member.Value) switch
        {
            ("properties", JsonObject members) => members.SelectMany(property => Schemas(property.Value)),
            ("allOf" or "anyOf" or "oneOf", JsonArray items) => items.SelectMany(Schemas),
            ("items" or "contains" or "not" or "if" or "then" or "else" or "additionalProperties", JsonObject inner) => Schemas(inner),
            _ => [],
        }),
    ];

    private static string Keyword(Random random) => s_keywords[random.Next(s_keywords.Length)];

    private static string Sign(Random random) => Signs[random.Next(Signs.Length)].ToString();
}
