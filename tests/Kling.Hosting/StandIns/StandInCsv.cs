using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace Kling.Hosting.StandIns;

/// <summary>Reading and writing of CSV for the stand-ins.</summary>
public static class StandInCsv
{
    /// <summary>One line of quoted fields; a null is an empty unquoted field, as in pwsh.</summary>
    public static string Line(IEnumerable<object?> values, char delimiter)
    {
        ArgumentNullException.ThrowIfNull(values);
        return string.Join(delimiter, values.Select(value => value is null ? "" : $"\"{Show(value).Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
    }

    /// <summary>The names of an object's properties.</summary>
    public static string[] Names(PSObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.BaseObject is IDictionary table
            ? [.. table.Keys.Cast<object>().Select(key => key.ToString()!)]
            : [.. item.Properties.Select(property => property.Name)];
    }

    /// <summary>The values of an object's properties by name.</summary>
    public static object?[] Values(PSObject item, string[] names)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(names);
        return [.. names.Select(name => item.BaseObject is IDictionary table ? table[name] : item.Properties[name]?.Value)];
    }

    /// <summary>The rows of a text, each as strings under the header's names.</summary>
    public static PSObject[] Parse(string text, char delimiter, string[]? header)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new List<PSObject>();
        string[]? names = header;
        foreach (List<string> record in Records(text, delimiter))
        {
            if (names is null)
            {
                if (!record[0].StartsWith("#TYPE", StringComparison.Ordinal))
                {
                    names = [.. record];
                }

                continue;
            }

            var row = new PSObject();
            int nameless = 0;
            for (int i = 0; i < names.Length; i++)
            {
                string name = names[i].Length == 0 ? "H" + (++nameless).ToString(CultureInfo.InvariantCulture) : names[i];
                row.Properties.Add(new PSNoteProperty(name, i < record.Count ? record[i] : null));
            }

            result.Add(row);
        }

        return [.. result];
    }

    // As in pwsh: what .NET makes of it in the session's culture, so a decimal comma where that has one, and a type's name for a list.
    private static string Show(object value) => value.ToString() ?? "";

    private static IEnumerable<List<string>> Records(string text, char delimiter)
    {
        var record = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        bool any = false;
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            if (quoted)
            {
                if (letter != '"')
                {
                    field.Append(letter);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (letter == '"')
            {
                quoted = true;
                any = true;
            }
            else if (letter == delimiter)
            {
                record.Add(field.ToString());
                field.Clear();
                any = true;
            }
            else if (letter is ' ' or '\t' && field.Length == 0)
            {
                // Blanks before an unquoted value do not count; those after it do.
                continue;
            }
            else if (letter is '\n' or '\r')
            {
                if (any || field.Length > 0)
                {
                    record.Add(field.ToString());
                    yield return record;
                }

                record = [];
                field.Clear();
                any = false;
            }
            else
            {
                field.Append(letter);
            }
        }

        if (any || field.Length > 0)
        {
            record.Add(field.ToString());
            yield return record;
        }
    }
}
