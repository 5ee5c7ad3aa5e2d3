using System.Collections;
using System.Management.Automation;

namespace Kling.Hosting.StandIns;

/// <summary>What the stand-ins for Sort-Object, Group-Object and Measure-Object need of C#.</summary>
public static class StandInData
{
    /// <summary>The value of a property given by name, script block or calculated property; the object itself without one.</summary>
    public static object? ValueOf(object? item, object? property)
    {
        object? by = property is PSObject wrapped ? wrapped.BaseObject : property;
        if (by is IDictionary calculated)
        {
            by = calculated["Expression"] ?? calculated["e"];
        }

        if (item is null || by is null)
        {
            return item;
        }

        if (by is ScriptBlock block)
        {
            return block.InvokeWithContext(null, [new PSVariable("_", item)]).FirstOrDefault()?.BaseObject;
        }

        return PSObject.AsPSObject(item).Properties[by.ToString()!]?.Value;
    }

    /// <summary>Sorts stably, comparing as PowerShell does: text without case, numbers by value; null is left out, and what lacks the property comes last.</summary>
    public static object[] Sort(object?[] items, object[]? properties, bool descending, bool unique)
    {
        object?[] keys = properties is null or [] ? new object?[1] : properties;
        var comparer = Comparer<object?>.Create(Compare);
        items = [.. items.Where(item => item is not null)];
        IOrderedEnumerable<object?>? sorted = null;
        foreach (object? key in keys)
        {
            object? plain = key is PSObject wrapped ? wrapped.BaseObject : key;
            bool down = plain is IDictionary calculated && calculated.Contains("Descending") ? LanguagePrimitives.IsTrue(calculated["Descending"]) : descending;
            object? By(object? item) => ValueOf(item, key);
            bool Lacks(object? item) => (key is PSObject wrap ? wrap.BaseObject : key) is string name && PSObject.AsPSObject(item!).Properties[name] is null;
            sorted = sorted?.ThenBy(Lacks) ?? items.OrderBy(Lacks);
            sorted = down ? sorted.ThenByDescending(By, comparer) : sorted.ThenBy(By, comparer);
        }

        var result = new List<object?>();
        foreach (object? item in sorted!)
        {
            if (!unique || result.Count == 0 || keys.Any(key => Compare(ValueOf(result[^1], key), ValueOf(item, key)) != 0))
            {
                result.Add(item);
            }
        }

        return result.ToArray()!;
    }

    private static int Compare(object? left, object? right)
    {
        object? a = left is PSObject first ? first.BaseObject : left;
        object? b = right is PSObject second ? second.BaseObject : right;
        return LanguagePrimitives.TryCompare(a, b, ignoreCase: true, out int order)
            ? order
            : string.Compare(a?.ToString(), b?.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
