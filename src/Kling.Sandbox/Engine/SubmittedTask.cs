using System.Text.Json;
using Kling.Requests;
using Kling.Sandbox.Replies;
using Kling.Schemas;

namespace Kling.Sandbox.Engine;

/// <summary>
/// A video task as it came: its fields as the schema sees them, with its images read. Image bytes are decoded once for all that follows,
/// and their place in the fields takes the id of the stored image, so that memory stays small.
/// </summary>
internal sealed class SubmittedTask
{
    private SubmittedTask(JsonElement task)
    {
        try
        {
            Fields = ReadObject(task, "", isImage: false);
        }
        catch (SchemaException)
        {
            Errors.Add(new SandboxError("invalidJSON", "A text of the task is no Unicode text."));
        }

        Model = ModelSpec.FindOrDefault(At("model") as string);
    }

    /// <summary>The named model; the default one where none is known by the name, so that the other rules still say what is wrong.</summary>
    internal ModelSpec Model { get; }

    /// <summary>The fields as a tree.</summary>
    internal Dictionary<string, object?> Fields { get; } = [];

    /// <summary>The images that can be used, each with its place in the fields.</summary>
    internal List<(string Path, SandboxImage Image)> Images { get; } = [];

    /// <summary>The places of all texts that stand for an image. What such a text may be, <see cref="SandboxImage"/> says.</summary>
    internal HashSet<string> ImagePaths { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong whatever the model is.</summary>
    internal List<SandboxError> Errors { get; } = [];

    internal static SubmittedTask Read(JsonElement task) => new(task);

    /// <summary>The value at a path of names joined with dots; null when there is none.</summary>
    internal object? At(string path)
    {
        object? value = Fields;
        foreach (string name in path.Split('.'))
        {
            value = (value as Dictionary<string, object?>)?.GetValueOrDefault(name);
        }

        return value;
    }

    /// <summary>Writes the fields as the archive keeps them.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        foreach ((string name, object? value) in Fields)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }
    }

    /// <summary>The field of a place: an item belongs to its list.</summary>
    internal static string FieldOf(string path) => string.Join('.', path.Split('.').Select(part => part.Split('[')[0]));

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case Dictionary<string, object?> members:
                json.WriteStartObject();
                foreach ((string name, object? member) in members)
                {
                    json.WritePropertyName(name);
                    Write(json, member);
                }

                json.WriteEndObject();
                break;
            case object?[] items:
                json.WriteStartArray();
                Array.ForEach(items, item => Write(json, item));
                json.WriteEndArray();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private object? Read(JsonElement value, string path, bool isImage) => value.ValueKind switch
    {
        JsonValueKind.Object => ReadObject(value, path, isImage),
        JsonValueKind.Array => value.EnumerateArray().Select((item, i) => Read(item, FormattableString.Invariant($"{path}[{i}]"), isImage)).ToArray(),
        JsonValueKind.String when isImage => ReadImage(value, path),
        _ => SchemaText.Value(value),
    };

    /// <summary>An object. Images are in the inputs under names that say so, as texts, in lists, or as the <c>image</c> of an object.</summary>
    private Dictionary<string, object?> ReadObject(JsonElement value, string path, bool isImage)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string name = SchemaText.Text(member);
            string place = path.Length == 0 ? name : $"{path}.{name}";
            bool holdsImage = isImage ? name == "image"
                : path == "inputs" && (name.EndsWith("Image", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Images", StringComparison.OrdinalIgnoreCase));
            if (!members.TryAdd(name, Read(member.Value, place, holdsImage)))
            {
                string field = SandboxValidator.Shown(FieldOf(place));
                Errors.Add(new SandboxError("duplicateParameter", $"Parameter '{field}' is given twice.") { Parameters = [field] });
            }
        }

        return members;
    }

    private string ReadImage(JsonElement value, string path)
    {
        ImagePaths.Add(path);
        if (SandboxImage.Read(value) is not { } image)
        {
            Errors.Add(Unusable(path));
            return "";
        }

        Images.Add((path, image));
        return image.ShortText ?? image.MediaId.ToString("D");
    }

    /// <summary>The refusal of an image that the service cannot use.</summary>
    internal static SandboxError Unusable(string path)
    {
        // Whether the image is an item or the part of one, the service names the list.
        string field = SandboxValidator.Shown(FieldOf(path.Split('[')[0]));
        return new SandboxError("invalidValueUploadFailed", $"Processing parameter '{field}' failed.") { Parameters = [field] };
    }
}
