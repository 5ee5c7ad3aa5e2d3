using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

public class RequestFingerprintTests
{
    private static readonly string s_plain = RequestFingerprint.Of(Sample.Request);

    [Fact]
    public void Fingerprint_IsASha256() => Assert.Matches("^[0-9a-f]{64}$", s_plain);

    [Fact]
    public void Fingerprint_StaysTheSameForever() =>
        Assert.Equal("f84e2a6ddf1328ae44677deb6e90f8a7e249cee92e3d5334aeae19daa8475379", s_plain);

    [Fact]
    public void DefaultsGiven_AreTheSameRequest()
    {
        VideoRequest given = Sample.Request with
        {
            Prompt = "",
            Duration = 5.00m,
            CfgScale = 0.50m,
            NumberResults = 1,
            OutputFormat = "mp4",
            OutputQuality = 95,
            CheckContent = false,
            SafetyMode = "NONE",
        };
        Assert.Equal(s_plain, RequestFingerprint.Of(given));
    }

    [Fact]
    public void WhatDoesNotChangeTheVideo_DoesNotCount()
    {
        VideoRequest other = Sample.Request with
        {
            TaskId = Guid.NewGuid(),
            WebhookUrl = "https://h.test",
            UploadEndpoint = "https://u.test",
            Ttl = 60,
            IncludeCost = true,
        };
        Assert.Equal(s_plain, RequestFingerprint.Of(other));
    }

    [Fact]
    public void WhatChangesTheVideo_Counts()
    {
        VideoRequest r = Sample.Request;
        VideoRequest[] others =
        [
            r, r with { Model = "x" }, r with { Image = new RequestImage(ImageKind.Url, "https://images.test/harbor.jpg?v=2") }, r with { Prompt = "a" },
            r with { Width = 1280, Height = 720 }, r with { Width = 720, Height = 1280 }, r with { Duration = 10m }, r with { CfgScale = 0.51m },
            r with { NumberResults = 2 }, r with { OutputFormat = "MOV" }, r with { OutputQuality = 94 }, r with { CheckContent = true },
            r with { SafetyMode = "full" }, r with { CheckContent = true, SafetyMode = "full" }, r with { Image = null },
        ];
        Assert.Equal(others.Length, others.Select(RequestFingerprint.Of).Distinct().Count());
    }

    [Fact]
    public void CheckWithoutMode_IsAFastCheck() =>
        Assert.Equal(
            RequestFingerprint.Of(Sample.Request with { CheckContent = true }),
            RequestFingerprint.Of(Sample.Request with { CheckContent = true, SafetyMode = "fast" }));

    [Fact]
    public void SameBytes_AreTheSameImage_WhereverTheyAre()
    {
        VideoRequest file = Sample.Request with { Image = new RequestImage(ImageKind.File, "/a.png") { Sha256 = new string('a', 64), Bytes = 1 } };
        VideoRequest copy = Sample.Request with { Image = new RequestImage(ImageKind.Uuid, Sample.Id.ToString()) { Sha256 = new string('A', 64) } };
        VideoRequest edited = Sample.Request with { Image = new RequestImage(ImageKind.File, "/a.png") { Sha256 = new string('b', 64), Bytes = 1 } };
        Assert.Equal(RequestFingerprint.Of(file), RequestFingerprint.Of(copy));
        Assert.NotEqual(RequestFingerprint.Of(file), RequestFingerprint.Of(edited));
    }

    [Fact]
    public void Values_CannotPoseAsOtherFields() =>
        Assert.NotEqual(
            RequestFingerprint.Of(Sample.Request with { Prompt = "a\nwidth=4:1280" }),
            RequestFingerprint.Of(Sample.Request with { Prompt = "a", Width = 1280 }));

    /// <summary>The form of docs/task-ids.md for what other models have; it is frozen like the rest.</summary>
    [Fact]
    public void OtherModels_AreHashedAsTheDocumentSays()
    {
        var request = new VideoRequest
        {
            Model = "klingai:kling-video@2.6-pro",
            Image = new RequestImage(ImageKind.Url, "https://x.example/a.png"),
            LastImage = new RequestImage(ImageKind.Url, "https://x.example/b.png"),
            Prompt = "pan",
            NegativePrompt = "text",
            Sound = true,
            Setting = """{"a.b":1}""",
        };
        string[] lines =
        [
            "version=1:1", "model=27:klingai:kling-video@2.6-pro", "image=28:text:https://x.example/a.png", "prompt=3:pan", "width=0:", "height=0:",
            "duration=1:5", "cfg=3:0.5", "count=1:1", "format=3:MP4", "quality=2:95", "check=0:", "mode=4:fast",
            "negative=4:text", "sound=4:true", "setting=9:{\"a.b\":1}", "lastImage=28:text:https://x.example/b.png",
        ];
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        Assert.Equal(Convert.ToHexString(hash).ToLowerInvariant(), RequestFingerprint.Of(request));
    }
}
