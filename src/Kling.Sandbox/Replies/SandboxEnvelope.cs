using System.Text.Json;

namespace Kling.Sandbox.Replies;

/// <summary>A reply in the making: <c>data</c> and <c>errors</c>.</summary>
internal sealed class SandboxEnvelope
{
    private readonly List<Action<Utf8JsonWriter>> _data = [];
    private readonly List<SandboxError> _errors = [];

    /// <summary>Writes <c>data</c> even when it is empty beside errors, as was seen with a conflict.</summary>
    internal bool ShowsEmptyData { get; set; }

    internal IReadOnlyList<SandboxError> Errors => _errors;

    internal void Add(Action<Utf8JsonWriter> item) => _data.Add(item);

    internal void Add(SandboxError error) => _errors.Add(error);

    /// <summary>HTTP 200 as soon as anything succeeded; errors beside it do not change that (protocol note, envelope).</summary>
    internal SandboxReply ToReply() =>
        SandboxReply.Of(_data.Count > 0 || _errors.Count == 0 ? 200 : _errors[0].Status, SandboxJson.ContentType, SandboxJson.Bytes(Write));

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (_data.Count > 0 || _errors.Count == 0 || ShowsEmptyData)
        {
            json.WriteStartArray("data");
            foreach (Action<Utf8JsonWriter> item in _data)
            {
                item(json);
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

        json.WriteEndObject();
    }
}
