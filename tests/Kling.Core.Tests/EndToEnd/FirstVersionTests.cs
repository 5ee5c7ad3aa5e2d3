using System.Text.Json.Nodes;
using Kling.Core.Tests.Images;
using Kling.Core.Tests.Support;
using Kling.Files;
using Kling.Journal;
using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>The journal and the sidecar in Fixtures/first-version were written by the first version, with every setting and with none. They must always read alike.</summary>
public class FirstVersionTests : TempFolder
{
    private const string ImageHash = "d14abe78fa8585cadbb9f461e0c76261943d901fb0a4f452389f46f7085fe684";
    private static readonly Guid s_full = new("4923cad8-a610-4604-9846-08e843a33e8d");
    private static readonly Guid s_plain = new("8b5f0c3e-2f1d-4c58-9f0a-0d3c1f6f7a11");
    private static readonly string s_fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures", "first-version");

    private static readonly RequestImage s_image = new(ImageKind.File, "dawn.png") { Sha256 = ImageHash };

    private static readonly VideoRequest s_request = new()
    {
        Image = s_image,
        Prompt = "slow dolly in",
        Width = 720,
        Height = 1280,
        Duration = 10m,
        CfgScale = 0.35m,
        NumberResults = 2,
        OutputFormat = "webm",
        OutputQuality = 80,
        CheckContent = true,
        SafetyMode = "fast",
        Ttl = 3600,
    };

    [Fact]
    public void Journal_TellsEverySettingAndResult()
    {
        KlingTask[] tasks = [.. Journal().Last(10)];
        KlingTask full = tasks.Single(task => task.TaskId == s_full);
        Assert.Equal(s_request.Alone(), full.Settings);
        Assert.Equal(("/home/you/dawn.png", ImageHash, 0.74m, 0.7392m), (full.Image, full.ImageSha256, full.EstimatedCost, full.Cost));
        Assert.Equal((KlingTaskStatus.Succeeded, BillingState.Billed), (full.Status, full.BillingState));
        Assert.Equal([6405373614186957850, 5249818334268319661], full.Videos.Select(video => video.Seed));
        Assert.Equal("/home/you/clips/dawn-4923cad8.webm", full.File);
        KlingTask plain = tasks.Single(task => task.TaskId == s_plain);
        Assert.Equal(new VideoSettings { Model = "klingai:5@1" }, plain.Settings);
        Assert.Equal((KlingTaskStatus.Processing, BillingState.Accepted), (plain.Status, plain.BillingState));
    }

    [Fact]
    public void Fingerprint_IsStillThatOfTheSamePurchase()
    {
        KlingTask[] tasks = [.. Journal().Last(10)];
        Assert.Equal(tasks.Single(task => task.TaskId == s_full).Fingerprint, RequestFingerprint.Of(s_request));
        Assert.Equal(tasks.Single(task => task.TaskId == s_plain).Fingerprint, RequestFingerprint.Of(new VideoRequest { Image = s_image }));
    }

    [Fact]
    public void Sidecar_HasTheNamesAndValuesOfToday()
    {
        JsonObject old = JsonNode.Parse(File.ReadAllText(Path.Combine(s_fixtures, "dawn-4923cad8.kling.json")))!.AsObject();
        KlingTask task = Journal().Last(10).Single(one => one.TaskId == s_full);
        JsonObject now = JsonNode.Parse(Sidecar.ToJson(task, task.Videos[0], (string)old["ModuleVersion"]!))!.AsObject();
        old["Endpoint"] = now["Endpoint"]!.DeepClone();
        Assert.All(old, member => Assert.Equal(member.Value?.ToJsonString(), now[member.Key]?.ToJsonString()));
    }

    [Fact]
    public void Sidecar_StillDescribesItsVideo()
    {
        string video = Path.Combine(Folder, "dawn-4923cad8.webm");
        File.WriteAllBytes(video, new byte[18492]);
        File.Copy(Path.Combine(s_fixtures, "dawn-4923cad8.kling.json"), Sidecar.PathFor(video));
        Assert.True(Sidecar.Describes(video, "9210b0c2-bd4c-44aa-8170-fc4e18cdb1f9"));
    }

    private static TaskJournal Journal() => new(Path.Combine(s_fixtures, "tasks.jsonl"), new Uri("http://127.0.0.1:34121/v1"), new FakeClock());
}
