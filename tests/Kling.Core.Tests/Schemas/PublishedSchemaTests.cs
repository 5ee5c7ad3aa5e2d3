using System.Text.Json.Nodes;
using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>The shipped schemas admit what the service publishes as examples, and refuse the neighbours that break one condition.</summary>
public class PublishedSchemaTests
{
    private const string Image = "https://assets.example/a.jpg";
    private static readonly SchemaNode s_standard = PublishedSchemas.NodeOf(PublishedSchemas.Standard);
    private static readonly SchemaNode s_pro = PublishedSchemas.NodeOf(PublishedSchemas.Pro);

    [Theory]
    [InlineData(PublishedSchemas.Standard, 5)]
    [InlineData(PublishedSchemas.Pro, 4)]
    public void Examples_AreValid(string model, int count)
    {
        IReadOnlyList<JsonObject> examples = PublishedSchemas.ExamplesOf(model);
        Assert.Equal(count, examples.Count);
        Assert.All(examples, example => Assert.Empty(PublishedSchemas.NodeOf(model).Explain(PublishedSchemas.Value(example))));
    }
}
