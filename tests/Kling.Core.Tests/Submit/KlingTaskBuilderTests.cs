using Kling.Models;
using Kling.Requests;
using Kling.Submit;

namespace Kling.Core.Tests.Submit;

public sealed class KlingTaskBuilderTests
{
    private static readonly Uri s_endpoint = new("https://api.example.com/v1");

    [Fact]
    public void From_FullRequest_CarriesEveryField()
    {
        var request = new VideoRequest
        {
            TaskId = Guid.NewGuid(),
            Image = new RequestImage(ImageKind.File, "/pictures/a [1].png") { Sha256 = "ab" },
            Prompt = "p",
            Duration = 10,
            Width = 1280,
            Height = 720,
            CfgScale = 0.62m,
            NumberResults = 3,
            OutputFormat = "WEBM",
            OutputQuality = 80,
            CheckContent = true,
            SafetyMode = "fast",
            Ttl = 60,
        };

        KlingTask task = KlingTaskBuilder.From(request, 1.11m, s_endpoint);

        Assert.Equal((request.TaskId, request.Model, "/pictures/a [1].png", "p", "ab"), (task.TaskId, task.Model, task.Image, task.Prompt, task.ImageSha256));
        Assert.Equal((10m, 1280, 720, 0.62m, 3), (task.Duration, task.Width, task.Height, task.CfgScale, task.NumberResults));
        Assert.Equal(("WEBM", 80, true, "fast", 60), (task.OutputFormat, task.OutputQuality, task.CheckContent, task.SafetyMode, task.Ttl));
        Assert.Equal((1.11m, "https://api.example.com/v1"), (task.EstimatedCost, task.Endpoint));
        Assert.Equal((KlingTaskStatus.Submitting, BillingState.NotCharged), (task.Status, task.BillingState));
    }

    [Theory]
    [InlineData(ImageKind.Url, "https://bucket.example.com/a.png?X-Signature=topsecretvalue")]
    [InlineData(ImageKind.DataUri, "data:image/png;base64,iVBORw0KGgotopsecretvalue")]
    [InlineData(ImageKind.Base64, "iVBORw0KGgotopsecretvalue")]
    public void From_SecretImage_IsNotNamedInFull(ImageKind kind, string value)
    {
        KlingTask task = KlingTaskBuilder.From(new VideoRequest { TaskId = Guid.NewGuid(), Image = new RequestImage(kind, value) }, null, s_endpoint);

        Assert.NotEmpty(task.Image!);
        Assert.DoesNotContain("topsecret", task.Image, StringComparison.Ordinal);
    }

    [Fact]
    public void From_NoTaskId_IsRefused() =>
        Assert.Throws<ArgumentException>(() => KlingTaskBuilder.From(new VideoRequest(), null, s_endpoint));
}
