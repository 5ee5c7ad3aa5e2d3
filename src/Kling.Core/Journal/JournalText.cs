using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kling.Journal;

/// <summary>
/// Text in a line. JSON readers refuse half of a surrogate pair, which .NET strings and Windows file names may hold;
/// such a text is written as <c>{"utf16":"base64"}</c>, so that it comes back as it was and the line stays valid.
/// </summary>
internal static class JournalText
{
    private const string Utf16 = "utf16";

    /// <summary>Relaxed: prompts in any language stay readable and short; line ends are escaped all the same.</summary>
    internal static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void Write(Utf8JsonWriter json, string name, string? text)
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

        json.WriteStartObject(name);
        json.WriteString(Utf16, Convert.ToBase64String(ToUtf16(text)));
        json.WriteEndObject();
    }

    /// <summary>The text of a member; null where there is none or it cannot be read.</summary>
    internal static string? Read(JsonElement line, string name)
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

    // Encoding.Unicode would put U+FFFD in the place of what has no pair.
    private static byte[] ToUtf16(string text)
    {
        byte[] bytes = new byte[text.Length * 2];
        for (int i = 0; i < text.Length; i++)
        {
            bytes[2 * i] = (byte)text[i];
            bytes[(2 * i) + 1] = (byte)(text[i] >> 8);
        }

        return bytes;
    }

    private static string FromUtf16(byte[] bytes)
    {
        char[] text = new char[bytes.Length / 2];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)(bytes[2 * i] | (bytes[(2 * i) + 1] << 8));
        }

        return new string(text);
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return true;
            }

            i++;
        }

        return false;
    }
}
