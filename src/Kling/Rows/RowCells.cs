using System.Collections;
using System.Globalization;
using System.Xml;
using Kling.Binding;
using Kling.Requests;

namespace Kling.Rows;

/// <summary>Looks at what was piped: whether it is a row, a list or a single value, and what its cells hold.</summary>
internal static class RowCells
{
    private const int LongestShown = 60;

    // A message names at most this many columns of a row.
    private const int MostColumns = 12;

    /// <summary>Whether an object has columns of its own. Text, files, numbers, lists and dictionaries have none.</summary>
    internal static bool IsRow(object? value) => value is XmlNode
        || (value is not (null or string or FileSystemInfo or Uri or Guid or DateTime or decimal or IEnumerable) && !value.GetType().IsPrimitive);

    /// <summary>Whether an object holds others under names, as nested JSON and dictionaries do.</summary>
    internal static bool IsNested(object? value) => value is IDictionary or PSObject { BaseObject: PSCustomObject or IDictionary };

    /// <summary>Whether a cell holds nothing: null, no text, only white space, or a database's null.</summary>
    internal static bool IsBlank(object? cell) => CellAttribute.Unwrapped(cell) is null || (cell is string text && string.IsNullOrWhiteSpace(text));

    /// <summary>Whether a row has columns and all of its cells hold nothing, as the rows that a spreadsheet leaves behind its table.</summary>
    internal static bool IsBlank(PSObject row)
    {
        bool any = false;
        foreach (PSPropertyInfo column in row.Properties)
        {
            if (!IsBlank(ValueOf(column)))
            {
                return false;
            }

            any = true;
        }

        return any;
    }

    /// <summary>The value of a column; null where its getter fails.</summary>
    internal static object? ValueOf(PSPropertyInfo column)
    {
        try
        {
            return column.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    /// <summary>The fields of a nested object.</summary>
    internal static IEnumerable<(string Name, object? Value)> Fields(object value) => CellAttribute.Unwrapped(value) is IDictionary dictionary
        ? dictionary.Cast<DictionaryEntry>().Select(entry => (Text(entry.Key), entry.Value))
        : PSObject.AsPSObject(value).Properties.Select(field => (field.Name, ValueOf(field)));

    /// <summary>The items of a list, or the one value itself.</summary>
    internal static object?[] Items(object? value) =>
        CellAttribute.Unwrapped(value) is IEnumerable list and not string and not IDictionary ? [.. list.Cast<object?>()] : [value];

    /// <summary>A value as text, the same in every culture.</summary>
    internal static string Text(object? value) => CellAttribute.Unwrapped(value) is var bare && bare is decimal number
        ? NumberText.Minimal(number)
        : Convert.ToString(bare, CultureInfo.InvariantCulture) ?? "";

    /// <summary>The items of a list as text, or the one value.</summary>
    internal static IEnumerable<string> Texts(object? value) => Items(value).Select(Text);

    /// <summary>A value as a message may show it: short, and without inline images and the queries of addresses.</summary>
    internal static string Show(object? value)
    {
        string text = IsNested(value) ? "an object" : Paths.ImageResolver.Shown(Text(value));
        return CompletionText.Short(text, LongestShown);
    }

    /// <summary>What a row looks like, for an error about its columns.</summary>
    internal static string Describe(PSObject? row)
    {
        if (row is null)
        {
            return "";
        }

        if (row.BaseObject is not PSCustomObject)
        {
            return $" The input is a {row.BaseObject.GetType().FullName}.";
        }

        string[] columns = [.. row.Properties.Select(column => column.Name)];
        string rest = columns.Length > MostColumns ? $" and {columns.Length - MostColumns} more" : "";
        return columns.Length == 0 ? " The row has no columns." : $" The row has the columns {string.Join(", ", columns.Take(MostColumns))}{rest}.{Delimiter(columns)}";
    }

    // A file with another delimiter than the comma is read as one column whose name holds all the others.
    private static string Delimiter(string[] columns) => columns is not [string only] || only.IndexOfAny([';', '\t', '|']) is not (int at and >= 0) ? ""
        : $" Its file seems to be delimited otherwise: Import-Csv -Delimiter {CommandLine.Literal(only[at..(at + 1)])}.";
}
