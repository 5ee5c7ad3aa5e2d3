namespace Kling.Rows;

/// <summary>
/// Copies the input row's other columns to the task, and never replaces a property of the task. Of another object it copies what was
/// added to it, for example the columns of an earlier task.
/// </summary>
internal static class RowColumns
{
    private const string SidecarMark = "ModuleVersion";

    // A sidecar says these about the video beside it; on a new task they would be untrue.
    private static readonly HashSet<string> s_ofSidecar = new(
        typeof(KlingVideo).GetProperties().Select(property => property.Name).Append(SidecarMark), StringComparer.OrdinalIgnoreCase);

    internal static PSObject Carry(KlingTask task, PSObject? row)
    {
        var result = new PSObject(task);
        if (row is null)
        {
            return result;
        }

        bool isSidecar = row.Properties[SidecarMark] is not null;
        foreach (PSPropertyInfo column in row.Properties)
        {
            if (result.Properties[column.Name] is null && column is PSNoteProperty && !(isSidecar && s_ofSidecar.Contains(column.Name)))
            {
                result.Properties.Add(new PSNoteProperty(column.Name, column.Value));
            }
        }

        return result;
    }
}
