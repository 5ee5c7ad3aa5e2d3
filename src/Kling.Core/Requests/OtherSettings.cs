using System.Text.Encodings.Web;
using System.Text.Json;
using Kling.Schemas;

namespace Kling.Requests;

/// <summary>
/// The text of <see cref="VideoSettings.Setting"/>: fields that no parameter gives, as one JSON object whose names are paths on the wire, in
/// order. So the same fields are always the same text.
/// </summary>
public static class OtherSettings
{
    private const int LongestShown = 200;
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>No fields.</summary>
    internal static IReadOnlyDictionary<string, object?> None { get; } = new Dictionary<string, object?>();

    /// <summary>Writes the text. Nested objects become paths; null stands for a field that is not given.</summary>
    /// <param name="fields">The paths and values: texts, numbers, booleans, lists and objects.</param>
    /// <returns>Null where nothing is given.</returns>
    /// <exception cref="ArgumentException">A path was given twice with different values.</exception>
    internal static string? Write(IEnumerable<(string Path, object? Value)> fields)
    {
        SortedDictionary<string, object> flat = new(StringComparer.Ordinal);
        foreach ((string path, object? value) in fields)
        {
            Flatten(path, value, flat);
        }

        return flat.Count == 0 ? null : Text(flat.ToDictionary(field => field.Key, field => (object?)field.Value));
    }

    /// <summary>Reads the text.</summary>
    /// <exception cref="FormatException">It is no JSON object.</exception>
    internal static IReadOnlyDictionary<string, object?> Read(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return SchemaText.Value(document.RootElement) as IReadOnlyDictionary<string, object?> ?? throw new FormatException("It is no JSON object.");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new FormatException("It is no JSON object.", failure);
        }
    }

    /// <summary>A value as a message may show it.</summary>
    internal static string Show(object value)
    {
        string text = Masking.Clean(value as string ?? RequestFingerprint.Text(value as bool? ?? value as int? ?? (object?)(value as decimal?)) ?? Text(value));
        return text.Length <= LongestShown ? text : FormattableString.Invariant($"a text of {text.Length} characters");
    }

    /// <summary>The texts in a value, at any depth.</summary>
    internal static IEnumerable<string> Texts(object? value) => value switch
    {
        string text => [text],
        IReadOnlyDictionary<string, object?> fields => fields.Values.SelectMany(Texts),
        IReadOnlyList<object?> items => items.SelectMany(Texts),
        _ => [],
    };

    private static string Text(object value)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, s_options))
        {
            RequestJson.WriteTree(json, value);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Flatten(string path, object? value, SortedDictionary<string, object> flat)
    {
        if (value is IReadOnlyDictionary<string, object?> nested)
        {
            foreach ((string name, object? inner) in nested)
            {
                Flatten($"{path}.{name}", inner, flat);
            }
        }
        else if (value is not null && !flat.TryAdd(path, value) && !Equals(flat[path], value))
        {
            throw new ArgumentException($"{path} was given twice, with different values");
        }
    }
}
