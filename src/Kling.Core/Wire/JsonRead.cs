using System.Globalization;
using System.Text.Json;

namespace Kling.Wire;

/// <summary>Reads JSON that may be anything. What does not fit is null, and nothing throws, not even half a surrogate pair (valid JSON, but no text).</summary>
internal static class JsonRead
{
    private static readonly string[] s_words = ["videoInference", "processing", "success"];

    /// <summary>Whether an object has any member. A query would make an object of each for every item of every reply.</summary>
    internal static bool HasMembers(JsonElement element) => element.EnumerateObject().MoveNext();

    /// <summary>A member that is there and not null. Objects only; anything else has no members.</summary>
    internal static bool TryGet(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        try
        {
            return element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
        }
        catch (InvalidOperationException)
        {
            // Another member's name is half a surrogate pair. Step over it.
            return TryFind(element, name, out value);
        }
    }

    /// <summary>The member itself, or an undefined element.</summary>
    internal static JsonElement Get(JsonElement element, string name) =>
        TryGet(element, name, out JsonElement value) ? value : default;

    /// <summary>A string, or the text of a number or a boolean; null for anything else and for blank text.</summary>
    internal static string? Text(JsonElement value)
    {
        try
        {
            string? text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            };
            return string.IsNullOrWhiteSpace(text) ? null : text;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The text of a member.</summary>
    internal static string? Text(JsonElement element, string name) => Text(Get(element, name));

    /// <summary>The text of a member that is nearly always one of a few words. No new string is made for those.</summary>
    internal static string? Word(JsonElement element, string name)
    {
        JsonElement value = Get(element, name);
        foreach (string word in s_words)
        {
            if (IsText(value, word))
            {
                return word;
            }
        }

        return Text(value);
    }

    /// <summary>The text of the first of several members that has one.</summary>
    internal static string? Text(JsonElement element, string name, string otherName) =>
        Text(element, name) ?? Text(element, otherName);

    /// <summary>A UUID in any case; null for anything else and for the empty one.</summary>
    internal static Guid? Id(JsonElement element, string name)
    {
        JsonElement value = Get(element, name);
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        // The usual form is read from the bytes. A string is made only for other forms.
        return (TryGuid(value, out Guid id) || Guid.TryParse(Text(value), out id)) && id != Guid.Empty ? id : null;
    }

    /// <summary>An exact number, sent as a number or as text.</summary>
    internal static decimal? Decimal(JsonElement element, string name)
    {
        JsonElement value = Get(element, name);
        decimal number = 0;
        bool read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDecimal(out number),
            JsonValueKind.String => decimal.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        return read ? number : null;
    }

    /// <summary>A whole number, sent as a number or as text; null where it has a fraction or does not fit.</summary>
    internal static long? Whole(JsonElement element, string name) =>
        Decimal(element, name) is decimal number && decimal.Truncate(number) == number && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : null;

    /// <summary>A whole number of 32 bits.</summary>
    internal static int? Small(JsonElement element, string name) =>
        Whole(element, name) is long number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>A finite number, sent as a number or as text.</summary>
    internal static double? Number(JsonElement element, string name)
    {
        JsonElement value = Get(element, name);
        double number = 0;
        bool read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out number),
            JsonValueKind.String => double.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        return read && double.IsFinite(number) ? number : null;
    }

    /// <summary>A boolean, sent as such or as text.</summary>
    internal static bool? Bool(JsonElement element, string name)
    {
        JsonElement value = Get(element, name);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => bool.TryParse(Text(value), out bool read) ? read : null,
            _ => null,
        };
    }

    /// <summary>The elements of an array, or a lone element, or nothing.</summary>
    internal static IEnumerable<JsonElement> Many(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => [value],
    };

    /// <summary>The texts of an array or of an object's values, or a lone text, joined with a comma; null when there is none.</summary>
    internal static string? Joined(JsonElement value)
    {
        IEnumerable<JsonElement> values = value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(member => member.Value)
            : Many(value);
        string text = string.Join(", ", values.Select(Text).OfType<string>());
        return text.Length == 0 ? null : text;
    }

    private static bool IsText(JsonElement value, string word)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String && value.ValueEquals(word);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool TryGuid(JsonElement value, out Guid id)
    {
        try
        {
            return value.TryGetGuid(out id);
        }
        catch (InvalidOperationException)
        {
            id = default;
            return false;
        }
    }

    private static bool TryFind(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        bool found = false;
        foreach (JsonProperty member in element.EnumerateObject())
        {
            try
            {
                if (member.NameEquals(name))
                {
                    value = member.Value;
                    found = true;
                }
            }
            catch (InvalidOperationException)
            {
                // Not a name this client looks for.
            }
        }

        return found && value.ValueKind != JsonValueKind.Null;
    }
}
