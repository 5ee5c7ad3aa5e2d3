using System.Management.Automation;
using Kling.Models;

namespace Kling.Batch;

/// <summary>Carries the input row's other columns onto the task, never replacing one of its own.</summary>
internal static class RowColumns
{
    internal static PSObject Carry(KlingTask task, PSObject? row)
    {
        var result = new PSObject(task);
        if (row?.BaseObject is not PSCustomObject)
        {
            return result;
        }

        foreach (PSPropertyInfo column in row.Properties)
        {
            if (result.Properties[column.Name] is null && column is PSNoteProperty)
            {
                result.Properties.Add(new PSNoteProperty(column.Name, column.Value));
            }
        }

        return result;
    }
}
