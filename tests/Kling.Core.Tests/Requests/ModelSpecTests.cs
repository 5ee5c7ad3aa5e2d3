using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class ModelSpecTests
{
    private static readonly ModelSpec s_spec = ModelSpec.Kling21Standard;

    [Fact]
    public void Table_HoldsTheWholeRequestSchemaOfTheModelPage()
    {
        string[] wire = [.. s_spec.Parameters.Select(row => row.WireName)];
        Assert.Equal(
            [
                "CFGScale", "deliveryMethod", "duration", "height", "includeCost", "inputs.frameImages", "inputs.frameImages.frame",
                "inputs.frameImages.image", "model", "numberResults", "outputFormat", "outputQuality", "outputType", "positivePrompt",
                "safety.checkContent", "safety.mode", "taskType", "taskUUID", "ttl", "uploadEndpoint", "webhookURL", "width",
            ],
            wire.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(wire.Length, wire.Distinct().Count());
    }

    [Theory]
    [InlineData("taskType", "videoInference")]
    [InlineData("outputType", "URL")]
    [InlineData("deliveryMethod", "async")]
    public void FixedValues_AreInTheTableButAreNoParameters(string wireName, string value)
    {
        ParameterSpec row = s_spec.Parameters.Single(row => row.WireName == wireName);
        Assert.False(row.IsParameter);
        Assert.Equal(value, row.Fixed);
        Assert.Equal([value], row.AllowedValues);
    }

    [Fact]
    public void EveryParameter_IsAPropertyOfTheRequest()
    {
        foreach (ParameterSpec row in s_spec.Parameters.Where(row => row.IsParameter))
        {
            Assert.NotNull(typeof(VideoRequest).GetProperty(row.Name));
        }
    }

    [Fact]
    public void EveryPropertyOfTheRequest_IsInATable()
    {
        // A last frame is one more item of the frames, and a setting stands for any other field.
        string[] others = [nameof(VideoRequest.LastImage), nameof(VideoRequest.Setting), nameof(VideoRequest.Resolution)];
        foreach (var property in typeof(VideoRequest).GetProperties().Where(p => p.CanWrite && p.Name != "EqualityContract" && !others.Contains(p.Name)))
        {
            Assert.True(ModelSpec.All.Any(spec => spec.Parameter(property.Name) is { IsParameter: true }), property.Name);
        }
    }

    [Theory]
    [InlineData("Duration", "5 or 10", "5")]
    [InlineData("CfgScale", "0 to 1 in steps of 0.01", "0.5")]
    [InlineData("NumberResults", "1 to 4", "1")]
    [InlineData("OutputFormat", "MP4, WEBM or MOV", "MP4")]
    [InlineData("OutputQuality", "20 to 99", "95")]
    [InlineData("SafetyMode", "none, fast or full", "none")]
    [InlineData("CheckContent", "true or false", "false")]
    [InlineData("Ttl", "at least 60", null)]
    [InlineData("WebhookUrl", "an absolute http or https address", null)]
    [InlineData("TaskId", "a version 4 UUID", null)]
    [InlineData("Width", "1280 or 720, together with Height", null)]
    [InlineData("Prompt", "any text, best at most 2500 characters", null)]
    public void Rows_SayWhatTheyAllow(string name, string allowed, string? standard)
    {
        ParameterSpec row = s_spec.Parameter(name)!;
        Assert.Equal(allowed, row.AllowedText);
        Assert.Equal(standard, row.DefaultText);
    }

    [Fact]
    public void Parameter_IgnoresCaseAndReturnsNullForAStranger()
    {
        Assert.Same(s_spec.Parameter("Duration"), s_spec.Parameter("dURATION"));
        Assert.Null(s_spec.Parameter("AspectRatio"));
        Assert.Null(s_spec.Parameter(""));
        Assert.Null(s_spec.Parameter(null));
    }

    [Fact]
    public void Find_IsExact()
    {
        Assert.Same(s_spec, ModelSpec.Find("klingai:5@1"));
        Assert.Null(ModelSpec.Find("KlingAI:5@1"));
        Assert.Null(ModelSpec.Find("klingai:5@2"));
        Assert.Null(ModelSpec.Find(null));
    }

    [Fact]
    public void PairedParameters_PointAtEachOther()
    {
        foreach (ParameterSpec row in s_spec.Parameters.Where(row => row.PairedWith is not null))
        {
            Assert.Equal(row.Name, s_spec.Parameter(row.PairedWith)!.PairedWith);
        }
    }

    [Fact]
    public void Defaults_AreAllowedThemselves()
    {
        foreach (ParameterSpec row in s_spec.Parameters.Where(row => row.Default is not null))
        {
            Assert.True(row.Default switch
            {
                decimal number => row.Allows(number),
                string text => row.Canonical(text) == text,
                bool => row.Type is ParameterType.Boolean,
                _ => false,
            }, row.Name);
        }
    }

    [Theory]
    [InlineData("16:9", 1280, 720)]
    [InlineData("1:1", 720, 720)]
    [InlineData("9:16", 720, 1280)]
    [InlineData(" 9 x 16 ", 720, 1280)]
    public void AspectRatio_FindsItsSize(string text, int width, int height)
    {
        VideoSize size = s_spec.FindSize(text)!;
        Assert.Equal((width, height), (size.Width, size.Height));
    }

    [Theory]
    [InlineData("4:3")]
    [InlineData("16")]
    [InlineData("")]
    [InlineData(null)]
    public void AspectRatio_TheModelLacks_IsNull(string? text) => Assert.Null(s_spec.FindSize(text));

    [Theory]
    [InlineData(4000, 2000, "16:9")]
    [InlineData(1000, 1001, "1:1")]
    [InlineData(300, 3000, "9:16")]
    [InlineData(1333, 1000, "1:1")]
    [InlineData(1334, 1000, "16:9")]
    [InlineData(1000, 1334, "9:16")]
    public void Nearest_ComparesShapes(int width, int height, string expected) =>
        Assert.Equal(expected, s_spec.NearestSize(width, height).AspectRatio);
}
