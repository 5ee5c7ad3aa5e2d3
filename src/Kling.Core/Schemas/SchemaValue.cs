namespace Kling.Schemas;

/// <summary>Values as JSON Schema sees them: numbers are equal by amount, texts by their characters, lists and objects by what is in them.</summary>
internal static class SchemaValue
{
    internal static bool Is(object? value, SchemaTypes types) => value switch
    {
        null => (types & SchemaTypes.Null) != 0,
        bool => (types & SchemaTypes.Boolean) != 0,
        string => (types & SchemaTypes.String) != 0,
        decimal number => (types & SchemaTypes.Number) != 0 || ((types & SchemaTypes.Integer) != 0 && decimal.IsInteger(number)),
        int or long => (types & (SchemaTypes.Number | SchemaTypes.Integer)) != 0,
        IReadOnlyDictionary<string, object?> => (types & SchemaTypes.Object) != 0,
        IReadOnlyList<object?> => (types & SchemaTypes.Array) != 0,
        _ => throw NoJson(value),
    };

    internal static bool AreEqual(object? first, object? second) => (first, second) switch
    {
        (null, _) => second is null,
        (string text, _) => second is string other && string.Equals(text, other, StringComparison.Ordinal),
        (bool flag, _) => second is bool other && flag == other,
        (IReadOnlyDictionary<string, object?> members, _) => second is IReadOnlyDictionary<string, object?> others && AreEqual(members, others),
        (IReadOnlyList<object?> items, _) => second is IReadOnlyList<object?> others && AreEqual(items, others),
        _ => Number(first) is decimal number && Number(second) == number,
    };

    /// <summary>The characters of a text as JSON Schema counts them: a pair of surrogates is one.</summary>
    internal static int CodePoints(string text)
    {
        int count = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i]))
            {
                count--;
            }
        }

        return count;
    }

    internal static ArgumentException NoJson(object value) => new($"A {value.GetType()} is not a value of JSON.", nameof(value));

    private static decimal? Number(object? value) => value switch
    {
        decimal number => number,
        int number => number,
        long number => number,
        _ => null,
    };

    private static bool AreEqual(IReadOnlyDictionary<string, object?> first, IReadOnlyDictionary<string, object?> second)
    {
        if (first.Count != second.Count)
        {
            return false;
        }

        foreach ((string name, object? value) in first)
        {
            if (!second.TryGetValue(name, out object? other) || !AreEqual(value, other))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreEqual(IReadOnlyList<object?> first, IReadOnlyList<object?> second)
    {
        if (first.Count != second.Count)
        {
            return false;
        }

        for (int i = 0; i < first.Count; i++)
        {
            if (!AreEqual(first[i], second[i]))
            {
                return false;
            }
        }

        return true;
    }
}
