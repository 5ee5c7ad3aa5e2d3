using System.Text.Json;

namespace Kling.Journal;

/// <summary>
/// The one place of the upload index's names, reader and writer of its lines. As in the journal, names may be added, and
/// <see cref="Version"/> changes only when old readers would misunderstand.
/// </summary>
internal static class UploadFormat
{
    internal const int Version = 1;

    private const string V = "v";
    private const string Time = "t";
    private const string Event = "e";
    private const string Endpoint = "endpoint";
    private const string Sha256 = "sha256";
    private const string Media = "media";
    private const string Url = "url";
    private const string Source = "source";

    /// <summary>One line with its line end.</summary>
    internal static byte[] Write(UploadEvent what, UploadedImage image, string endpoint, DateTimeOffset now)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, JournalText.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber(V, Version);
            json.WriteString(Time, now.ToUniversalTime());
            json.WriteString(Event, what.ToString());
            json.WriteString(Endpoint, endpoint);
            json.WriteString(Sha256, image.Sha256);
            json.WriteString(Media, image.MediaId);
            if (what == UploadEvent.Uploaded)
            {
                JournalText.Write(json, Url, image.MediaUrl);
                JournalText.Write(json, Source, image.Source);
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Reads a line; null when it is torn, foreign, of another endpoint or of a later version.</summary>
    internal static (UploadEvent What, UploadedImage Image)? Read(ReadOnlySpan<byte> line, string endpoint)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToArray());
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty(V, out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number > Version
                || JournalText.Read(root, Endpoint) != endpoint
                || !Enum.TryParse(JournalText.Read(root, Event), out UploadEvent what) || !Enum.IsDefined(what)
                || !root.TryGetProperty(Time, out JsonElement written) || written.ValueKind != JsonValueKind.String || !written.TryGetDateTimeOffset(out DateTimeOffset time)
                || JournalText.Read(root, Sha256) is not { Length: 64 } hash
                || !Guid.TryParseExact(JournalText.Read(root, Media), "D", out Guid media))
            {
                return null;
            }

            return (what, new UploadedImage(hash, media, JournalText.Read(root, Url), time, time) { Source = JournalText.Read(root, Source) });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
