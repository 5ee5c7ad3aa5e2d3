using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Kling.Core.Tests.Support;
using Kling.Files;
using Kling.Models;

namespace Kling.Core.Tests.Files;

public class FileNameTemplateTests
{
    private static readonly Guid s_id = Guid.Parse("1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d");

    [Theory]
    [InlineData("{Source}", "harbor.mp4")]
    [InlineData("{source}_{SEED}", "harbor_42.mp4")]
    [InlineData("{Source}-{ShortId}", "harbor-1a2b3c4d.mp4")]
    [InlineData("{TaskId}", "1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d.mp4")]
    [InlineData("{Index} of {Source}", "1 of harbor.mp4")]
    [InlineData("{Prompt}", "slow-dolly-in-9-16-über.mp4")]
    [InlineData("{Date}", "2024-02-29.mp4")]
    [InlineData("{Date:yyyyMMdd-HHmm}", "20240229-2330.mp4")]
    [InlineData("{Date:HH:mm}", "23_30.mp4")]
    [InlineData("{Date:MMMM}", "February.mp4")]
    [InlineData("{Duration}s", "5s.mp4")]
    [InlineData("{Model}", "klingai_5@1.mp4")]
    [InlineData("{Format}", "mp4.mp4")]
    [InlineData("{VideoId}", "v-1.mp4")]
    [InlineData("clip.mp4", "clip.mp4")]
    [InlineData("clip.WebM", "clip.mp4")]
    [InlineData("clip.v2", "clip.v2.mp4")]
    [InlineData("con", "_con.mp4")]
    [InlineData("LPT1", "_LPT1.mp4")]
    [InlineData("..hidden..", "hidden.mp4")]
    [InlineData(" . ", "kling.mp4")]
    public void Fields_AreFilled(string template, string expected)
    {
        KlingTask task = Task();
        Assert.Equal(expected, FileNameTemplate.Parse(template).For(task, task.Videos[0], 0));
    }

    [Theory]
    [InlineData("{Seed}", "no-seed.mp4")]
    [InlineData("{Prompt}", "no-prompt.mp4")]
    [InlineData("{Date}", "no-date.mp4")]
    [InlineData("{Model}", "no-model.mp4")]
    [InlineData("{Duration}", "no-duration.mp4")]
    [InlineData("{Source}", "kling.mp4")]
    public void MissingValues_AreNamed(string template, string expected) =>
        Assert.Equal(expected, FileNameTemplate.Parse(template).For(new KlingTask { TaskId = s_id }, new KlingVideo(), 0));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(".mp4")]
    [InlineData("{Sorce}")]
    [InlineData("{}")]
    [InlineData("{Source")]
    [InlineData("Source}")]
    [InlineData("{{Source}}")]
    [InlineData("a/{Source}")]
    [InlineData("..\\{Source}")]
    [InlineData("{Date:yyyy/MM}")]
    [InlineData("{Date:%}")]
    [InlineData("{Seed:000}")]
    [InlineData("a:b")]
    [InlineData("what?")]
    [InlineData("a\u0000b")]
    [InlineData(null)]
    public void BadTemplates_AreRefused_WithTheList(string? template)
    {
        var refusal = Assert.Throws<FormatException>(() => FileNameTemplate.Parse(template));
        Assert.All(FileNameTemplate.Fields, field => Assert.Contains($"{{{field}}}", refusal.Message));
    }

    [Fact]
    public void LongTemplates_AreRefused() => Assert.Throws<FormatException>(() => FileNameTemplate.Parse(new string('a', 201)));

    [Theory]
    [InlineData("{Source}", "harbor.mp4", "harbor-2.mp4", "harbor-3.mp4", "harbor-4.mp4")]
    [InlineData("{Index}", "1.mp4", "2.mp4", "3.mp4", "4.mp4")]
    [InlineData("{Seed}", "42.mp4", "43.mp4", "43-3.mp4", "no-seed.mp4")]
    public void Siblings_GetNamesOfTheirOwn(string template, params string[] expected)
    {
        KlingTask task = Task(4);
        task.Videos = [Video(42), Video(43), Video(43), Video(null)];
        Assert.Equal(expected, Names(FileNameTemplate.Parse(template), task));
    }

    [Fact]
    public void TaskOfAnotherMachine_GetsANamePerVideo()
    {
        var task = new KlingTask { TaskId = s_id, Videos = [Video(1), Video(2)] };
        Assert.Equal(["kling-1a2b3c4d.mp4", "kling-1a2b3c4d-2.mp4"], Names(FileNameTemplate.Default, task));
    }

    [Fact]
    public void Default_IsWhatItAlwaysWas()
    {
        KlingTask task = Task(4);
        Assert.Equal(FileNameTemplate.Parse("{Source}-{ShortId}").For(task, task.Videos[0], 2), FileNameTemplate.Default.For(task, task.Videos[0], 2));
    }

    [Fact]
    public void LongFields_GiveWay_IdsStay()
    {
        KlingTask task = Task(4);
        task.Image = new string('夜', 4000) + ".jpg";
        task.Prompt = string.Concat(Enumerable.Repeat("word ", 900));
        string name = FileNameTemplate.Parse("{Source} {Prompt} {TaskId} {Seed}").For(task, task.Videos[0], 0);
        Assert.EndsWith(" 1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d 42.mp4", name);
        Assert.StartsWith("夜夜", name);
        Assert.Contains("word-word", name);
        AssertLegal(name);
    }

    [Fact]
    public void Dates_AreUtcAndInvariant()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("fa-IR");
            Fields_AreFilled("{Date:yyyy MMMM dd}", "2024 February 29.mp4");
            Fields_AreFilled("{Duration}", "5.mp4");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void VideoAlone_IsNamedByItsOwnFields()
    {
        Assert.Equal("v-1.mp4", FileNameTemplate.ForVideos.For(Video(7), 0));
        Assert.Equal("2-7.webm", FileNameTemplate.Parse("{Index}-{Seed}").For(new KlingVideo { Seed = 7, VideoUrl = "https://vm.test/a.webm" }, 1));
        Assert.Null(FileNameTemplate.ForVideos.TaskField);
        Assert.Equal("Prompt", FileNameTemplate.Parse("{Seed}-{Prompt}").TaskField);
    }

    [Fact]
    public void HostileValues_NeverLeaveTheFolder_AndAreLegalAndUnique()
    {
        var random = new Random(17);
        string[] parts = ["..", "../", "..\\", "/etc/", "C:\\", "\\\\host\\share", "con.", "LPT1", "com¹.", "nul", "aux.mp4", ".", " ", "-", "/", "\\", ":", "*", "?", "<", "\"",
            "é", "e\u0301", "\u0301", "夜", "\U0001F30A", "\ud800", "\udc00", "\u202e", "\u200b", "\u0007", "\n", "\u2028", "\u2215", "%", "%2F", "%00", "https://h/", "a", "x.jpg", "[1]", "{Seed}", "$(rm)", "`", "\uff0f"];
        string[] templates = ["{Source}", "{Prompt}", "{Source}{Prompt}", "{Prompt}-{Source}-{TaskId}-{Seed}", "{Index}{Source}", "{Model}", "{VideoId}", "{Seed}", "x{Model}y{VideoId}z", "{Date:yyyy}{Source}{Source}{Source}", "con{Prompt}", new string('w', 150) + "{Source}"];
        string Any() => string.Concat(Enumerable.Range(0, random.Next(random.Next(12) == 0 ? 300 : 7)).Select(_ => parts[random.Next(parts.Length)]));
        for (int run = 0; run < TestDepth.Of(20_000); run++)
        {
            var template = FileNameTemplate.Parse(templates[random.Next(templates.Length)]);
            int count = random.Next(1, 5);
            var task = new KlingTask { TaskId = s_id, NumberResults = count, Image = Any(), Prompt = Any(), Model = Any(), OutputFormat = Any() };
            task.Videos = [.. Enumerable.Range(0, count).Select(_ => new KlingVideo { VideoId = Any(), VideoUrl = Any(), Seed = random.Next(3) == 0 ? null : random.Next(3) })];
            string[] names = Names(template, task);
            Assert.All(names, AssertLegal);
            Assert.Equal(count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Equal(names, Names(template, task));
        }
    }

    private static void AssertLegal(string name)
    {
        Assert.InRange(name.Length, 5, FileNames.MaxLength);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 5, 200);
        Assert.DoesNotMatch("[<>:\"/\\\\|?*\u0000-\u001f\u007f-\u009f\u200b\u202e\u2028\ufffd]", name);
        Assert.DoesNotMatch("^[ .-]|[ .]$", name);
        Assert.Matches(@"[^. ]\.(mp4|webm|mov)$", name);
        Assert.False(Regex.IsMatch(name, @"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *\.", RegexOptions.IgnoreCase), name);
        Assert.Equal("/out/" + name, Path.GetFullPath(Path.Combine("/out", name)));
        Assert.True(name.IsNormalized());
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(name);
    }

    private static string[] Names(FileNameTemplate template, KlingTask task) =>
        [.. task.Videos.Select((video, index) => template.For(task, video, index))];

    private static KlingVideo Video(long? seed) => new() { VideoId = "v-1", Seed = seed };

    private static KlingTask Task(int? count = null) => new()
    {
        TaskId = s_id,
        Model = "klingai:5@1",
        Image = "/shots/harbor.jpg",
        Prompt = "  Slow dolly-in, 9:16 / Über…",
        NumberResults = count,
        SubmittedAt = new DateTimeOffset(2024, 3, 1, 1, 30, 0, TimeSpan.FromHours(2)),
        Videos = [Video(42)],
    };
}
