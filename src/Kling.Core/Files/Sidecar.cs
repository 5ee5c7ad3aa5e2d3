using System.Text.Encodings.Web;
using System.Text.Json;
using Kling.Requests;

namespace Kling.Files;

/// <summary>
/// The file <c>name.kling.json</c> beside a video: where it came from. Flat, under the names of <see cref="KlingTask"/> and
/// <see cref="KlingVideo"/>, so that it can be piped back as the next request; see docs/sidecar.schema.json.
/// </summary>
public static class Sidecar
{
    /// <summary>The end of a sidecar's name.</summary>
    public const string Extension = ".kling.json";

    /// <summary>The version of the format; it changes only when readers would misunderstand.</summary>
    public const int Version = 1;

    private const int LongestRead = 1024 * 1024;
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>The sidecar's path for a video's path.</summary>
    /// <param name="videoPath">The video file.</param>
    public static string PathFor(string videoPath) => Path.ChangeExtension(videoPath, null) + Extension;

    /// <summary>
    /// Writes the whole sidecar of a saved video or nothing. A sidecar that already describes this video and file is kept.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="video">Its video, with the file's path and size.</param>
    /// <param name="moduleVersion">The version of the program that saved it.</param>
    /// <param name="force">Whether another file of that name may be replaced.</param>
    /// <returns>The sidecar's path.</returns>
    /// <exception cref="ArgumentException">The video was not saved.</exception>
    /// <exception cref="OutputFileException">It could not be written, or another file is there and <paramref name="force"/> is not given.</exception>
    public static string Save(KlingTask task, KlingVideo video, string moduleVersion, bool force)
    {
        if (video.File is null)
        {
            throw new ArgumentException("The video was not saved.", nameof(video));
        }

        string path = PathFor(video.File);
        if (force || !Describes(video.File, video.VideoId))
        {
            OutputFile.Write(path, ToJson(task, video, moduleVersion), force);
        }

        return path;
    }

    /// <summary>Whether the sidecar beside a file describes this video and a file of that size. An unreadable one does not.</summary>
    /// <param name="videoPath">The video file; it must exist.</param>
    /// <param name="videoId">The video's id.</param>
    public static bool Describes(string videoPath, string videoId)
    {
        try
        {
            var sidecar = new FileInfo(PathFor(videoPath));
            var video = new FileInfo(videoPath);
            if (!sidecar.Exists || sidecar.Length > LongestRead || !video.Exists || videoId.Length == 0)
            {
                return false;
            }

            using var json = JsonDocument.Parse(File.ReadAllBytes(sidecar.FullName));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(nameof(KlingVideo.VideoId), out JsonElement id) && id.ValueKind == JsonValueKind.String
                && string.Equals(id.GetString(), videoId, StringComparison.OrdinalIgnoreCase)
                && json.RootElement.TryGetProperty(nameof(KlingVideo.FileBytes), out JsonElement size) && size.ValueKind == JsonValueKind.Number
                && size.TryGetInt64(out long bytes) && bytes == video.Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The sidecar's content; every name is always there, null where nothing was given or is known.</summary>
    internal static byte[] ToJson(KlingTask task, KlingVideo video, string moduleVersion)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber("SidecarVersion", Version);
            json.WriteString("ModuleVersion", moduleVersion);
            WriteRequest(json, task, Path.GetDirectoryName(Path.GetFullPath(video.File!))!);
            WriteResult(json, task, video);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteRequest(Utf8JsonWriter json, KlingTask task, string folder)
    {
        json.WriteString(nameof(KlingTask.Image), ImageReference.From(folder, task.Image));
        json.WriteString(nameof(KlingTask.ImageSha256), task.ImageSha256);
        json.WriteString(nameof(KlingTask.LastImage), ImageReference.From(folder, task.LastImage));
        json.WriteString(nameof(KlingTask.LastImageSha256), task.LastImageSha256);
        foreach (VideoSetting setting in VideoSettings.All)
        {
            Write(json, setting.Name, setting.Get(task.Settings));
        }
    }

    private static void WriteResult(Utf8JsonWriter json, KlingTask task, KlingVideo video)
    {
        json.WriteString(nameof(KlingTask.TaskId), task.TaskId);
        json.WriteString(nameof(KlingVideo.VideoId), video.VideoId);
        json.WriteString(nameof(KlingTask.Status), task.Status.ToString());
        json.WriteString(nameof(KlingTask.BillingState), task.BillingState.ToString());
        Write(json, nameof(KlingVideo.Seed), video.Seed);
        Write(json, nameof(KlingVideo.Nsfw), video.Nsfw);
        Write(json, nameof(KlingTask.EstimatedCost), task.EstimatedCost);
        Write(json, nameof(KlingTask.Cost), task.Cost);
        Write(json, nameof(KlingVideo.VideoCost), video.VideoCost);
        Write(json, nameof(KlingTask.SubmittedAt), task.SubmittedAt);
        Write(json, nameof(KlingTask.CompletedAt), task.CompletedAt);
        json.WriteString(nameof(KlingTask.Endpoint), Masking.Address(task.Endpoint));
        json.WriteString(nameof(KlingVideo.File), Path.GetFileName(video.File));
        Write(json, nameof(KlingVideo.FileBytes), video.FileBytes);
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case DateTimeOffset time:
                json.WriteString(name, time.UtcDateTime);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            default:
                RequestJson.WriteValue(json, name, value);
                break;
        }
    }
}
