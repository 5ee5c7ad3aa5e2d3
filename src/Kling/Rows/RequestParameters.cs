using System.Reflection;

namespace Kling.Rows;

/// <summary>
/// The parameters of a command that a row's columns can give, and which of them were given by name, by position or as a default value.
/// PowerShell prefers those to the columns of every row.
/// </summary>
internal sealed class RequestParameters(PSCmdlet cmdlet)
{
    internal static readonly string[] Images = ["Image", "LiteralPath"];

    // Where an object came from. Many objects carry it, so it names an image only where nothing else does.
    private static readonly string[] s_origins = ["PSPath", "FullName"];
    private readonly HashSet<string> _named = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<PropertyInfo, object?> _given = [];
    private readonly HashSet<string> _warned = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names that a column may have.</summary>
    internal IReadOnlyCollection<string> Columns => ByColumn.Keys;

    /// <summary>Whether the image is given for all records at once.</summary>
    internal bool NameTheImage => Images.Any(IsNamed);

    // Only rows need it.
    private Dictionary<string, ParameterMetadata> ByColumn => field ??= FindColumns();

    /// <summary>Notes what is bound before the first record.</summary>
    internal void Begin() => _named.UnionWith(cmdlet.MyInvocation.BoundParameters.Keys);

    /// <summary>Whether the parameter was given for all records at once.</summary>
    internal bool IsNamed(string parameter) => _named.Contains(parameter);

    /// <summary>Whether a column gives a parameter of the command.</summary>
    internal bool Knows(string column) => ByColumn.ContainsKey(column);

    /// <summary>Whether a column gives a parameter that was not given for all records.</summary>
    internal bool Uses(string column) => ByColumn.TryGetValue(column, out ParameterMetadata? parameter)
        && !IsNamed(parameter.Name) && !(NameTheImage && Images.Contains(parameter.Name));

    /// <summary>Whether the current record gives a parameter a value in any way.</summary>
    internal bool IsGiven(string column) => ByColumn.TryGetValue(column, out ParameterMetadata? parameter) && Value(parameter.Name) is not null;

    /// <summary>The columns of this row that differ from what was given for all records, each parameter once: PowerShell ignores them.</summary>
    internal IEnumerable<string> IgnoredColumns(PSObject row)
    {
        if (_named.Count == 0)
        {
            yield break;
        }

        foreach (PSPropertyInfo column in row.Properties)
        {
            if (!Knows(column.Name) || Uses(column.Name) || s_origins.Contains(column.Name, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            ParameterMetadata parameter = ByColumn[column.Name];
            string used = IsNamed(parameter.Name) ? parameter.Name : Images.First(IsNamed);
            if (!_warned.Contains(used) && Differs(parameter, used, RowCells.ValueOf(column)) && _warned.Add(used))
            {
                yield return $"-{used} is used for every row; the column {column.Name} is ignored.";
            }
        }
    }

    /// <summary>
    /// Two columns of a row for one parameter, of which PowerShell's choice drops a value: both are filled and differ, or it took the
    /// blank one. Images have a rule of their own.
    /// </summary>
    internal (string One, string Two)? TwoColumns(PSObject row)
    {
        Dictionary<ParameterMetadata, PSPropertyInfo> first = [];
        foreach (PSPropertyInfo column in row.Properties)
        {
            if (!Uses(column.Name) || Images.Contains(ByColumn[column.Name].Name) || first.TryAdd(ByColumn[column.Name], column))
            {
                continue;
            }

            PSPropertyInfo other = first[ByColumn[column.Name]];
            object?[] filled = [.. new[] { RowCells.ValueOf(other), RowCells.ValueOf(column) }.Where(cell => !RowCells.IsBlank(cell))];
            if (filled.Length == 2 ? !RowCells.Texts(filled[0]).SequenceEqual(RowCells.Texts(filled[1]), StringComparer.Ordinal)
                : filled.Length == 1 && !IsGiven(column.Name))
            {
                return (other.Name, column.Name);
            }
        }

        return null;
    }

    /// <summary>A warning, once for each parameter, where a field of the service's own shape gives what was given for all records.</summary>
    internal string? IgnoredField(string parameter, string field, object? value) =>
        value is not null && IsNamed(parameter) && !Equals(value, Value(parameter)) && _warned.Add(parameter)
            ? $"-{parameter} is used for every row; {field} is ignored."
            : null;

    private bool Differs(ParameterMetadata parameter, string used, object? cell)
    {
        if (RowCells.IsBlank(cell))
        {
            return false;
        }

        try
        {
            object? read = Read(parameter, cell);
            return parameter.Name != used || !RowCells.Texts(read).SequenceEqual(RowCells.Texts(Value(used)), StringComparer.Ordinal);
        }
        catch (ArgumentTransformationMetadataException)
        {
            return true;
        }
    }

    /// <summary>Gives the columns of a row that the binder did not see to the parameters, until <see cref="TakeBack"/>.</summary>
    /// <exception cref="InputException">A cell cannot be read.</exception>
    internal void Give(PSObject row)
    {
        foreach (PSPropertyInfo column in row.Properties)
        {
            if (Uses(column.Name) && ByColumn[column.Name].Name is var name && !Images.Contains(name) && cmdlet.GetType().GetProperty(name) is PropertyInfo property)
            {
                try
                {
                    _given.TryAdd(property, property.GetValue(cmdlet));
                    property.SetValue(cmdlet, Read(ByColumn[column.Name], column.Value));
                }
                catch (ArgumentTransformationMetadataException unreadable)
                {
                    throw new InputException(ErrorCatalog.InvalidRequest, unreadable.Message);
                }
            }
        }
    }

    /// <summary>Takes back what <see cref="Give"/> gave. The binder does so only with what it bound itself.</summary>
    internal void TakeBack()
    {
        foreach ((PropertyInfo property, object? before) in _given)
        {
            property.SetValue(cmdlet, before);
        }

        _given.Clear();
    }

    private static object? Read(ParameterMetadata parameter, object? cell) =>
        parameter.Attributes.OfType<ArgumentTransformationAttribute>().First().Transform(null, cell);

    private object? Value(string parameter) => cmdlet.GetType().GetProperty(parameter)?.GetValue(cmdlet);

    private Dictionary<string, ParameterMetadata> FindColumns()
    {
        var columns = new Dictionary<string, ParameterMetadata>(StringComparer.OrdinalIgnoreCase);
        foreach (ParameterMetadata parameter in cmdlet.MyInvocation.MyCommand.Parameters.Values)
        {
            if (parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName))
            {
                foreach (string column in parameter.Aliases.Append(parameter.Name))
                {
                    columns[column] = parameter;
                }
            }
        }

        return columns;
    }
}
