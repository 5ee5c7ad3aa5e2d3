using System.Text;
using System.Text.Json;
using CsCheck;
using Json.Schema;
using Kling.Core.Tests.Conventions;
using Kling.Models;
using Kling.Requests;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>The validator and the published JSON Schema, read by a library that shares no code with it, agree on every request.</summary>
public class RequestFuzz(ITestOutputHelper output)
{
    private static readonly JsonSchema s_schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "request.schema.json")));

    private static readonly EvaluationOptions s_options = new() { OutputFormat = OutputFormat.List };

    private static readonly Gen<string> s_addresses = Gen.Frequency(
        (8, Gen.OneOf("https://hooks.example.test/kling?token=1", "http://127.0.0.1:8080/", "HTTPS://EXAMPLE.test", "https://例え.test/ü", "https://a.test:99999/", "ftp://a.test/", "https:", "https://", "http:///a",
            "//a.test", "a.test", " https://a.test/", "https://a.test/ ", "https://a.test/a b", "https://user:pw@a.test/", "mailto:a@b", "https://[::1]/", "https://[::1", "https://a..b/", "https://-a.test/", "https://a_b.test", "https://%41.test/", "https://?a", "https:\\\\a.test\\b", "https://\\a", "https://a\\b", "https://a.test/\u202Eb", "https://a.test/%zz", "https://a.test/#x#y", "https://a.test/\ud800", "https://a.test/?[query: 9 characters, sha256 0123456789ab]", "https://a.test/?[9 characters, sha256 01234567]", "https://a.test/?(9 characters, sha256:0123456789abcdef)", "https://a.test/?x=[query: 9 characters, sha256 0123456789ab]")),
        (1, FuzzText.Any.Select(text => "https://" + text)),
        (1, FuzzText.Any.Select(text => "https://a.test/" + text)),
        (1, FuzzText.Any));

    private static readonly Gen<RequestImage?> s_images = Gen.Frequency(
        (1, Gen.Const((RequestImage?)null)),
        (2, Gen.Guid.Select(id => Image(id.ToString("D")))),
        (3, s_addresses.Select(Image)),
        (3, Gen.Byte.Array[1, 40].Select(bytes => Image(Convert.ToBase64String(bytes)))),
        (1, Gen.Select(Gen.Byte.Array[1, 40], Gen.OneOf("=", "==", " ", "\n", "-", "_", "ü"), Gen.Bool, (bytes, odd, first) => Image(first ? odd + Convert.ToBase64String(bytes) : Convert.ToBase64String(bytes) + odd))),
        (2, FuzzText.Any.Select(Image)),
        (2, Gen.Byte.Array[1, 40].Select(bytes => Image("data:image/png;base64," + Convert.ToBase64String(bytes)))),
        (2, Gen.OneOf("data:", "data:,", "DATA:image/png;base64,AA==", "data:image/png;base64,A A", "dat", "data:image/png;base64,", "[data: 4 characters, sha256 0123456789ab]").Select(Image)));

    private static readonly Gen<decimal?> s_scales = Gen.Frequency(
        (4, Gen.Int[-5, 120].Select(hundredths => (decimal?)(hundredths / 100m))), (2, Gen.Int[-500, 12000].Select(parts => (decimal?)(parts / 10000m))), (1, Gen.Decimal.Select(any => (decimal?)any)), (2, Gen.Const((decimal?)null)));

    private static readonly Gen<decimal?> s_durations = Gen.OneOf<decimal?>(null, null, 5m, 10m, 5.0m, 10.000m, 0m, -5m, 4.9999m, 7.5m, 15m, 5.0000000000000000000000000001m);

    private static readonly Gen<string?> s_formats = Choice("MP4", "mp4", " Webm ", "MOV", "gif", "", " ");

    private static readonly Gen<string?> s_modes = Choice("none", "FAST", " full", "off", "");

    private static readonly Gen<VideoRequest> s_requests = Gen.Select(
        Gen.Select(Gen.Frequency((6, Gen.Int.Select(Version4)), (1, Gen.Guid.Where(id => id != Guid.Empty))), Gen.Frequency((9, Gen.Const(ModelSpec.DefaultModelId)), (1, FuzzText.Any)), s_images, FuzzText.Maybe),
        Gen.Select(Number(Gen.OneOf(1280, 720, 1080, 0, -1)), Number(Gen.OneOf(1280, 720, 1080)), s_durations, s_scales, Number(Gen.Int[0, 6])),
        Gen.Select(s_formats, Number(Gen.Int[15, 105]), s_modes, Gen.OneOf<bool?>(null, true, false), Number(Gen.Frequency((1, Gen.Int[0, 120]), (1, Gen.Int)))),
        Gen.Select(Gen.Frequency((2, Gen.Const((string?)null)), (1, s_addresses.Select(text => (string?)text))), Gen.Frequency((2, Gen.Const((string?)null)), (1, s_addresses.Select(text => (string?)text))), Gen.Bool),
        (what, how, form, delivery) => new VideoRequest
        {
            TaskId = what.Item1,
            Model = what.Item2,
            Image = what.Item3,
            Prompt = what.Item4,
            Width = how.Item1,
            Height = how.Item2,
            Duration = how.Item3,
            CfgScale = how.Item4,
            NumberResults = how.Item5,
            OutputFormat = form.Item1,
            OutputQuality = form.Item2,
            SafetyMode = form.Item3,
            CheckContent = form.Item4,
            Ttl = form.Item5,
            WebhookUrl = delivery.Item1,
            UploadEndpoint = delivery.Item2,
            IncludeCost = delivery.Item3,
        });

    // Most requests of the first kind are refused for several reasons; these are right but for one, so that each rule decides alone.
    private static readonly Gen<VideoRequest> s_almostRight = Gen.Select(s_requests, Gen.Int[0, 13], Gen.Int, (random, one, seed) =>
    {
        var right = new VideoRequest { TaskId = Version4(seed), Image = Image("https://images.example.test/harbor.jpg"), Prompt = "slow dolly in" };
        return one switch
        {
            0 => right with { TaskId = random.TaskId },
            1 => right with { Model = random.Model },
            2 => right with { Image = random.Image },
            3 => right with { Prompt = random.Prompt },
            4 => right with { Width = random.Width, Height = random.Height },
            5 => right with { Duration = random.Duration },
            6 => right with { CfgScale = random.CfgScale },
            7 => right with { NumberResults = random.NumberResults },
            8 => right with { OutputFormat = random.OutputFormat },
            9 => right with { OutputQuality = random.OutputQuality },
            10 => right with { SafetyMode = random.SafetyMode, CheckContent = random.CheckContent },
            11 => right with { Ttl = random.Ttl },
            12 => right with { WebhookUrl = random.WebhookUrl, IncludeCost = random.IncludeCost },
            _ => right with { UploadEndpoint = random.UploadEndpoint },
        };
    });

    [Fact]
    public void ValidatorAndSchema_Agree() => FuzzRun.Check(
        output, "Request: validator and schema agree", Gen.Frequency((1, s_requests), (4, s_almostRight)), request =>
        {
            ValidationReport report = RequestValidator.Validate(request);
            string wire = Encoding.UTF8.GetString(RequestJson.Write(request));
            using JsonDocument json = JsonDocument.Parse(wire);
            EvaluationResults schema = s_schema.Evaluate(json.RootElement, s_options);

            Assert.True(report.IsValid == (schema.IsValid && HostsAreHosts(request)), $"{string.Join(" ", report.Violations)} | {string.Join(" ", Errors(schema))} | {wire}");
            Assert.All(report.Violations, violation => Assert.NotEmpty(violation.Allowed));
        }, request => request.ToString());

    /// <summary>No pattern can say what a host is (labels, ports, addresses in brackets); the schema leaves that to its format.</summary>
    private static bool HostsAreHosts(VideoRequest request) =>
        new[] { request.WebhookUrl, request.UploadEndpoint, request.Image?.Kind == ImageKind.Url ? request.Image.Value : null }
            .All(address => address is null || Uri.TryCreate(address, UriKind.Absolute, out _));

    private static IEnumerable<string> Errors(EvaluationResults results) =>
        (results.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Select(error => $"{error.Key} {error.Value}"))}");

    /// <summary>The image a text stands for; on the wire there is only the text.</summary>
    private static RequestImage? Image(string text) => new(
        Guid.TryParseExact(text, "D", out _) ? ImageKind.Uuid
        : text.StartsWith("http", StringComparison.OrdinalIgnoreCase) && text.Contains(':', StringComparison.Ordinal) ? ImageKind.Url
        : text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? ImageKind.DataUri
        : ImageKind.Base64,
        text);

    private static Gen<int?> Number(Gen<int> numbers) => Gen.Frequency((1, Gen.Const((int?)null)), (2, numbers.Select(number => (int?)number)));

    private static Gen<string?> Choice(params string[] texts) =>
        Gen.Frequency((2, Gen.Const((string?)null)), (4, Gen.OneOf(texts).Select(text => (string?)text)), (1, FuzzText.Any.Select(text => (string?)text)));

    private static Guid Version4(int seed)
    {
        byte[] bytes = new byte[16];
        new Random(seed).NextBytes(bytes);
        return new Guid(BitConverter.ToInt32(bytes, 0), BitConverter.ToInt16(bytes, 4), (short)(0x4000 | (bytes[6] & 0xfff)), [(byte)(0x80 | (bytes[8] & 0x3f)), .. bytes[9..]]);
    }
}
