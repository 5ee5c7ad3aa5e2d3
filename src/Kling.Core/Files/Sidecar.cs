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
        var video = new FileInfo(videoPath);
        using JsonDocument? json = video.Exists && videoId.Length > 0 ? TryRead(PathFor(videoPath)) : null;
        return json is not null && string.Equals(Text(json, nameof(KlingVideo.VideoId)), videoId, StringComparison.OrdinalIgnoreCase)
            && json.RootElement.TryGetProperty(nameof(KlingVideo.FileBytes), out JsonElement size) && size.ValueKind == JsonValueKind.Number
            && size.TryGetInt64(out long bytes) && bytes == video.Length;
    }

    /// <summary>The task that a sidecar names, or the sidecar beside a video; null where there is none that can be read.</summary>
    /// <param name="path">The video file or its sidecar. The video itself need not be there.</param>
    public static Guid? TaskOf(string path)
    {
        using JsonDocument? json = TryRead(path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? path : PathFor(path));
        return json is not null && Guid.TryParse(Text(json, nameof(KlingTask.TaskId)), out Guid id) && id != Guid.Empty ? id : null;
    }

    /// <summary>The content of a sidecar; null where it is missing, too long or no JSON object.</summary>
    internal static JsonDocument? TryRead(string path)
    {
        try
        {
            var sidecar = new FileInfo(path);
            JsonDocument? json = sidecar.Exists && sidecar.Length <= LongestRead ? JsonDocument.Parse(File.ReadAllBytes(path)) : null;
            if (json?.RootElement.ValueKind != JsonValueKind.Object)
            {
                json?.Dispose();
                return null;
            }

            return json;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument json, string name)
    {
        try
        {
            return json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
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
