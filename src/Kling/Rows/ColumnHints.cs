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

/// <summary>How many insertions, deletions, replacements and swaps of neighbours turn one word into another.</summary>
internal static class EditDistance
{
    internal static int Between(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                int replace = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, replace);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
