using System.Text.Json;
using System.Text.Json.Nodes;
using Kling.Core.Tests.Conventions;
using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>The schemas that ship with the engine, and the requests that the service publishes as their examples.</summary>
internal static class PublishedSchemas
{
    internal const string Standard = "klingai-2-1-standard";
    internal const string Pro = "klingai-video-2-6-pro";

    internal static string TextOf(string model)
    {
        using Stream stream = typeof(SchemaNode).Assembly.GetManifestResourceStream($"{model}.schema.json")!;
        return new StreamReader(stream).ReadToEnd();
    }

    /// <summary>The schema of one task, as text.</summary>
    internal static string TaskOf(string model)
    {
        using JsonDocument document = SchemaText.Read(TextOf(model));
        return document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("RequestBody").GetProperty("items").GetRawText();
    }

    internal static SchemaNode NodeOf(string model) => SchemaNode.Parse(TaskOf(model));

    /// <summary>The published example requests; those of 2.6 Pro are published without an id and get one.</summary>
    internal static IReadOnlyList<JsonObject> ExamplesOf(string model)
    {
        string file = Path.Combine(RepositoryFiles.Root, "tests", "Kling.Core.Tests", "Fixtures", model == Standard ? "model-page-examples.json" : $"{model}.examples.json");
        JsonNode all = JsonNode.Parse(File.ReadAllText(file))!;
        return [.. (all as JsonArray ?? all["examples"]!.AsArray()).Select(example =>
        {
            JsonObject request = example!["request"]!.DeepClone().AsObject();
            request["taskUUID"] ??= "4923cad8-a610-4604-9846-08e843a33e8d";
            return request;
        })];
    }

    internal static object? Value(JsonNode? node) => Value(node?.ToJsonString() ?? "null");

    internal static object? Value(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 100_000 });
        return SchemaText.Value(document.RootElement);
    }
}
