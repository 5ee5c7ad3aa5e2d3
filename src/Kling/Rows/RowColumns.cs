using System.Management.Automation;
using Kling.Models;

namespace Kling.Rows;

/// <summary>Carries the input row's other columns onto the task, never replacing one of its own; of other objects what was added to them, such as an earlier task's columns.</summary>
internal static class RowColumns
{
    private const string SidecarMark = "ModuleVersion";

    // A sidecar tells these of the video it stands beside; on a new task they would be untrue.
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
