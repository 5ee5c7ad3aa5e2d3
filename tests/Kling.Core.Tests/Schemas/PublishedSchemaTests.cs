using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Requests;
using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>The shipped schemas admit what the service publishes as examples, and refuse the neighbours that break one condition.</summary>
public class PublishedSchemaTests
{
    private const string Image = "\"https://assets.example/a.jpg\"";

    private static readonly Dictionary<string, SchemaNode> s_nodes =
        new[] { PublishedSchemas.Standard, PublishedSchemas.Pro }.ToDictionary(model => model, PublishedSchemas.NodeOf);

    [Theory]
    [InlineData(PublishedSchemas.Standard, 5)]
    [InlineData(PublishedSchemas.Pro, 4)]
    public void Examples_AreValid(string model, int count)
    {
        IReadOnlyList<JsonObject> examples = PublishedSchemas.ExamplesOf(model);
        Assert.Equal(count, examples.Count);
        Assert.All(examples, example =>
        {
            Assert.Empty(s_nodes[model].Explain(PublishedSchemas.Value(example)));
            Assert.True(s_nodes[model].IsValid(PublishedSchemas.Value(example)));
        });
    }

    /// <summary>An example with one member set (or, with nothing, taken away) is refused for one reason.</summary>
    [Theory]
    [InlineData(1, "duration", "6", "duration: enum")]
    [InlineData(1, "duration", "\"5\"", "duration: type; duration: enum")]
    [InlineData(1, "width", null, "width: dependentRequired; : oneOf")]
    [InlineData(0, "width", "720", "height: dependentRequired; : oneOf")]
    [InlineData(1, "height", "1280", ": oneOf")]
    [InlineData(1, "width", "1281", ": oneOf")]
    [InlineData(1, "CFGScale", "1.01", "CFGScale: maximum")]
    [InlineData(1, "CFGScale", "0.615", "CFGScale: multipleOf")]
    [InlineData(1, "numberResults", "5", "numberResults: maximum")]
    [InlineData(1, "numberResults", "1.5", "numberResults: type")]
    [InlineData(1, "outputFormat", "\"mp4\"", "outputFormat: enum")]
    [InlineData(1, "outputQuality", "100", "outputQuality: maximum")]
    [InlineData(1, "ttl", "59", "ttl: minimum")]
    [InlineData(1, "webhookURL", "\"example.com\"", "webhookURL: format")]
    [InlineData(1, "negativePrompt", "\"blur\"", "negativePrompt: additionalProperties")]
    [InlineData(1, "taskUUID", "\"1\"", "taskUUID: format")]
    [InlineData(1, "taskUUID", null, "taskUUID: required")]
    [InlineData(1, "model", "\"klingai:5@2\"", "model: const")]
    [InlineData(1, "deliveryMethod", "\"sync\"", "deliveryMethod: oneOf")]
    [InlineData(1, "safety", "{\"mode\":\"slow\"}", "safety.mode: oneOf")]
    [InlineData(1, "inputs", null, "inputs: required")]
    [InlineData(1, "inputs", "{}", "inputs.frameImages: required")]
    [InlineData(1, "inputs", "{\"frameImages\":[]}", "inputs.frameImages: minItems")]
    [InlineData(1, "inputs", "{\"frameImages\":[" + Image + "," + Image + "]}", "inputs.frameImages: maxItems")]
    [InlineData(1, "inputs", "{\"frameImages\":[{\"image\":" + Image + ",\"frame\":\"last\"}]}", "inputs.frameImages[0]: anyOf")]
    [InlineData(1, "inputs", "{\"frameImages\":[{\"image\":" + Image + ",\"frame\":\"0\"}]}", "inputs.frameImages[0]: anyOf")]
    [InlineData(1, "inputs", "{\"frameImages\":[{\"frame\":\"first\"}]}", "inputs.frameImages[0]: anyOf")]
    [InlineData(1, "inputs", "{\"frameImages\":[" + Image + "],\"referenceImages\":[" + Image + "]}", "inputs.referenceImages: additionalProperties")]
    public void NeighboursOfTheStandardExamples_AreRefused(int example, string member, string? value, string faults) =>
        Check(PublishedSchemas.Standard, example, member, value, faults);

    [Theory]
    [InlineData(1, "safety", "{\"mode\":\"none\",\"checkContent\":true}")]
    [InlineData(1, "inputs", "{\"frameImages\":[" + Image + "]}")]
    [InlineData(1, "inputs", "{\"frameImages\":[{\"image\":\"aGk=\",\"frame\":0}]}")]
    [InlineData(1, "positivePrompt", null)]
    [InlineData(1, "positivePrompt", "\"\"")]
    [InlineData(1, "duration", "10.0")]
    public void OtherNeighboursOfTheStandardExamples_AreValid(int example, string member, string? value) => Check(PublishedSchemas.Standard, example, member, value, "");

    [Theory]
    [InlineData(0, "duration", "6", "duration: enum")]
    [InlineData(0, "positivePrompt", null, "positivePrompt: required")]
    [InlineData(0, "positivePrompt", "\"a\"", "positivePrompt: minLength")]
    [InlineData(0, "width", null, "width: dependentRequired; width: required")]
    [InlineData(0, "height", "1081", ": oneOf")]
    [InlineData(0, "safety", "{\"mode\":\"none\"}", "safety.mode: oneOf")]
    [InlineData(0, "inputs", "{\"frameImages\":[" + Image + "]}", ": not")]
    [InlineData(2, "width", "1920", "height: dependentRequired; : not")]
    [InlineData(2, "providerSettings", "{\"klingai\":{\"sound\":true}}", ": not")]
    [InlineData(2, "inputs", "{\"frameImages\":[{\"image\":" + Image + ",\"frame\":\"last\"}]}", "inputs.frameImages: contains")]
    [InlineData(2, "inputs", "{\"frameImages\":[" + Image + "," + Image + "," + Image + "]}", "inputs.frameImages: maxItems")]
    [InlineData(2, "inputs", "{\"frameImages\":[{\"image\":" + Image + ",\"frame\":\"middle\"}]}", "inputs.frameImages[0]: anyOf")]
    [InlineData(1, "duration", "5", ": not")]
    [InlineData(1, "providerSettings", "{\"klingai\":{\"sound\":true,\"characterOrientation\":\"video\"}}", ": not")]
    [InlineData(1, "providerSettings", "{\"klingai\":{\"keepOriginalSound\":true}}", "providerSettings.klingai.characterOrientation: required")]
    [InlineData(3, "providerSettings", "{\"klingai\":{\"keepOriginalSound\":true}}", "inputs.referenceVideos: required")]
    [InlineData(3, "providerSettings", "{\"klingai\":{\"volume\":1}}", "providerSettings.klingai.volume: additionalProperties")]
    [InlineData(3, "positivePrompt", null, "positivePrompt: required")]
    public void NeighboursOfTheProExamples_AreRefused(int example, string member, string? value, string faults) =>
        Check(PublishedSchemas.Pro, example, member, value, faults);

    /// <summary>Our own schema of 5@1 and the published request schema, made from the table, name the same fields, limits and defaults.</summary>
    [Fact]
    public void StandardSchema_SaysWhatTheTableSays()
    {
        SchemaNode node = s_nodes[PublishedSchemas.Standard];
        Assert.Equal(
            ["model", "positivePrompt", "width", "height", "duration", "CFGScale", "numberResults", "outputFormat", "outputQuality", "safety", "ttl", "webhookURL", "uploadEndpoint", "includeCost", "taskType", "taskUUID", "outputType", "deliveryMethod", "inputs"],
            node.Properties.Select(property => property.Key));
        Assert.Equal("taskType, taskUUID, model, inputs", string.Join(", ", node.Required));
        Assert.Equal("5, 10", string.Join(", ", node.Property("duration")!.Enum));
        Assert.Equal(SchemaTypes.Number, node.Property("duration")!.Types);
        Assert.Equal((0m, 1m, 0.01m, 0.5m), (node.Property("CFGScale")!.Minimum, node.Property("CFGScale")!.Maximum, node.Property("CFGScale")!.MultipleOf, node.Property("CFGScale")!.Default));
        Assert.Equal((20m, 99m, 95m), (node.Property("outputQuality")!.Minimum, node.Property("outputQuality")!.Maximum, node.Property("outputQuality")!.Default));
        Assert.Equal(60m, node.Property("ttl")!.Minimum);
        Assert.Equal(["720p (16:9)", "720p (1:1)", "720p (9:16)"], node.AllOf[1].Then!.OneOf.Select(size => size.Title!));
        Assert.Equal(["1280x720", "720x720", "720x1280"], node.AllOf[1].Then!.OneOf.Select(size => $"{size.Property("width")!.Const}x{size.Property("height")!.Const}"));
    }

    [Fact]
    public void StandardSchema_HasTheFormOfThePublishedOne()
    {
        using JsonDocument standard = SchemaText.Read(PublishedSchemas.TextOf(PublishedSchemas.Standard));
        using JsonDocument pro = SchemaText.Read(PublishedSchemas.TextOf(PublishedSchemas.Pro));
        JsonElement info = standard.RootElement.GetProperty("info");
        Assert.Equal(ModelSpec.DefaultModelId, info.GetProperty("x-air-id").GetString());
        Assert.Equal("live", info.GetProperty("x-status").GetString());
        Assert.Equal(0.0370m, info.GetProperty("x-pricing").GetProperty("rates")[0].GetProperty("amount").GetDecimal());
        Assert.Equal("durationSecond", info.GetProperty("x-pricing").GetProperty("rates")[0].GetProperty("unit").GetString());
        Assert.Equal(0.1848m, info.GetProperty("x-pricing").GetProperty("examples")[0].GetProperty("price").GetDecimal());
        string[] published = [.. pro.RootElement.GetProperty("info").EnumerateObject().Select(member => member.Name)];
        Assert.Empty(info.EnumerateObject().Select(member => member.Name).Except(published).Except(["description"]));
        Assert.Empty(pro.RootElement.EnumerateObject().Select(member => member.Name).Except(standard.RootElement.EnumerateObject().Select(member => member.Name)));
    }

    private static void Check(string model, int example, string member, string? value, string faults)
    {
        JsonObject request = PublishedSchemas.ExamplesOf(model)[example];
        request.Remove(member);
        if (value is not null)
        {
            request[member] = JsonNode.Parse(value);
        }

        object? tree = PublishedSchemas.Value(request);
        Assert.Equal(faults, string.Join("; ", s_nodes[model].Explain(tree).Select(fault => $"{fault.Path}: {fault.Keyword}")));
        Assert.Equal(faults.Length == 0, s_nodes[model].IsValid(tree));
    }
}
