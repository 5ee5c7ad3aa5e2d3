using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kling.Hosting.StandIns;

/// <summary>Reading and writing of JSON for the stand-ins.</summary>
public static class StandInJson
{
    /// <summary>The values of texts: each its own where the first one is whole, else all of them the lines of one.</summary>
    /// <exception cref="PSArgumentException">A text is not JSON.</exception>
    public static object?[] ParseAll(string[] texts, bool asHashtable)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.All(string.IsNullOrWhiteSpace))
        {
            return [];
        }

        bool separate = texts.Length > 1;
        try
        {
            JsonDocument.Parse(texts[0]).Dispose();
        }
        catch (JsonException)
        {
            separate = false;
        }

        return separate ? [.. texts.Select(text => Parse(text, asHashtable))] : [Parse(string.Join(Environment.NewLine, texts), asHashtable)];
    }

    /// <summary>A JSON text as PowerShell values: objects become PSCustomObject or ordered hashtables, whole numbers Int64, ISO dates DateTime.</summary>
    /// <exception cref="PSArgumentException">The text is not JSON.</exception>
    public static object? Parse(string text, bool asHashtable)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 1024 });
            return Read(document.RootElement, asHashtable);
        }
        catch (JsonException failure)
        {
            throw new PSArgumentException($"Conversion from JSON failed with error: {failure.Message}", failure);
        }
    }

    /// <summary>A value as JSON. What lies deeper than the depth becomes its text.</summary>
    public static string Write(object? value, int depth, bool compress, bool enumsAsStrings)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = !compress, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 }))
        {
            Write(writer, value, depth, enumsAsStrings);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static object? Read(JsonElement element, bool asHashtable)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when asHashtable:
                var table = new System.Collections.Specialized.OrderedDictionary();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    table[property.Name] = Read(property.Value, asHashtable);
                }

                return table;
            case JsonValueKind.Object:
                var row = new PSObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    if (row.Properties[property.Name] is { } there && there.Name != property.Name)
                    {
                        throw new PSArgumentException($"The JSON contains keys with different casing: {there.Name} and {property.Name}.");
                    }

                    row.Properties.Remove(property.Name);
                    row.Properties.Add(new PSNoteProperty(property.Name, Read(property.Value, asHashtable)));
                }

                return row;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(item => Read(item, asHashtable)).ToArray();
            case JsonValueKind.String:
                string text = element.GetString()!;
                return LooksLikeDate(text) && element.TryGetDateTime(out DateTime date) ? date : text;
            case JsonValueKind.Number:
                if (element.TryGetInt64(out long whole))
                {
                    return whole;
                }

                return BigInteger.TryParse(element.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger big) ? big : element.GetDouble();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    private static bool LooksLikeDate(string text) => text.Length >= 19 && text[4] == '-' && text[10] == 'T';

    private static void Write(Utf8JsonWriter writer, object? value, int depth, bool enumsAsStrings)
    {
        object? plain = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null or DBNull:
                writer.WriteNullValue();
                return;
            case string text:
                writer.WriteStringValue(text);
                return;
            case bool flag:
                writer.WriteBooleanValue(flag);
                return;
            case Enum choice:
                if (enumsAsStrings)
                {
                    writer.WriteStringValue(choice.ToString());
                }
                else
                {
                    writer.WriteNumberValue(Convert.ToInt64(choice, CultureInfo.InvariantCulture));
                }

                return;
            case byte or sbyte or short or ushort or int or uint or long:
                writer.WriteNumberValue(Convert.ToInt64(plain, CultureInfo.InvariantCulture));
                return;
            case ulong big:
                writer.WriteNumberValue(big);
                return;
            case decimal money:
                writer.WriteNumberValue(money);
                return;
            case float or double:
                double number = Convert.ToDouble(plain, CultureInfo.InvariantCulture);
                writer.WriteRawValue(number == Math.Floor(number) && Math.Abs(number) < 1e15
                    ? number.ToString("0.0", CultureInfo.InvariantCulture)
                    : number.ToString("R", CultureInfo.InvariantCulture));
                return;
            case BigInteger huge:
                writer.WriteRawValue(huge.ToString(CultureInfo.InvariantCulture));
                return;
            case DateTime time:
                writer.WriteStringValue(time);
                return;
            case DateTimeOffset time:
                writer.WriteStringValue(time);
                return;
            case Guid or Uri or char or Version or Type:
                writer.WriteStringValue(plain.ToString());
                return;
        }

        if (depth < 0)
        {
            writer.WriteStringValue(LanguagePrimitives.ConvertTo<string>(value));
            return;
        }

        if (plain is IDictionary table)
        {
            writer.WriteStartObject();
            foreach (DictionaryEntry pair in table)
            {
                writer.WritePropertyName(pair.Key.ToString()!);
                Write(writer, pair.Value, depth - 1, enumsAsStrings);
            }

            writer.WriteEndObject();
        }
        else if (plain is IEnumerable items)
        {
            writer.WriteStartArray();
            foreach (object? item in items)
            {
                Write(writer, item, depth - 1, enumsAsStrings);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
            {
                object? content;
                try
                {
                    content = property.Value;
                }
                catch (GetValueException)
                {
                    content = null;
                }

                writer.WritePropertyName(property.Name);
                Write(writer, content, depth - 1, enumsAsStrings);
            }

            writer.WriteEndObject();
        }
    }
}
