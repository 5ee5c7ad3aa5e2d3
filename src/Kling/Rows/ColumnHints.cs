using System.Management.Automation;

namespace Kling.Rows;

/// <summary>Finds a row's columns that look like a misspelt parameter of a command, each once.</summary>
internal sealed class ColumnHints(CommandInfo command)
{
    private const int ShortestName = 4;
    private readonly string[] _names = [.. command.Parameters.Values.SelectMany(parameter => parameter.Aliases.Append(parameter.Name))];
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Warnings about the columns of this row that were not seen before.</summary>
    internal IEnumerable<string> For(PSObject row)
    {
        foreach (PSPropertyInfo column in row.Properties)
        {
            if (!_seen.Add(column.Name) || column.Name.Length < ShortestName
                || _names.Contains(column.Name, StringComparer.OrdinalIgnoreCase) || typeof(Models.KlingTask).GetProperty(column.Name) is not null)
            {
                continue;
            }

            string? meant = _names.FirstOrDefault(name => name.Length >= ShortestName && IsClose(name, column.Name));
            if (meant is not null)
            {
                yield return $"The column '{column.Name}' is not a parameter and is not sent. Was '{meant}' meant?";
            }
        }
    }

    private static bool IsClose(string name, string column) =>
        EditDistance.Between(name.ToUpperInvariant(), column.ToUpperInvariant()) <= (name.Length < 6 ? 1 : 2);
}
