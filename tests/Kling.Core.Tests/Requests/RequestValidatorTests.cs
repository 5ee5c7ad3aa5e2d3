using System.Globalization;
using System.Reflection;
using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class RequestValidatorTests
{
    private static readonly ModelSpec s_spec = ModelSpec.Kling21Standard;

    /// <summary>Each numeric row of the table with its limits, and one step beyond each.</summary>
    public static TheoryData<string, string, bool> Numbers()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (ParameterSpec row in s_spec.Parameters.Where(row =>
            row.IsParameter && row.PairedWith is null && row.Type is ParameterType.Integer or ParameterType.Number))
        {
            decimal step = row.Step ?? 1m;
            void Add(decimal value, bool allowed) => data.Add(row.Name, value.ToString(CultureInfo.InvariantCulture), allowed);
            foreach (string allowed in row.AllowedValues)
            {
                decimal value = decimal.Parse(allowed, CultureInfo.InvariantCulture);
                Add(value, true);
                Add(value + 1m, false);
                Add(value - 1m, false);
                Add(value * 1.00m, true);
            }

            if (row.Min is decimal min)
            {
                Add(min, true);
                Add(min + step, true);
                Add(min - step, false);
            }

            if (row.Max is decimal max)
            {
                Add(max, true);
                Add(max - step, true);
                Add(max + step, false);
            }

            if (row.Step is not null)
            {
                Add(row.Min!.Value + (step / 2m), false);
                Add(row.Min.Value + (57m * step), true);
                Add(row.Min.Value + (57m * step) + (step / 10m), false);
            }
        }

        return data;
    }

    /// <summary>Each row of words, in every case, and words it does not have.</summary>
    public static TheoryData<string, string, bool> Words()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (ParameterSpec row in s_spec.Parameters.Where(row => row.IsParameter && row.Name != "Model" && row.Type is ParameterType.Text && row.AllowedValues.Count > 0))
        {
            foreach (string allowed in row.AllowedValues)
            {
                foreach (string spelling in new[] { allowed, allowed.ToUpperInvariant(), allowed.ToLowerInvariant() }.Distinct())
                {
                    data.Add(row.Name, spelling, true);
                }

                data.Add(row.Name, allowed + "x", false);
                data.Add(row.Name, allowed.Substring(1), false);
            }
        }

        return data;
    }

    [Theory]
    [InlineData("Words", "any words", 0)]
    [InlineData("Word", "one", 0)]
    [InlineData("Word", "two", 1)]
    public void Choice_RefusesOnlyWhereTheTableListsValues(string parameter, string value, int violations)
    {
        ParameterSpec[] rows = [new() { Name = "Words", Type = ParameterType.Text }, new() { Name = "Word", Type = ParameterType.Text, AllowedValues = ["one"] }];
        var findings = new Findings(ModelSpec.Kling21Standard);
        findings.Check(parameter, Array.Find(rows, row => row.Name == parameter), value);
        Assert.Equal(violations, findings.ToReport().Violations.Count);
    }

    [Fact]
    public void GeneratedCases_CoverEveryRowWithLimits()
    {
        Assert.Equal(["CfgScale", "Duration", "NumberResults", "OutputQuality", "Ttl"], Numbers().Select(row => (string)row[0]).Distinct().Order());
        Assert.Equal(["OutputFormat", "SafetyMode"], Words().Select(row => (string)row[0]).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_KeepToTheTable(string parameter, string value, bool allowed)
    {
        decimal number = decimal.Parse(value, CultureInfo.InvariantCulture);
        AssertVerdict(With(parameter, number), parameter, value, allowed);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void Words_KeepToTheTable(string parameter, string value, bool allowed) =>
        AssertVerdict(With(parameter, value), parameter, value, allowed);

    [Theory]
    [InlineData("https://hooks.test/kling?token=x", true)]
    [InlineData("HTTP://hooks.test", true)]
    [InlineData("ftp://hooks.test/", false)]
    [InlineData("hooks.test/kling", false)]
    [InlineData("/kling", false)]
    [InlineData("https://", false)]
    [InlineData("https://hooks.test/a, https://hooks.test/b", false)]
    [InlineData("https://hooks.test/a,https://hooks.test/b", false)]
    [InlineData("https://hooks.test/a\nhttps://hooks.test/b", false)]
    [InlineData("https://hooks.test/a b", false)]
    [InlineData("https://hooks.test/get/https://images.test/a?b=https://images.test/c", true)]
    [InlineData("https://hooks.test/kling?[query: 7 characters, sha256 0123456789ab]", false)]
    [InlineData("nonsense", false)]
    public void Addresses_AreAbsoluteWebAddresses(string address, bool allowed)
    {
        foreach (ParameterSpec row in s_spec.Parameters.Where(row => row.IsParameter && row.Format == ParameterSpec.UriFormat))
        {
            AssertVerdict(With(row.Name, address), row.Name, null, allowed);
        }
    }

    [Fact]
    public void RefusedAddress_IsShownWithoutItsSecrets()
    {
        string message = Assert.Single(RequestValidator.Validate(Sample.Request with { WebhookUrl = "ftp://me:hunter2@hooks.test/a?token=topsecret" }).Violations).Message;
        Assert.DoesNotContain("hunter2", message);
        Assert.DoesNotContain("topsecret", message);
        Assert.Contains("ftp://hooks.test/a?[query: 15 characters", message);
    }

    [Fact]
    public void EverySizeOfTheTable_IsAllowed_AndEveryMixIsNot()
    {
        int[] sides = [.. s_spec.Sizes.SelectMany(size => new[] { size.Width, size.Height, size.Width + 1, size.Height - 1 }).Distinct()];
        foreach (int width in sides)
        {
            foreach (int height in sides)
            {
                bool allowed = s_spec.Sizes.Any(size => size.Width == width && size.Height == height);
                ValidationReport report = RequestValidator.Validate(Sample.Request with { Width = width, Height = height });
                Assert.Equal(allowed, report.IsValid);
                if (!allowed)
                {
                    Violation violation = Assert.Single(report.Violations);
                    Assert.Equal($"{width}x{height}", violation.Given);
                    Assert.Contains("1280x720 (16:9), 720x720 (1:1) or 720x1280 (9:16)", violation.Allowed);
                }
            }
        }
    }

    [Theory]
    [InlineData(1280, null, "Height")]
    [InlineData(null, 720, "Width")]
    public void OneSideAlone_NamesTheMissingOne(int? width, int? height, string missing)
    {
        Violation violation = Assert.Single(RequestValidator.Validate(Sample.Request with { Width = width, Height = height }).Violations);
        Assert.Equal(missing, violation.Parameter);
        Assert.Null(violation.Given);
    }

    [Fact]
    public void UnknownModel_ListsTheKnownOnes_AndTheOtherRulesStillRun()
    {
        ValidationReport report = RequestValidator.Validate(Sample.Request with { Model = "klingai:9@9", Duration = 7m });
        Assert.Equal(["Model", "Duration"], report.Violations.Select(v => v.Parameter));
        Assert.Contains("klingai:5@1", report.Violations[0].Message);
    }

    [Fact]
    public void Everything_IsReportedAtOnce()
    {
        var request = new VideoRequest
        {
            TaskId = Guid.Parse("3f2b1c4d-5e6f-1a7b-8c9d-0e1f2a3b4c5d"),
            Model = "x",
            Duration = 6m,
            Width = 1,
            Height = 2,
            CfgScale = 2m,
            NumberResults = 0,
            OutputFormat = "AVI",
            OutputQuality = 100,
            SafetyMode = "slow",
            Ttl = 59,
            WebhookUrl = "x",
            UploadEndpoint = "x",
        };
        Assert.Equal(
            ["CfgScale", "Duration", "Image", "Model", "NumberResults", "OutputFormat", "OutputQuality", "SafetyMode", "TaskId", "Ttl", "UploadEndpoint", "WebhookUrl", "Width"],
            RequestValidator.Validate(request).Violations.Select(v => v.Parameter).Order());
    }

    [Theory]
    [InlineData("3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d", true)]
    [InlineData("3f2b1c4d-5e6f-4a7b-bc9d-0e1f2a3b4c5d", true)]
    [InlineData("00000000-0000-0000-0000-000000000000", true)]
    [InlineData("3f2b1c4d-5e6f-1a7b-8c9d-0e1f2a3b4c5d", false)]
    [InlineData("3f2b1c4d-5e6f-7a7b-8c9d-0e1f2a3b4c5d", false)]
    [InlineData("3f2b1c4d-5e6f-4a7b-cc9d-0e1f2a3b4c5d", false)]
    [InlineData("3f2b1c4d-5e6f-4a7b-7c9d-0e1f2a3b4c5d", false)]
    public void TaskId_IsVersion4OrNotDrawnYet(string id, bool allowed) =>
        AssertVerdict(Sample.Request with { TaskId = Guid.Parse(id) }, "TaskId", id, allowed);

    [Fact]
    public void DrawnIds_AreAllowed()
    {
        for (int i = 0; i < 200; i++)
        {
            Assert.True(RequestValidator.Validate(Sample.Request with { TaskId = Guid.NewGuid() }).IsValid);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2500, false)]
    [InlineData(2501, true)]
    public void PromptOfOddLength_WarnsAndIsNotRefused(int length, bool warns)
    {
        ValidationReport report = RequestValidator.Validate(Sample.Request with { Prompt = new string('a', length) });
        Assert.True(report.IsValid);
        Assert.Equal(warns, report.Warnings.Count == 1);
    }

    [Theory]
    [InlineData(false, "fast", true)]
    [InlineData(false, "FULL", true)]
    [InlineData(true, "none", true)]
    [InlineData(false, "none", false)]
    [InlineData(true, "fast", false)]
    [InlineData(null, "full", false)]
    [InlineData(false, null, false)]
    public void SafetyContradiction_Warns(bool? check, string? mode, bool warns)
    {
        ValidationReport report = RequestValidator.Validate(Sample.Request with { CheckContent = check, SafetyMode = mode });
        Assert.True(report.IsValid);
        Assert.Equal(warns, report.Warnings.Count == 1);
    }

    [Theory]
    [InlineData(820, 2048, 0)]
    [InlineData(299, 300, 1)]
    [InlineData(300, 299, 1)]
    [InlineData(2049, 2048, 1)]
    [InlineData(750, 300, 0)]
    [InlineData(751, 300, 1)]
    [InlineData(300, 751, 1)]
    [InlineData(299, 2049, 2)]
    public void ImageSides_Warn(int width, int height, int warnings) =>
        AssertWarnings(new RequestImage(ImageKind.File, "/p/a.png") { Bytes = 1, Width = width, Height = height, Format = "PNG" }, warnings);

    [Theory]
    [InlineData(10_000_000, 0)]
    [InlineData(10_000_001, 1)]
    [InlineData(20_000_000, 1)]
    public void ImageBytes_Warn(long bytes, int warnings) =>
        AssertWarnings(new RequestImage(ImageKind.File, "/p/a.png") { Bytes = bytes, Width = 300, Height = 300, Format = "PNG" }, warnings);

    [Theory]
    [InlineData(ImageKind.File, "/p/a.png", "a.png")]
    [InlineData(ImageKind.Base64, "AAAA", "[data: 4 characters")]
    public void ImageBytes_AboveTheLimit_AreRefused(ImageKind kind, string value, string shown)
    {
        var image = new RequestImage(kind, value) { Bytes = 20_000_001, Width = 300, Height = 300, Format = "PNG" };
        ValidationReport report = RequestValidator.Validate(Sample.Request with { Image = image });
        Violation violation = Assert.Single(report.Violations);
        Assert.Equal("Image", violation.Parameter);
        Assert.Contains(shown, violation.Message, StringComparison.Ordinal);
        Assert.Contains("of 20000001 bytes", violation.Message, StringComparison.Ordinal);
        Assert.EndsWith("allowed: at most 20 MB (20000000 bytes).", violation.Message, StringComparison.Ordinal);
        Assert.Empty(report.Warnings);
    }

    [Theory]
    [InlineData(1280, 720, 1280, 720, null)]
    [InlineData(1280, 757, 1280, 720, null)]
    [InlineData(1280, 760, 1280, 720, "AspectRatio: an image of 1280x760 becomes 1280x720 (16:9), and 5.3 % of it, at top and bottom, is cropped.")]
    [InlineData(1024, 768, 1280, 720, "AspectRatio: an image of 1024x768 becomes 1280x720 (16:9), and 25 % of it, at top and bottom, is cropped.")]
    [InlineData(1000, 1000, 1280, 720, "AspectRatio: an image of 1000x1000 becomes 1280x720 (16:9), and 43.8 % of it, at top and bottom, is cropped. 720x720 (1:1), which AspectRatio Auto takes, would crop 0 %.")]
    [InlineData(1920, 1080, 720, 1280, "AspectRatio: an image of 1920x1080 becomes 720x1280 (9:16), and 68.4 % of it, left and right, is cropped. 1280x720 (16:9), which AspectRatio Auto takes, would crop 0 %.")]
    public void Crop_BeyondALittle_Warns(int imageWidth, int imageHeight, int width, int height, string? warning)
    {
        var image = new RequestImage(ImageKind.File, "/p/a.png") { Bytes = 1, Width = imageWidth, Height = imageHeight, Format = "PNG" };
        ValidationReport report = RequestValidator.Validate(Sample.Request with { Image = image, Width = width, Height = height });
        Assert.Equal(warning is null ? [] : [warning], report.Warnings.Select(one => one.Message));
        Assert.True(report.IsValid);
    }

    [Theory]
    [InlineData("PNG", 0)]
    [InlineData("JPEG", 0)]
    [InlineData("WebP", 1)]
    [InlineData("GIF", 1)]
    [InlineData("BMP", 1)]
    public void ImageFormats_Warn(string format, int warnings) =>
        AssertWarnings(new RequestImage(ImageKind.File, "/p/a") { Bytes = 1, Width = 300, Height = 300, Format = format }, warnings);

    [Theory]
    [InlineData(ImageTraits.None, null)]
    [InlineData(ImageTraits.Animated, "several frames")]
    [InlineData(ImageTraits.Cmyk, "CMYK")]
    [InlineData(ImageTraits.Irregular, "irregular")]
    public void UnusualImages_Warn(ImageTraits traits, string? what)
    {
        var image = new RequestImage(ImageKind.File, "/p/a.png") { Bytes = 1, Width = 300, Height = 300, Format = "PNG", Traits = traits };
        ValidationReport report = RequestValidator.Validate(Sample.Request with { Image = image });
        Assert.True(report.IsValid);
        Assert.Equal(what is null ? 0 : 1, report.Warnings.Count);
        Assert.All(report.Warnings, warning => Assert.Contains(what!, warning.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ImageKind.Uuid, "not-a-uuid")]
    [InlineData(ImageKind.Url, "https://")]
    [InlineData(ImageKind.Url, "https://images.test/a.jpg?[query: 3 characters, sha256 0123456789ab]")]
    [InlineData(ImageKind.Base64, "[data: 3 characters, sha256 0123456789ab]")]
    [InlineData(ImageKind.DataUri, "image/png")]
    [InlineData(ImageKind.DataUri, "data:image/png;base64,")]
    [InlineData(ImageKind.DataUri, "data:image/png;base64,AA AA")]
    [InlineData(ImageKind.DataUri, "data:image/png;base64")]
    [InlineData(ImageKind.Base64, "no, thank you")]
    [InlineData(ImageKind.Base64, "AA=A")]
    [InlineData(ImageKind.Base64, "AA===")]
    [InlineData(ImageKind.Base64, "==")]
    [InlineData(ImageKind.Url, " https://images.test/a.jpg")]
    [InlineData(ImageKind.Url, "https://images.test/a.jpg\n")]
    [InlineData(ImageKind.Url, "https:\\\\images.test\\a.jpg")]
    [InlineData(ImageKind.Url, "https:///a.jpg")]
    public void UnusableImageText_IsRefused(ImageKind kind, string text) =>
        Assert.Equal("Image", Assert.Single(RequestValidator.Validate(Sample.Request with { Image = new RequestImage(kind, text) }).Violations).Parameter);

    [Fact]
    public void Report_WithMore_KeepsWhatItHad()
    {
        ValidationReport report = RequestValidator.Validate(Sample.Request with { Duration = 6m, Prompt = new string('a', 3000) });
        ValidationReport more = report.With([new Violation("AspectRatio", "4:3", "16:9")]);
        Assert.Equal(["Duration", "AspectRatio"], more.Violations.Select(v => v.Parameter));
        Assert.Equal("AspectRatio: '4:3' was given; allowed: 16:9.", more.Violations[1].Message);
        Assert.Single(more.Warnings);
        Assert.Single(report.Violations);
    }

    private static void AssertWarnings(RequestImage image, int warnings)
    {
        ValidationReport report = RequestValidator.Validate(Sample.Request with { Image = image });
        Assert.True(report.IsValid);
        Assert.Equal(warnings, report.Warnings.Count);
    }

    private static void AssertVerdict(VideoRequest request, string parameter, string? given, bool allowed)
    {
        ValidationReport report = RequestValidator.Validate(request);
        Assert.Equal(allowed, report.IsValid);
        if (!allowed)
        {
            Violation violation = Assert.Single(report.Violations);
            Assert.Equal(parameter, violation.Parameter);
            Assert.Contains(s_spec.Parameter(parameter)!.AllowedText, violation.Message);
            Assert.Equal(given ?? violation.Given, violation.Given);
        }
    }

    private static VideoRequest With(string parameter, object value)
    {
        VideoRequest copy = Sample.Request with { };
        PropertyInfo property = typeof(VideoRequest).GetProperty(parameter)!;
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        property.SetValue(copy, Convert.ChangeType(value, type, CultureInfo.InvariantCulture));
        return copy;
    }
}
