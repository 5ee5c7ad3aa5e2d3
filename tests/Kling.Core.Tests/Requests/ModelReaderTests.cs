using System.Text.Json.Nodes;
using Kling.Core.Tests.Schemas;
using Kling.Models;
using Kling.Requests;
using Kling.Schemas;

namespace Kling.Core.Tests.Requests;

/// <summary>What is read of a model's published document, and what its prices come to.</summary>
[Collection(ImportedModel.Collection)]
public class ModelReaderTests
{
    private static readonly ModelSpec s_pro = ModelSpec.Find("klingai:kling-video@2.6-pro")!;

    [Fact]
    public void Document_GivesTheModel()
    {
        Assert.Equal(("Kling VIDEO 2.6 Pro", "2.6 Pro", "live", false), (s_pro.Name, s_pro.ShortName, s_pro.Status, s_pro.IsImported));
        Assert.Equal(["text", "first-frame", "first-last-frames", "reference-images+reference-videos"], s_pro.Modes);
        Assert.Equal(["1920x1080 (16:9)", "1440x1440 (1:1)", "1080x1920 (9:16)"], s_pro.Sizes.Select(size => size.ToString()));
        Assert.Equal([(0.07m, false), (0.14m, true)], s_pro.Rates.Select(rate => (rate.Amount, rate.Sound == true)));
        Assert.Equal((false, true, true, 5m), (s_pro.NeedsImage, s_pro.TakesLastImage, s_pro.SizeFollowsImage, s_pro.DefaultDuration));
        Assert.Equal(["inputs.referenceImages", "inputs.referenceVideos", "providerSettings.klingai.characterOrientation", "providerSettings.klingai.keepOriginalSound"],
            s_pro.OtherFields.Select(row => row.WireName).Order());
    }

    [Fact]
    public void Default_IsAsItsPageSays()
    {
        ModelSpec standard = ModelSpec.Kling21Standard;
        Assert.Equal(("KlingAI 2.1 Standard", "2.1 Standard", true, false, false), (standard.Name, standard.ShortName, standard.NeedsImage, standard.TakesLastImage, standard.SizeFollowsImage));
        Assert.Equal((0.0370m, 0.03696m, 5m), (standard.Rates.Single().Amount, standard.BilledPerSecond, standard.DefaultDuration));
        Assert.Empty(standard.OtherFields);
    }

    [Theory]
    [InlineData("2.6 pro")]
    [InlineData(" 2.6 Pro ")]
    [InlineData("kling video 2.6 PRO")]
    [InlineData("KLINGAI:kling-video@2.6-pro")]
    public void FindByName_TakesTheNamesThatPeopleUse(string name) => Assert.Same(s_pro, ModelSpec.FindByName(name));

    [Theory]
    [InlineData("2.6")]
    [InlineData("")]
    [InlineData(null)]
    public void FindByName_GuessesNothing(string? name) => Assert.Null(ModelSpec.FindByName(name));

    [Theory]
    [InlineData(10, true, "1.4")]
    [InlineData(10, null, "0.7")]
    [InlineData(5, true, "0.7")]
    [InlineData(5, false, "0.35")]
    [InlineData(null, null, "0.35")]
    public void Price_IsTheRateOfItsCondition(int? seconds, bool? sound, string price)
    {
        var request = new VideoRequest { Model = s_pro.Id, Duration = seconds, Sound = sound };
        Assert.Equal(decimal.Parse(price), Pricing.Estimate(request));
        Assert.False(Pricing.IsAtMost(request));
    }

    [Fact]
    public void Price_OfEveryPublishedExampleIsRightOrUnknown()
    {
        decimal?[] all = [.. PublishedSchemas.ExamplesOf(PublishedSchemas.Pro).Select(request =>
        {
            JsonNode? klingai = request["providerSettings"]?["klingai"];
            return Pricing.Estimate(new VideoRequest
            {
                Model = s_pro.Id,
                Prompt = "a prompt",
                Duration = (decimal?)request["duration"],
                Sound = (bool?)klingai?["sound"],
                Setting = klingai?["characterOrientation"] is null ? null
                    : """{"inputs.referenceImages":["https://a.example/a.jpg"],"inputs.referenceVideos":["https://a.example/a.mp4"],"providerSettings.klingai.characterOrientation":"video","providerSettings.klingai.keepOriginalSound":true}""",
            });
        })];
        Assert.Equal([1.4m, null, 0.7m, 0.7m], all);
    }

    [Fact]
    public void Price_OfRatesWithOtherConditionsIsTheHighest()
    {
        ModelSpec spec = Read(document => document["info"]!["x-pricing"]!["rates"]![0]!["label"] = "at night");
        using var imported = new ImportedModel(spec);
        var request = new VideoRequest { Model = spec.Id, Duration = 10m, Sound = false };
        Assert.Equal(1.4m, Pricing.Estimate(request));
        Assert.True(Pricing.IsAtMost(request));
    }

    [Theory]
    [InlineData("currency", "EUR")]
    [InlineData("unit", "image")]
    [InlineData("amount", null)]
    public void Price_InAFormThatIsNotKnownIsUnknown(string what, string? value)
    {
        ModelSpec spec = Read(document =>
        {
            JsonNode pricing = document["info"]!["x-pricing"]!;
            (what == "currency" ? pricing : pricing["rates"]![1]!)[what] = value;
        });
        Assert.Empty(spec.Rates);
        Assert.Null(spec.PricePerSecond(new VideoSettings()));
    }

    [Fact]
    public void Retired_IsWarnedAboutWithWhatComesNext()
    {
        ModelSpec spec = Read(document =>
        {
            JsonNode info = document["info"]!;
            (info["x-status"], info["x-replaced-by"], info["x-deactivates-at"]) = ("deprecated", "klingai:kling-video@3-pro", "2027-01-31T00:00:00");
        });
        using var imported = new ImportedModel(spec);
        RequestWarning warning = Assert.Single(RequestValidator.Validate(new VideoRequest { Model = spec.Id, Prompt = "a prompt", Width = 1920, Height = 1080 }).Warnings);
        Assert.Equal("Model: the service calls test:model@1 deprecated; it ends on 2027-01-31; klingai:kling-video@3-pro takes its place. Get-KlingModel lists the models.", warning.Message);
    }

    [Theory]
    [InlineData("{}", "There is no schema")]
    [InlineData("[]", "There is no schema")]
    [InlineData("no json", "not JSON")]
    public void Document_OfAnotherKindIsRefused(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<SchemaException>(() => ModelReader.Read(json, isImported: true)).Message);

    [Fact]
    public void Document_OfAnotherTaskOrWithAnUnknownConditionIsRefused()
    {
        Assert.Contains("makes no videos", Assert.Throws<SchemaException>(() => Read(document => Task(document)["properties"]!["taskType"]!["const"] = "imageInference")).Message);
        Assert.Contains("must be one id", Assert.Throws<SchemaException>(() => Read(document => document["info"]!["x-air-id"] = "other")).Message);
        SchemaException unknown = Assert.Throws<SchemaException>(() => Read(document => Task(document)["patternProperties"] = new JsonObject()));
        Assert.Equal("patternProperties", unknown.Keyword);
        Assert.Contains("patternProperties", unknown.Message);
    }

    /// <summary>Whatever one value of a document is, the document is refused as a schema, or gives a model that can be asked.</summary>
    [Fact]
    public void Document_WithAnyValueInAnyPlaceNeverCrashes()
    {
        string[] values = ["null", "0", "-1", "1e300", "0.000000000000000000000001", "\"\"", "\"\\u0000\"", "\"1080p · 0s\"", "[]", "[[]]", "{}", "true", "{\"const\":{}}"];
        int places = Places(JsonNode.Parse(PublishedSchemas.TextOf(PublishedSchemas.Pro))!).Count();
        (int read, int refused) = (0, 0);
        Random random = new(20261128);
        for (int run = 0; run < 1000; run++)
        {
            JsonNode document = JsonNode.Parse(PublishedSchemas.TextOf(run % 2 == 0 ? PublishedSchemas.Pro : PublishedSchemas.Standard))!;
            JsonNode[] all = [.. Places(document)];
            all[random.Next(Math.Min(places, all.Length))].ReplaceWith(JsonNode.Parse(values[random.Next(values.Length)]));
            try
            {
                ModelSpec spec = ModelReader.Read(document.ToJsonString(), isImported: true);
                RequestTree.IsValid(new VideoRequest { Model = spec.Id, Prompt = "a prompt", Setting = """{"a":1}""" }, spec);
                Assert.NotNull($"{spec.SizeFollowsImage} {spec.PricePerSecond(new VideoSettings())} {spec.DefaultDuration} {string.Join(' ', spec.Parameters.Select(row => row.AllowedText))}");
                read++;
            }
            catch (SchemaException refusal)
            {
                Assert.NotEmpty(refusal.Message);
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    private static IEnumerable<JsonNode> Places(JsonNode node) => node switch
    {
        JsonObject owner => owner.SelectMany(member => member.Value is JsonNode value ? Places(value).Prepend(value) : []),
        JsonArray items => items.SelectMany(item => item is JsonNode value ? Places(value).Prepend(value) : []),
        _ => [],
    };

    private static JsonNode Task(JsonNode document) => document["components"]!["schemas"]!["RequestBody"]!["items"]!;

    /// <summary>The document of 2.6 Pro under another id, with a change.</summary>
    private static ModelSpec Read(Action<JsonNode> change)
    {
        JsonNode document = JsonNode.Parse(PublishedSchemas.TextOf(PublishedSchemas.Pro))!;
        document["info"]!["x-air-id"] = "test:model@1";
        Task(document)["properties"]!["model"]!["const"] = "test:model@1";
        change(document);
        return ModelReader.Read(document.ToJsonString(), isImported: true);
    }
}

/// <summary>A model that is known as imported until it is disposed. Tests that need one run one after the other.</summary>
internal sealed class ImportedModel : IDisposable
{
    internal const string Collection = "Imported models";
    private readonly Func<IReadOnlyList<ModelSpec>> _before = ModelSpec.Imported;

    internal ImportedModel(ModelSpec spec)
    {
        Func<IReadOnlyList<ModelSpec>> before = _before;
        ModelSpec.Imported = () => [.. before(), spec];
    }

    public void Dispose() => ModelSpec.Imported = _before;
}
