using System.Text;
using System.Text.Json;
using CsCheck;
using Kling.Core.Tests.Journal;
using Kling.Files;
using Kling.Models;
using Xunit.Abstractions;

namespace Kling.Core.Tests.Fuzz;

/// <summary>A sidecar is a file anyone may have edited, and decides whether a paid video is fetched again.</summary>
public sealed class SidecarFuzz(ITestOutputHelper output) : IDisposable
{
    private const string VideoId = "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d";
    private const int VideoBytes = 17;

    private static readonly FuzzJson s_json = new(["VideoId", "FileBytes", "SidecarVersion", "Prompt", "File"], [VideoId, VideoId.ToUpperInvariant(), "17", "clip.mp4"]);

    private static readonly Gen<byte[]> s_files = Gen.Frequency(
        (4, s_json.Bytes(s_json.Object)),
        (2, s_json.Bytes(Gen.Select(s_json.Object, Gen.Int[16, 18], (other, bytes) => $$"""{"VideoId":"{{VideoId}}","FileBytes":{{bytes}},"Rest":{{other}}}"""))),
        (1, s_json.Bytes(s_json.Value)),
        (1, Gen.Byte.Array[0, 40]));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kling-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void AnyFile_NamesThisVideoAndSizeOrDoesNot() => FuzzRun.Check(output, "Sidecar: any file", s_files, file =>
    {
        string video = Video();
        File.WriteAllBytes(Sidecar.PathFor(video), file);

        Assert.Equal(Says(file), Sidecar.Describes(video, VideoId));
    }, Encoding.UTF8.GetString);

    [Fact]
    public void AnyTask_IsWrittenAsOneThatDescribesIt() => FuzzRun.Check(output, "Sidecar: any task, written and read", Gen.Int, seed =>
    {
        KlingTask task = JournalSamples.Task(new Random(seed));
        var video = new KlingVideo { VideoId = VideoId, File = Video(), FileBytes = VideoBytes, Seed = seed };
        byte[] json = Sidecar.ToJson(task, video, "1.0.0");
        File.WriteAllBytes(Sidecar.PathFor(video.File!), json);

        Assert.True(Sidecar.Describes(video.File!, VideoId));
        using JsonDocument read = JsonDocument.Parse(json);
        Assert.Equal(task.TaskId, read.RootElement.GetProperty("TaskId").GetGuid());
        Assert.Equal(Whole(task.Prompt), read.RootElement.GetProperty("Prompt").GetString());
    });

    /// <summary>What the file says, read by other means than the reader's; what is no UTF-8 becomes replacement characters.</summary>
    private static bool Says(byte[] file)
    {
        try
        {
            Dictionary<string, JsonElement>? members = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Encoding.UTF8.GetString(file));
            return members is not null
                && members.TryGetValue("VideoId", out JsonElement id) && id.ValueKind == JsonValueKind.String && string.Equals(id.GetString(), VideoId, StringComparison.OrdinalIgnoreCase)
                && members.TryGetValue("FileBytes", out JsonElement bytes) && bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt64(out long count) && count == VideoBytes;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>JSON holds no half of a pair; a replacement character stands for it.</summary>
    private static string? Whole(string? text) => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private string Video()
    {
        // One for each thread: the cases run side by side.
        string path = Path.Combine(_folder.FullName, FormattableString.Invariant($"clip-{Environment.CurrentManagedThreadId}.mp4"));
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, new byte[VideoBytes]);
        }

        return path;
    }
}
