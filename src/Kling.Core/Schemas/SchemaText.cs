using System.Text.Json;

namespace Kling.Schemas;

/// <summary>JSON texts as the schema engine takes them.</summary>
public static class SchemaText
{
    /// <summary>The most characters of a schema, or of the document around it.</summary>
    public const int MaxLength = 1024 * 1024;

    private const int MaxDepth = 256;

    /// <summary>Reads a document that holds a schema.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="SchemaException">The text is no JSON in Unicode, has more than <see cref="MaxLength"/> characters, or nests more than 256 levels.</exception>
    public static JsonDocument Read(string json)
    {
        CheckLength(json.Length);
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });

            // Whoever looks for a member in the document meets names and texts that are no Unicode as exceptions of another kind.
            _ = Value(document.RootElement);
            return document;
        }
        catch (SchemaException)
        {
            document?.Dispose();
            throw;
        }
        catch (JsonException e)
        {
            // The reader's message may quote all that follows the place.
            throw new SchemaException(FormattableString.Invariant($"The text is not JSON, in line {e.LineNumber + 1}: {SchemaKeyword.Shown(e.Message)}"), inner: e);
        }
    }

    /// <summary>
    /// A value as the evaluator takes it: null, bool, decimal, string, or a tree of these in a list or a dictionary. Of a name that
    /// occurs twice in an object, the last value counts. A number beyond the range of decimal becomes the nearest decimal.
    /// </summary>
    /// <param name="element">The value.</param>
    /// <exception cref="SchemaException">The value nests more than 256 levels.</exception>
    public static object? Value(JsonElement element) => Value(element, 1);

    internal static void CheckLength(int length)
    {
        if (length > MaxLength)
        {
            throw new SchemaException(FormattableString.Invariant($"The schema has {length} characters; allowed are {MaxLength}."));
        }
    }

    private static object? Value(JsonElement element, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SchemaException(FormattableString.Invariant($"A value nests more than {MaxDepth} levels."));
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    members[Text(member)] = Value(member.Value, depth + 1);
                }

                return members;
            case JsonValueKind.Array:
                var items = new List<object?>();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    items.Add(Value(item, depth + 1));
                }

                return items.ToArray();
            case JsonValueKind.String:
                return Text(element);
            case JsonValueKind.Number:
                return Number(element);
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    /// <summary>A text, or a refusal of one whose characters are no Unicode (half of a pair).</summary>
    internal static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new SchemaException("A text holds half of a character.", inner: e);
        }
    }

    /// <summary>The name of a member; as <see cref="Text(JsonElement)"/>.</summary>
    internal static string Text(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new SchemaException("A name holds half of a character.", inner: e);
        }
    }

    private static decimal Number(JsonElement element)
    {
        if (element.TryGetDecimal(out decimal number))
        {
            return number;
        }

        // A fraction of too many digits is rounded by TryGetDecimal, so this is an amount beyond its range.
        return element.GetRawText()[0] == '-' ? decimal.MinValue : decimal.MaxValue;
    }
}
