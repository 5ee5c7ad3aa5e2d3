using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class RequestJsonTests
{
    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<int> Examples() => [0, 1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Examples))]
    public void ModelPageExample_IsWrittenExactly(int index)
    {
        using JsonDocument page = Page();
        Assert.Equal(5, page.RootElement.GetArrayLength());
        JsonElement example = page.RootElement[index].GetProperty("request");
        VideoRequest request = Read(example);
        Assert.True(RequestValidator.Validate(request).IsValid);
        string expected = $"[{JsonSerializer.Serialize(example, s_relaxed)}]";
        Assert.Equal(expected, Text(RequestJson.Write(request)));
        Assert.Equal(expected.Replace("\"inputs\"", "\"includeCost\":true,\"inputs\""), Text(RequestJson.Write(request with { IncludeCost = true })));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void ModelPageExample_BillsWhatIsExpected_AndNeverMoreThanEstimated(int index)
    {
        using JsonDocument page = Page();
        VideoRequest request = Read(page.RootElement[index].GetProperty("request"));
        decimal billed = page.RootElement[index].GetProperty("response").GetProperty("cost").GetDecimal();
        Assert.Equal(billed, Pricing.ExpectedBill(request));
        Assert.True(billed <= Pricing.Estimate(request));
    }

    [Fact]
    public void WhatIsNotGiven_StaysOffTheWire() =>
        Assert.Equal(
            """[{"taskType":"videoInference","taskUUID":"3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d","model":"klingai:5@1","inputs":{"frameImages":[{"image":"https://images.test/harbor.jpg","frame":"first"}]}}]""",
            Text(RequestJson.Write(Sample.Request)));

    [Fact]
    public void Everything_IsWrittenUnderTheTablesWireNames()
    {
        using JsonDocument json = JsonDocument.Parse(RequestJson.Write(Full));
        string[] paths = [.. Paths(json.RootElement[0], "").Order(StringComparer.Ordinal)];
        string[] expected = [.. ModelSpec.Kling21Standard.Parameters.Select(row => row.WireName)
            .Where(name => name is not ("outputType" or "deliveryMethod" or "inputs.frameImages")).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, paths);
    }

    [Fact]
    public void Safety_HoldsOnlyWhatWasGiven()
    {
        Assert.Contains("\"safety\":{\"checkContent\":false}", Text(RequestJson.Write(Sample.Request with { CheckContent = false })));
        Assert.Contains("\"safety\":{\"mode\":\"full\"}", Text(RequestJson.Write(Sample.Request with { SafetyMode = "FULL" })));
        Assert.DoesNotContain("safety", Text(RequestJson.Write(Sample.Request)));
    }

    [Fact]
    public void Spelling_BecomesTheWires()
    {
        string json = Text(RequestJson.Write(Sample.Request with { OutputFormat = "webm", SafetyMode = "Fast" }));
        Assert.Contains("\"outputFormat\":\"WEBM\"", json);
        Assert.Contains("\"mode\":\"fast\"", json);
    }

    [Theory]
    [InlineData("5.000", "\"duration\":5,")]
    [InlineData("10", "\"duration\":10,")]
    [InlineData("5.50", "\"duration\":5.5,")]
    public void Numbers_AreMinimal_InEveryCulture(string duration, string expected)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Contains(expected, Text(RequestJson.Write(Sample.Request with { Duration = decimal.Parse(duration, CultureInfo.InvariantCulture) })));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("Möwen über dem Hafen, 夜明け, it's <slow> & \"calm\"+")]
    [InlineData("emoji \U0001F30A and a tab\t, line\r\nbreak and \\ backslash")]
    public void Prompt_ArrivesUnchanged_AndStaysReadable(string prompt)
    {
        byte[] bytes = RequestJson.Write(Sample.Request with { Prompt = prompt });
        using JsonDocument json = JsonDocument.Parse(bytes);
        Assert.Equal(prompt, json.RootElement[0].GetProperty("positivePrompt").GetString());

        // The writer escapes what lies beyond the basic plane (emoji), and nothing else.
        Assert.DoesNotContain("\\u", Text(bytes).Replace("\\uD83C\\uDF0A", ""));
    }

    [Fact]
    public void BrokenSurrogates_AreWrittenAsValidJson()
    {
        using JsonDocument json = JsonDocument.Parse(RequestJson.Write(Sample.Request with { Prompt = "a\ud800b" }));
        Assert.Equal("a\ufffdb", json.RootElement[0].GetProperty("positivePrompt").GetString());
    }

    [Fact]
    public void Around_LeavesExactlyTheGapForTheImage()
    {
        VideoRequest request = Full with { Image = new RequestImage(ImageKind.File, "/pictures/\"first\".png") { Bytes = 3, Sha256 = "00" } };
        (byte[] before, byte[] after) = RequestJson.Around(request);
        string expected = Text(RequestJson.Write(Full with { Image = new RequestImage(ImageKind.Base64, "AAA+/AA=") }));
        Assert.Equal(expected, Text(before) + "AAA+/AA=" + Text(after));
        Assert.Equal("\",\"frame\":\"first\"}]}}]", Text(after));
    }

    [Fact]
    public void Write_RefusesAFile() =>
        Assert.Throws<ArgumentException>(() => RequestJson.Write(Sample.Request with { Image = new RequestImage(ImageKind.File, "/p/a.png") }));

    [Fact]
    public void Display_HidesWhatIsSecret()
    {
        string text = RequestJson.WriteDisplay(Full with { Image = new RequestImage(ImageKind.File, "/home/me/harbor.png") { Bytes = 12345 } });
        Assert.Contains("[file: harbor.png, 12345 bytes]", text);
        Assert.DoesNotContain("/home/me", text);
        Assert.DoesNotContain("hooksecret", text);
        Assert.DoesNotContain("putsecret", text);
        Assert.Contains("https://hooks.test/k?[query: 16 characters, sha256 ", text);
        Assert.Contains("\n  {\n    \"taskType\": \"videoInference\"", text);
        string data = "data:image/png;base64,iVBORw0KGgoAAAAA";
        Assert.DoesNotContain("iVBORw0K", RequestJson.WriteDisplay(Full with { Image = new RequestImage(ImageKind.DataUri, data) }));
        Assert.DoesNotContain("inputs", RequestJson.WriteDisplay(Full with { Image = null }));
        JsonDocument.Parse(text).Dispose();
    }

    [Fact]
    public void Looks_AreTaskObjects()
    {
        string id = Sample.Id.ToString("D");
        Assert.Equal($$"""[{"taskType":"getResponse","taskUUID":"{{id}}"},{"taskType":"getResponse","taskUUID":"{{id}}"}]""", Text(RequestJson.WriteGetResponse([Sample.Id, Sample.Id])));
        Assert.Equal($$"""[{"taskType":"getTaskDetails","taskUUID":"{{id}}"}]""", Text(RequestJson.WriteGetTaskDetails(Sample.Id)));
        Assert.Equal($$"""[{"taskType":"ping","taskUUID":"{{id}}"}]""", Text(RequestJson.WritePing(Sample.Id)));
    }

    private static VideoRequest Full { get; } = new()
    {
        TaskId = Sample.Id,
        Image = new RequestImage(ImageKind.Url, "https://images.test/a.jpg"),
        Prompt = "slow",
        Duration = 10m,
        Width = 720,
        Height = 720,
        CfgScale = 0.5m,
        NumberResults = 2,
        OutputFormat = "MOV",
        OutputQuality = 80,
        CheckContent = true,
        SafetyMode = "fast",
        Ttl = 3600,
        WebhookUrl = "https://hooks.test/k?token=hooksecret",
        UploadEndpoint = "https://put.test/v.mov?sig=putsecret",
        IncludeCost = true,
    };

    private static JsonDocument Page() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "model-page-examples.json")));

    private static VideoRequest Read(JsonElement example)
    {
        int? Int(string name) => example.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;
        return new VideoRequest
        {
            TaskId = example.GetProperty("taskUUID").GetGuid(),
            Model = example.GetProperty("model").GetString()!,
            Prompt = example.GetProperty("positivePrompt").GetString(),
            Width = Int("width"),
            Height = Int("height"),
            Duration = example.GetProperty("duration").GetDecimal(),
            CfgScale = example.GetProperty("CFGScale").GetDecimal(),
            Image = new RequestImage(ImageKind.Url, example.GetProperty("inputs").GetProperty("frameImages")[0].GetProperty("image").GetString()!),
            IncludeCost = false,
        };
    }

    private static IEnumerable<string> Paths(JsonElement element, string prefix) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Paths(p.Value, prefix.Length == 0 ? p.Name : $"{prefix}.{p.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Paths(item, prefix)),
        _ => [prefix],
    };

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
