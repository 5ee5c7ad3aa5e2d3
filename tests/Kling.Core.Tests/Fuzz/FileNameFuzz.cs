using System.Text;
using CsCheck;
using Kling.Files;
using Kling.Models;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>Whatever a template and a task hold, the name is legal on every platform and stays in its folder.</summary>
public class FileNameFuzz(ITestOutputHelper output)
{
    private static readonly string[] s_devices = ["CON", "PRN", "AUX", "NUL", "COM1", "LPT9", "CONIN$", "CONOUT$", "CLOCK$", "COM¹"];

    private static readonly Gen<string> s_pieces = Gen.Frequency(
        (6, Gen.OneOf([.. FileNameTemplate.Fields.Select(field => $"{{{field}}}")])),
        (2, Gen.OneOf("{Date:yyyyMMdd}", "{Date:HH}", "{date:}", "{ SEED }", "{Date:%}", "{Date:\\}", "{Date:'}", "{Nope}", "{Seed:0}", "{", "}", "{{", ".mp4", "CON", "nul.", "-", ".", " ")),
        (2, FuzzText.Any));

    private static readonly Gen<string> s_templates = s_pieces.Array[0, 5].Select(string.Concat);

    private static readonly Gen<KlingVideo> s_videos = Gen.Select(FuzzText.Any, FuzzText.Maybe, Gen.Long, Gen.Bool, (id, url, seed, seeded) =>
        new KlingVideo { VideoId = id, VideoUrl = url, Seed = seeded ? seed : null });

    private static readonly Gen<KlingTask> s_tasks = Gen.Select(
        Gen.Guid,
        Gen.Frequency((3, FuzzText.Maybe), (1, Gen.OneOf(s_devices).Select(name => (string?)$"/images/{name}.png")), (1, FuzzText.Any.Select(text => (string?)$"https://i.example.test/{text}.jpg"))),
        FuzzText.Maybe, FuzzText.Maybe, FuzzText.Maybe, Gen.DateTimeOffset, Gen.Decimal, s_videos.Array[1, 4],
        (id, image, prompt, model, format, time, duration, videos) => new KlingTask
        {
            TaskId = id,
            Image = image,
            Prompt = prompt,
            Model = model,
            OutputFormat = format,
            SubmittedAt = time,
            Duration = duration,
            Videos = videos,
            NumberResults = videos.Length,
        });

    [Fact]
    public void AnyTemplate_IsRefusedOrMakesLegalNames() => FuzzRun.Check(
        output, "File name: any template and task", Gen.Select(s_templates, s_tasks, (template, task) => (Template: template, Task: task)), sample =>
        {
            FileNameTemplate template;
            try
            {
                template = FileNameTemplate.Parse(sample.Template);
            }
            catch (FormatException refused)
            {
                Assert.Contains("allowed: ", refused.Message, StringComparison.Ordinal);
                return;
            }

            string[] names = [.. sample.Task.Videos.Select((video, index) => template.For(sample.Task, video, index))];
            Assert.All(names, AssertLegal);
            Assert.Equal(names.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Equal(names, sample.Task.Videos.Select((video, index) => template.For(sample.Task, video, index)));
        }, sample => $"{sample.Template} | {sample.Task.Image} | {sample.Task.Prompt}");

    private static void AssertLegal(string name)
    {
        Assert.InRange(name.Length, 5, FileNames.MaxLength);
        Assert.True(Encoding.UTF8.GetByteCount(name) <= 230, name);
        Assert.DoesNotContain(name, c => c < ' ' || c is '\u007f' || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal));
        Assert.Equal(name, Path.GetFileName(name));
        Assert.False(name.EndsWith('.') || name.EndsWith(' ') || name.StartsWith('.') || name.StartsWith('-') || name.StartsWith(' '), name);
        Assert.True(name.EndsWith(".mp4", StringComparison.Ordinal) || name.EndsWith(".webm", StringComparison.Ordinal) || name.EndsWith(".mov", StringComparison.Ordinal), name);
        Assert.DoesNotContain(name.Split('.')[0].TrimEnd(' '), s_devices, StringComparer.OrdinalIgnoreCase);

        // Whole characters only: a name with half a pair cannot be written to every file system.
        Assert.Equal(name, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)));
    }
}
