using System.Text.Json;
using Kling.Files;
using Kling.Journal;
using Kling.Session;

namespace Kling.Paths;

/// <summary>
/// Sidecars as rows. A sidecar names its image as seen from its own folder. That folder is known where the file itself was piped; of its
/// text alone (<c>Get-Content | ConvertFrom-Json</c>), the journal knows where the video was saved and which image was used.
/// </summary>
internal static class SidecarRow
{
    /// <summary>The column that every sidecar has.</summary>
    internal const string Mark = "SidecarVersion";

    /// <summary>The row that a piped sidecar holds, its image as a full path; null for any other object and a file that is none.</summary>
    internal static PSObject? Of(object? piped) => piped is FileInfo file && file.Name.EndsWith(Sidecar.Extension, StringComparison.OrdinalIgnoreCase)
        ? Read(file.FullName)
        : null;

    /// <summary>
    /// The image that a sidecar's text means. A file with the bytes that were used is preferred, wherever it is; else the image is
    /// looked for as for any row.
    /// </summary>
    internal static string ImageOf(PSObject row, string image, PathIntrinsics paths)
    {
        if (!IsRelative(image))
        {
            return image;
        }

        string? hash = row.Properties[nameof(KlingTask.ImageSha256)]?.Value as string;
        string[] places = [.. Places(row, image, paths).Where(File.Exists)];
        return places.FirstOrDefault(place => hash is not null && string.Equals(Sha256Of(place), hash, StringComparison.OrdinalIgnoreCase))
            ?? places.FirstOrDefault() ?? image;
    }

    private static IEnumerable<string> Places(PSObject row, string image, PathIntrinsics paths)
    {
        yield return paths.GetUnresolvedProviderPathFromPSPath(image);
        if (Recorded(row) is not KlingTask task)
        {
            yield break;
        }

        foreach (string folder in task.Videos.Select(video => Path.GetDirectoryName(video.File)).OfType<string>())
        {
            yield return Path.GetFullPath(Path.Combine(folder, image));
        }

        if (task.Image is string recorded && Path.IsPathFullyQualified(recorded))
        {
            yield return recorded;
        }
    }

    private static KlingTask? Recorded(PSObject row)
    {
        try
        {
            return Guid.TryParse(row.Properties[nameof(KlingTask.TaskId)]?.Value?.ToString(), out Guid id)
                && Uri.TryCreate(row.Properties[nameof(KlingTask.Endpoint)]?.Value as string, UriKind.Absolute, out Uri? endpoint)
                ? KlingSession.OpenJournal(endpoint).Find([id]) is [KlingTask task] ? task : null
                : null;
        }
        catch (Exception unknown) when (unknown is JournalException or InputException or ArgumentException)
        {
            // Then the image is only where the session is.
            return null;
        }
    }

    private static PSObject? Read(string path)
    {
        try
        {
            using JsonDocument? json = Sidecar.TryRead(path);
            if (json is null)
            {
                return null;
            }

            var row = new PSObject();
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                object? value = Value(property.Value);
                bool isImage = property.NameEquals(nameof(KlingTask.Image)) && value is string image && IsRelative(image);
                row.Properties.Add(new PSNoteProperty(property.Name, isImage ? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, (string)value!)) : value));
            }

            return row;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? whole : value.TryGetDecimal(out decimal number) ? number : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static bool IsRelative(string image) => image.StartsWith("./", StringComparison.Ordinal) || image.StartsWith("../", StringComparison.Ordinal);

    private static string? Sha256Of(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(file));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
