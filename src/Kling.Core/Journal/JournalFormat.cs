using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kling.Journal;

/// <summary>
/// What <see cref="JournalWriter"/> and <see cref="JournalReader"/> agree on: one compact JSON object for each event. The
/// names are a contract with every journal ever written. A reader ignores names it does not know, so names may be added.
/// <see cref="Version"/> changes only when old readers would misunderstand.
/// </summary>
internal static class JournalFormat
{
    internal const int Version = 1;

    /// <summary>A longer line is never written, and is skipped when read; a request is a few kilobytes.</summary>
    internal const int LongestLine = 8 * 1024 * 1024;

    // Every line.
    internal const string V = "v";
    internal const string Time = "t";
    internal const string Event = "e";
    internal const string Id = "id";
    internal const string Endpoint = "endpoint";

    // The request, on an Intent only.
    internal const string Fingerprint = "fingerprint";
    internal const string Image = "image";
    internal const string ImageSha256 = "imageSha256";
    internal const string LastImage = "lastImage";
    internal const string LastImageSha256 = "lastImageSha256";
    internal const string Estimate = "estimate";
    internal const string Command = "command";

    // The state.
    internal const string Status = "status";
    internal const string Billing = "billing";
    internal const string Cost = "cost";
    internal const string Submitted = "submitted";
    internal const string Completed = "completed";
    internal const string Videos = "videos";
    internal const string Errors = "errors";

    // A video.
    internal const string VideoId = "id";
    internal const string VideoUrl = "url";
    internal const string Seed = "seed";
    internal const string Nsfw = "nsfw";
    internal const string VideoCost = "cost";
    internal const string File = "file";
    internal const string FileBytes = "bytes";

    // An error.
    internal const string Code = "code";
    internal const string Message = "message";
    internal const string Category = "category";
    internal const string Parameter = "parameter";
    internal const string Allowed = "allowed";
    internal const string ErrorTask = "task";
    internal const string ErrorVideo = "video";
    internal const string RetryAfter = "retryAfter";

    /// <summary>The checksum of what is before it. It is the last member; lines of the first version have none.</summary>
    private const string Checksum = "crc";
    private const int ChecksumDigits = 8;

    private const string Utf16 = "utf16";

    // Enough for most lines, so that the buffer need not grow.
    private const int UsualLine = 1024;

    // Relaxed: prompts in any language stay readable and short. Line ends are escaped all the same.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The settings, each under its own name with a small first letter.</summary>
    internal static IReadOnlyList<(VideoSetting Setting, string Name)> Settings { get; } =
        [.. VideoSettings.All.Select(setting => (setting, JsonNamingPolicy.CamelCase.ConvertName(setting.Name)))];

    /// <summary>What a writer puts behind a line that another one left unfinished. No whole line ends like this.</summary>
    internal static ReadOnlySpan<byte> TornMark => "#torn"u8;

    private static ReadOnlySpan<byte> ChecksumStart => ",\"crc\":\""u8;

    private static ReadOnlySpan<byte> ChecksumEnd => "\"}"u8;

    /// <summary>One line of a journal, with its line end. Its object gets the members that are written.</summary>
    internal static byte[] Line(Action<Utf8JsonWriter> members)
    {
        ArrayBufferWriter<byte> buffer = new(UsualLine);
        using (Utf8JsonWriter json = new(buffer, s_options))
        {
            json.WriteStartObject();
            members(json);
            json.Flush();
            json.WriteString(Checksum, SumOf(buffer.WrittenSpan).ToString("x8", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether a line is as it was written, as far as it says so: a changed byte may leave it readable, with another meaning.</summary>
    internal static bool IsIntact(ReadOnlySpan<byte> line)
    {
        int start = line.Length - ChecksumStart.Length - ChecksumDigits - ChecksumEnd.Length;
        if (start <= 0 || !line[start..].StartsWith(ChecksumStart) || !line.EndsWith(ChecksumEnd))
        {
            return true;
        }

        return Utf8Parser.TryParse(line.Slice(start + ChecksumStart.Length, ChecksumDigits), out uint sum, out int digits, 'x')
            && digits == ChecksumDigits && sum == SumOf(line[..start]);
    }

    private static uint SumOf(ReadOnlySpan<byte> bytes) => ~Sum(uint.MaxValue, bytes);

    /// <summary>The sum of some bytes that come after others, which begins at its largest value.</summary>
    internal static uint Sum(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return sum;
    }

    /// <summary>
    /// Writes a text; nothing for null. JSON readers refuse half of a surrogate pair, which .NET strings and Windows file names may
    /// hold. Such a text is written as <c>{"utf16":"base64"}</c>, so that it comes back as it was and the line stays valid.
    /// </summary>
    internal static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
        {
            return;
        }

        if (!HasLoneSurrogate(text))
        {
            json.WriteString(name, text);
            return;
        }

        // Encoding.Unicode would put U+FFFD in the place of what has no pair.
        json.WriteStartObject(name);
        json.WriteString(Utf16, Convert.ToBase64String([.. text.SelectMany(c => new[] { (byte)c, (byte)(c >> 8) })]));
        json.WriteEndObject();
    }

    /// <summary>The text of a member; null when there is none or it cannot be read.</summary>
    internal static string? ReadText(JsonElement line, string name)
    {
        if (!line.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Object when value.TryGetProperty(Utf16, out JsonElement coded) && coded.ValueKind == JsonValueKind.String
                    => FromUtf16(coded.GetBytesFromBase64()),
                _ => null,
            };
        }
        catch (Exception damaged) when (damaged is InvalidOperationException or FormatException)
        {
            // One damaged text must not hide the rest of a paid task.
            return null;
        }
    }

    private static string FromUtf16(byte[] bytes) => string.Create(bytes.Length / 2, bytes, (text, source) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)(source[2 * i] | (source[(2 * i) + 1] << 8));
        }
    });

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What happened to a task.</summary>
public enum JournalEvent
{
    /// <summary>The task is about to be sent.</summary>
    Intent,

    /// <summary>The service has the task.</summary>
    Accepted,

    /// <summary>The service refused the task, or it provably never reached the service; nothing was charged.</summary>
    NotCharged,

    /// <summary>Whether the service has the task could not be found out.</summary>
    Unknown,

    /// <summary>Some of the task's videos are ready.</summary>
    Progress,

    /// <summary>The task ended, well or badly.</summary>
    Ended,

    /// <summary>A video was saved to a file.</summary>
    Saved,

    /// <summary>The user gave the task up; it is no longer listed.</summary>
    Removed,
}
