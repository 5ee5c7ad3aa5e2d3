using System.Globalization;
using System.Text;
using System.Text.Json;
using Kling.Support;

namespace Kling.Sandbox.Replies;

/// <summary>A reply in the making: <c>data</c> and <c>errors</c>.</summary>
internal sealed class SandboxEnvelope
{
    private readonly List<Action<Utf8JsonWriter>> _data = [];
    private readonly List<SandboxError> _errors = [];

    /// <summary>Writes <c>data</c> even when it is empty beside errors, as was seen with a conflict.</summary>
    internal bool ShowsEmptyData { get; set; }

    internal IReadOnlyList<SandboxError> Errors => _errors;

    /// <summary>Adds an item of <c>data</c>.</summary>
    /// <param name="fields">Writes its fields; the braces are written here.</param>
    internal void Add(Action<Utf8JsonWriter> fields) => _data.Add(fields);

    internal void Add(SandboxError error) => _errors.Add(error);

    /// <summary>Adds what is wrong with one task of a request.</summary>
    internal void AddAll(IEnumerable<SandboxError> errors, string type, Guid? id)
    {
        foreach (SandboxError error in errors)
        {
            error.TaskType = type;
            error.TaskId = id;
            _errors.Add(error);
        }
    }

    /// <summary>HTTP 200 as soon as anything succeeded; errors beside it do not change that (protocol note, envelope).</summary>
    internal SandboxReply ToReply() =>
        SandboxReply.Of(_data.Count > 0 || _errors.Count == 0 ? 200 : _errors[0].Status, SandboxJson.ContentType, SandboxJson.Object(Write));

    /// <summary>Writes the reply's fields.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        if (_data.Count > 0 || _errors.Count == 0 || ShowsEmptyData)
        {
            json.WriteStartArray("data");
            foreach (Action<Utf8JsonWriter> fields in _data)
            {
                json.WriteStartObject();
                fields(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (_errors.Count > 0)
        {
            json.WriteStartArray("errors");
            foreach (SandboxError error in _errors)
            {
                error.Write(json);
            }

            json.WriteEndArray();
        }
    }
}

/// <summary>Small helps for writing and reading JSON.</summary>
internal static class SandboxJson
{
    internal const string ContentType = "application/json; charset=utf-8";

    /// <summary>An object as bytes.</summary>
    internal static byte[] Object(Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>The text of a property of an object; null when it is missing or no text.</summary>
    internal static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>The <c>taskUUID</c> of a task; null when it is missing or no UUID.</summary>
    internal static Guid? TaskId(JsonElement task) => SandboxIds.TryParse(Text(task, "taskUUID"), out Guid id) ? id : null;

    internal static bool Flag(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}

/// <summary>Ids: reading version 4, and making them from content so that a run can be repeated.</summary>
internal static class SandboxIds
{
    /// <summary>Reads a UUID in its usual form with dashes.</summary>
    internal static bool TryParse(string? text, out Guid id) => Guid.TryParseExact(text, "D", out id);

    /// <summary>Reads a UUID of version 4 and the common variant.</summary>
    internal static bool TryParseV4(string? text, out Guid id) =>
        TryParse(text, out id) && text![14] == '4' && "89abAB".Contains(text[19]);

    /// <summary>An id of version 4 form that depends on nothing but the text.</summary>
    internal static Guid FromText(string text) => FromBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>An id of version 4 form that depends on nothing but the bytes.</summary>
    internal static Guid FromBytes(byte[] content)
    {
        string hex = Sha256Text.Of(content);
        const string Variants = "89ab";
        char variant = Variants[int.Parse(hex.AsSpan(16, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 3];
        return Guid.ParseExact($"{hex[..8]}-{hex.Substring(8, 4)}-4{hex.Substring(13, 3)}-{variant}{hex.Substring(17, 3)}-{hex.Substring(20, 12)}", "D");
    }
}
