using System.Globalization;

namespace Kling.Rows;

/// <summary>Finds a row's columns that look like a misspelt parameter of a command.</summary>
internal sealed class ColumnHints(CommandInfo command, RequestParameters parameters)
{
    private const int ShortestName = 4;
    private readonly string[] _names = [.. command.Parameters.Values.SelectMany(parameter => parameter.Aliases.Append(parameter.Name))];
    private readonly Dictionary<string, ColumnHint?> _seen = new(StringComparer.Ordinal);

    /// <summary>What looks wrong about the columns of this row.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="isGiven">Whether the record gives a parameter otherwise.</param>
    /// <param name="warn">Takes a warning about a column that was not seen before.</param>
    /// <returns>The first column that is so close to a parameter that it must be meant, while the record does not give that parameter.</returns>
    internal ColumnHint? Look(IEnumerable<PSPropertyInfo> columns, Func<string, bool> isGiven, Action<string> warn)
    {
        ColumnHint? missing = null;
        foreach (PSPropertyInfo column in columns)
        {
            bool isNew = !_seen.TryGetValue(column.Name, out ColumnHint? hint);
            if (isNew)
            {
                _seen[column.Name] = hint = Of(column.Name);
            }

            if (hint is { IsClose: true } && missing is null && !isGiven(hint.Parameter))
            {
                missing = hint;
            }

            if (hint is not null && isNew)
            {
                warn(hint.Warning);
            }
        }

        return missing;
    }

    private ColumnHint? Of(string column)
    {
        if (parameters.Columns.Contains(column, StringComparer.OrdinalIgnoreCase) || typeof(KlingTask).GetProperty(column) is not null)
        {
            return null;
        }

        if (_names.FirstOrDefault(name => name.Equals(column, StringComparison.OrdinalIgnoreCase)) is string same)
        {
            return column.Length < ShortestName || PSCmdlet.CommonParameters.Contains(same) || PSCmdlet.OptionalCommonParameters.Contains(same) ? null
                : new ColumnHint(column, same, IsClose: false);
        }

        // A word that many tables have. It is no alias, since every collection has a property of this name.
        if (column.Equals("Count", StringComparison.OrdinalIgnoreCase))
        {
            return new ColumnHint(column, "NumberResults", IsClose: false);
        }

        // Blanks, no-break spaces and invisible characters stay in a name that was copied or exported.
        string bare = string.Concat(column.Where(c => !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Control)));
        string? close = parameters.Columns.FirstOrDefault(name => IsWithin(name, bare, name.Length < ShortestName ? 0 : 1));
        return close is not null ? new ColumnHint(column, close, IsClose: true)
            : _names.FirstOrDefault(name => IsWithin(name, bare, name.Length < ShortestName ? 0 : name.Length < 6 ? 1 : 2)) is string other
                ? new ColumnHint(column, other, IsClose: false)
                : null;
    }

    private static bool IsWithin(string name, string column, int edits) => (edits == 0 || column.Length >= ShortestName)
        && EditDistance.Between(name.ToUpperInvariant(), column.ToUpperInvariant()) <= edits;
}

/// <summary>A column that looks like a parameter.</summary>
/// <param name="Column">The column.</param>
/// <param name="Parameter">The parameter, or an alias of it.</param>
/// <param name="IsClose">Whether one edit turns one into the other, so that no other word can be meant.</param>
internal sealed record ColumnHint(string Column, string Parameter, bool IsClose)
{
    internal string Warning => Column.Equals(Parameter, StringComparison.OrdinalIgnoreCase)
        ? $"The column '{Column}' is not used: -{Parameter} is for all rows, so it is given on the command line only."
        : $"The column '{Column}' is not a parameter and is not sent. Was '{Parameter}' meant?";

    /// <summary>The error that stops a command before it buys without the column.</summary>
    internal InputException ToError(CommandInfo command) => new(ErrorCatalog.InvalidRequest,
        $"The column '{Column}' is not a parameter, and {Parameter} is not given. The command stops before it buys without it; -Force goes on.",
        $"… | Select-Object *, @{{ Name = {Parameter}; Expression = {{ $_.{Column} }} }} | {command} # or rename the column");
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
