using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

/// <summary>What a model's schema refuses across fields, in the sentences that a person reads.</summary>
public class ConditionWordsTests
{
    private const string Pro = "klingai:kling-video@2.6-pro";
    private static readonly RequestImage s_image = new(ImageKind.Uuid, "8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a01");
    private static readonly RequestImage s_other = new(ImageKind.Uuid, "8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a02");
    private static readonly VideoRequest s_text = new() { Model = Pro, Prompt = "a calm sea", Width = 1920, Height = 1080 };
    private static readonly VideoRequest s_first = new() { Model = Pro, Prompt = "a calm sea", Image = s_image };
    private static readonly VideoRequest s_reference = new()
    {
        Model = Pro,
        Prompt = "she sings",
        Setting = """{"inputs.referenceImages":["https://a.example/a.jpg"],"inputs.referenceVideos":["https://a.example/a.mp4"],"providerSettings.klingai.characterOrientation":"video"}""",
    };

    public static TheoryData<string, VideoRequest> Right() => new()
    {
        { "text", s_text },
        { "text with sound", s_text with { Sound = true, Duration = 10 } },
        { "first frame", s_first },
        { "first frame with sound", s_first with { Sound = true } },
        { "first and last frame", s_first with { LastImage = s_other, NegativePrompt = "text" } },
        { "reference", s_reference },
        { "reference without a prompt", s_reference with { Prompt = null } },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void Request_InEachModeIsRight(string mode, VideoRequest request)
    {
        Assert.NotNull(mode);
        Assert.Empty(RequestValidator.Validate(request).Violations);
    }

    public static TheoryData<VideoRequest, string> Wrong() => new()
    {
        { s_first with { Width = 1920, Height = 1080 }, "Width: '1920' was given; not allowed together with Image for PRO. Height: '1080' was given; not allowed together with Image for PRO." },
        { s_first with { LastImage = s_other, Sound = true }, "Sound: 'true' was given; not allowed together with LastImage for PRO." },
        { s_first with { LastImage = s_other, Sound = false }, "Sound: 'false' was given; not allowed together with LastImage for PRO." },
        { s_first with { Prompt = null }, "Prompt: nothing was given; PRO needs it without inputs.referenceVideos." },
        { s_text with { Prompt = null }, "Prompt: nothing was given; PRO needs it without inputs.referenceVideos." },
        { s_text with { Prompt = "a" }, "Prompt: 'a' was given; allowed: a text of 2 to 2500 characters." },
        { s_first with { Duration = 6 }, "Duration: '6' was given; allowed: 5 or 10." },
        { s_first with { Duration = 5.5m }, "Duration: '5.5' was given; allowed: 5 or 10." },
        { s_first with { SafetyMode = "none" }, "SafetyMode: 'none' was given; allowed: fast or full." },
        { s_first with { Resolution = "720p" }, "Resolution: '720p' was given; PRO has no such setting." },
        { s_text with { Width = null, Height = null }, "Width: nothing was given; PRO needs Width and Height without Image or inputs.referenceVideos; AspectRatio gives both: 16:9, 1:1 or 9:16." },
        { s_text with { Height = null }, "Height: nothing was given; allowed: Height together with Width (1920): 1920x1080 (16:9), 1440x1440 (1:1) or 1080x1920 (9:16)." },
        { s_text with { Width = 1280, Height = 720 }, "Width: '1280x720' was given; allowed: Width with Height: 1920x1080 (16:9), 1440x1440 (1:1) or 1080x1920 (9:16)." },
        { s_text with { LastImage = s_other }, "LastImage: '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a02' was given; not allowed without Image." },
        { s_reference with { Image = s_image }, "inputs.referenceImages: '[\"https://a.example/a.jpg\"]' was given; not allowed together with Image for PRO. inputs.referenceVideos: '[\"https://a.example/a.mp4\"]' was given; not allowed together with Image for PRO." },
        { s_reference with { Sound = true }, "Sound: 'true' was given; not allowed together with inputs.referenceVideos for PRO." },
        { s_reference with { Duration = 5 }, "Duration: '5' was given; not allowed together with inputs.referenceVideos for PRO." },
        { s_first with { Setting = """{"providerSettings.klingai.keepOriginalSound":true}""" }, "inputs.referenceVideos: nothing was given; PRO needs it with providerSettings.klingai.keepOriginalSound." },
        { s_text with { Setting = """{"inputs.referenceImages":["https://a.example/a.jpg"]}""" }, "providerSettings.klingai.characterOrientation: nothing was given; PRO needs providerSettings.klingai.characterOrientation and inputs.referenceVideos with inputs.referenceImages." },
        { s_first with { Setting = """{"providerSettings.klingai.characterOrientation":"up"}""" }, "providerSettings.klingai.characterOrientation: 'up' was given; allowed: image or video. inputs.referenceImages: nothing was given; PRO needs inputs.referenceImages and inputs.referenceVideos with providerSettings.klingai.characterOrientation." },
        { s_reference with { Setting = s_reference.Setting!.Replace("a.mp4", "a.mp4?[query: 7 characters, sha256 0123456789ab]", StringComparison.Ordinal) }, "inputs.referenceVideos: 'https://a.example/a.mp4?[query: 7 characters, sha256 0123456789ab]' was given; allowed: the value itself; this text only stands for one, without its secret part." },
        { s_first with { Setting = """{"camera":"up"}""" }, "Setting: 'camera' was given; allowed: inputs.referenceImages, inputs.referenceVideos, providerSettings.klingai.characterOrientation or providerSettings.klingai.keepOriginalSound." },
        { s_first with { Setting = """{"duration":5}""" }, "Setting: 'duration' was given; allowed: fields without a parameter; -Duration gives this one." },
        { new VideoRequest { Image = s_image, LastImage = s_other }, "LastImage: '8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a02' was given; klingai:5@1 takes a first frame only." },
        { new VideoRequest { Image = s_image, Sound = true }, "Sound: 'true' was given; klingai:5@1 has no such setting." },
        { new VideoRequest { Image = s_image, NegativePrompt = "text" }, "NegativePrompt: 'text' was given; klingai:5@1 has no such setting." },
        { new VideoRequest { Image = s_image, Setting = """{"camera":"up"}""" }, "Setting: 'camera' was given; allowed: nothing: every field of klingai:5@1 has a parameter." },
        { new VideoRequest(), "Image: nothing was given; allowed: one image: a UUID, an http or https address, a data URI, base64 text or a file." },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Request_BesideIsRefusedInASentence(VideoRequest request, string expected) =>
        Assert.Equal(expected.Replace("PRO", Pro), string.Join(" ", RequestValidator.Validate(request).Violations.Select(violation => violation.Message)));
}
