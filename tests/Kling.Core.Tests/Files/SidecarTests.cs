using System.Text.Json;
using Json.Schema;
using Kling.Core.Tests.Conventions;
using Kling.Core.Tests.Images;
using Kling.Files;
using Kling.Models;

namespace Kling.Core.Tests.Files;

public sealed class SidecarTests : TempFolder
{
    private static readonly JsonElement s_schema = JsonDocument.Parse(RepositoryFiles.Read("docs/sidecar.schema.json")).RootElement;
    private static readonly JsonSchema s_rules = JsonSchema.FromText(s_schema.GetRawText());

    [Fact]
    public void FullAndEmptyTasks_FitTheSchema()
    {
        Assert.Empty(Misfits(Json(Full(), Saved("a.mp4"))));
        Assert.Empty(Misfits(Json(new KlingTask { TaskId = Guid.NewGuid() }, Saved("b.mp4"))));
    }

    [Fact]
    public void Schema_NamesExactlyWhatIsWritten_AndNothingOutsideTheTask()
    {
        string[] written = [.. Json(Full(), Saved("a.mp4")).EnumerateObject().Select(property => property.Name)];
        Assert.Equal(written.Order(), s_schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(written.Order(), s_schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()).Order());
        IEnumerable<string> known = typeof(KlingTask).GetProperties().Concat(typeof(KlingVideo).GetProperties()).Select(property => property.Name);
        Assert.Equal(["SidecarVersion", "ModuleVersion"], written.Except(known));
    }

    [Fact]
    public void Schema_RefusesWhatDoesNotFit()
    {
        static JsonElement Of(string json) => JsonDocument.Parse(json).RootElement;
        JsonElement good = Json(Full(), Saved("a.mp4"));
        foreach ((string name, string value) in new[] { ("TaskId", "\"x\""), ("Seed", "\"1\""), ("SidecarVersion", "2"), ("ImageSha256", "\"ABC\""), ("Duration", "0"), ("Width", "1.5"), ("File", "\"../a.mp4\""), ("SubmittedAt", "\"2024-01-01\""), ("Status", "\"Done\"") })
        {
            string broken = "{" + string.Join(",", good.EnumerateObject().Select(p => $"\"{p.Name}\":{(p.Name == name ? value : p.Value.GetRawText())}")) + "}";
            Assert.Equal("/" + name, Assert.Single(Misfits(Of(broken))));
        }

        Assert.NotEmpty(Misfits(Of("{}")));
    }

    /// <summary>Where the schema does not hold.</summary>
    private static string[] Misfits(JsonElement sidecar)
    {
        EvaluationResults results = s_rules.Evaluate(sidecar, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return results.IsValid ? [] : [.. (results.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => detail.InstanceLocation.ToString())];
    }

    [Fact]
    public void Values_AreTheTasks_ImageRelative_TimesUtc()
    {
        JsonElement json = Json(Full(), Saved("a.mp4"));
        Assert.Equal("../shots/a [1].png", json.GetProperty("Image").GetString());
        Assert.Equal("slow \"dolly\" <in> über 夜", json.GetProperty("Prompt").GetString());
        Assert.Equal(long.MaxValue, json.GetProperty("Seed").GetInt64());
        Assert.Equal("0.1848", json.GetProperty("Cost").GetRawText());
        Assert.Equal("2024-02-29T22:30:00Z", json.GetProperty("SubmittedAt").GetString());
        Assert.Equal("a.mp4", json.GetProperty("File").GetString());
        Assert.Equal("1.2.3", json.GetProperty("ModuleVersion").GetString());
    }

    [Theory]
    [InlineData("https://h.test/a.png?sig=topsecret", "https://h.test/a.png?[query: 13 characters, sha256 ")]
    [InlineData("https://h.test/a.png", "https://h.test/a.png")]
    [InlineData("aac49721-1964-481a-ae78-8a4e29b91402", "aac49721-1964-481a-ae78-8a4e29b91402")]
    [InlineData("[data: 9 characters, sha256 0123456789ab]", "[data: 9 characters, sha256 0123456789ab]")]
    [InlineData("data:image/png;base64,AAAA", "[data: 26 characters, sha256 ")]
    public void OtherImages_StayWhatTheyAre_WithoutSecrets(string image, string start)
    {
        KlingTask task = Full();
        task.Image = image;
        string text = Json(task, Saved("a.mp4")).GetProperty("Image").GetString()!;
        Assert.StartsWith(start, text);
        Assert.DoesNotContain("topsecret", text);
    }

    [Fact]
    public void Save_NeverReplacesAnothersFile_WithoutForce()
    {
        KlingTask task = Full();
        KlingVideo video = Saved("a.mp4");
        string path = Sidecar.Save(task, video, "1.2.3", force: false);
        Assert.Equal(Path.Combine(Folder, "clips", "a.kling.json"), path);
        string first = File.ReadAllText(path);

        // Its own is left as it is: saving twice is no error.
        Sidecar.Save(task, video, "9.9.9", force: false);
        Assert.Equal(first, File.ReadAllText(path));

        File.WriteAllText(path, "mine");
        var refusal = Assert.Throws<OutputFileException>(() => Sidecar.Save(task, video, "1.2.3", force: false));
        Assert.True(refusal.Exists);
        Assert.Equal("mine", File.ReadAllText(path));
        Sidecar.Save(task, video, "1.2.3", force: true);
        Assert.Equal(first, File.ReadAllText(path));
        Assert.Equal(["a.kling.json", "a.mp4"], Directory.GetFiles(Path.Combine(Folder, "clips")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Save_ThatFails_LeavesNothing()
    {
        KlingVideo video = Saved("a.mp4");
        Directory.CreateDirectory(Sidecar.PathFor(video.File!));
        Assert.Throws<OutputFileException>(() => Sidecar.Save(Full(), video, "1.2.3", force: true));
        Assert.Single(Directory.GetFiles(Path.Combine(Folder, "clips")));
        Assert.Throws<ArgumentException>(() => Sidecar.Save(Full(), new KlingVideo(), "1.2.3", force: true));
    }

    [Theory]
    [InlineData("{\"VideoId\":\"v-1\",\"FileBytes\":3}", true)]
    [InlineData("{\"VideoId\":\"V-1\",\"FileBytes\":3}", true)]
    [InlineData("{\"VideoId\":\"v-2\",\"FileBytes\":3}", false)]
    [InlineData("{\"VideoId\":\"v-1\",\"FileBytes\":4}", false)]
    [InlineData("{\"VideoId\":\"v-1\",\"FileBytes\":\"3\"}", false)]
    [InlineData("{\"VideoId\":1,\"FileBytes\":3}", false)]
    [InlineData("{\"VideoId\":\"\\ud800\",\"FileBytes\":3}", false)]
    [InlineData("[]", false)]
    [InlineData("null", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    public void Describes_BelievesOnlyTheSameVideoAndSize(string sidecar, bool expected)
    {
        KlingVideo video = Saved("a.mp4");
        Assert.False(Sidecar.Describes(video.File!, "v-1"));
        File.WriteAllText(Sidecar.PathFor(video.File!), sidecar);
        Assert.Equal(expected, Sidecar.Describes(video.File!, "v-1"));
        Assert.False(Sidecar.Describes(video.File!, ""));
        File.Delete(video.File!);
        Assert.False(Sidecar.Describes(video.File!, "v-1"));
    }

    [Theory]
    [InlineData("/a/b", "/a/b/c.png", "./c.png")]
    [InlineData("/a/b", "/a/b/c/d.png", "./c/d.png")]
    [InlineData("/a/b/", "/a/c.png", "../c.png")]
    [InlineData("/a/b/c", "/x/y.png", "../../../x/y.png")]
    [InlineData("/a/b", "/a/bc/d.png", "../bc/d.png")]
    [InlineData("/", "/a.png", "./a.png")]
    [InlineData("/a", "/a", "../a")]
    [InlineData("/a/b", "/a/x/../b/c.png", "./c.png")]
    public void RelativePaths_LeadFromTheFolderToTheFile(string folder, string path, string expected) => Assert.Equal(expected, RelativePath.From(folder, path));

    [Fact]
    public void RelativePaths_LeadBack()
    {
        var random = new Random(3);
        string Any() => "/" + string.Join("/", Enumerable.Range(0, random.Next(1, 6)).Select(_ => "abc"[random.Next(3)]));
        for (int run = 0; run < 5000; run++)
        {
            string folder = Any();
            string path = Any();
            Assert.Equal(Path.GetFullPath(path), Path.GetFullPath(Path.Combine(folder, RelativePath.From(folder, path))));
        }
    }

    private JsonElement Json(KlingTask task, KlingVideo video) => JsonDocument.Parse(Sidecar.ToJson(task, video, "1.2.3")).RootElement;

    private KlingVideo Saved(string name)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "clips"));
        return new KlingVideo { VideoId = "v-1", VideoUrl = "https://vm.test/v?sig=1", Seed = long.MaxValue, VideoCost = 0.1848m, File = Write(Path.Combine("clips", name), [1, 2, 3]), FileBytes = 3 };
    }

    private KlingTask Full() => new()
    {
        TaskId = Guid.NewGuid(),
        Status = KlingTaskStatus.Succeeded,
        BillingState = BillingState.Billed,
        Model = "klingai:5@1",
        Image = Path.Combine(Folder, "shots", "a [1].png"),
        ImageSha256 = new string('a', 64),
        Prompt = "slow \"dolly\" <in> über 夜",
        Duration = 5,
        Width = 1280,
        Height = 720,
        CfgScale = 0.5m,
        NumberResults = 2,
        OutputFormat = "MP4",
        OutputQuality = 95,
        CheckContent = true,
        SafetyMode = "fast",
        Ttl = 3600,
        EstimatedCost = 0.37m,
        Cost = 0.1848m,
        SubmittedAt = new DateTimeOffset(2024, 3, 1, 0, 30, 0, TimeSpan.FromHours(2)),
        CompletedAt = new DateTimeOffset(2024, 3, 1, 0, 31, 0, TimeSpan.FromHours(2)),
        Endpoint = "https://api.example.test/v1",
    };
}
