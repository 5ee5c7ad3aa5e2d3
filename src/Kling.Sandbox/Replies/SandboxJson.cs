using System.Text.Json;

namespace Kling.Sandbox.Replies;

/// <summary>Small helps for writing and reading JSON.</summary>
internal static class SandboxJson
{
    internal const string ContentType = "application/json; charset=utf-8";

    internal static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.ToArray();
    }

    /// <summary>The text of a property of an object; null when it is missing or no text.</summary>
    internal static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>The whole number of a property already validated; null when it is missing.</summary>
    internal static int? Integer(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.TryGetDecimal(out decimal number) ? (int)number : null;

    internal static bool Flag(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
