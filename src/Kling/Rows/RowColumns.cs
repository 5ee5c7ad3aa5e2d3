using System.Management.Automation;
using Kling.Errors;
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

/// <summary>What was piped, in words, for the errors about the image of an input.</summary>
internal static class RowDescription
{
    // The columns of a row are the user's own; an object of .NET may have a hundred properties nobody chose.
    private const int MostColumns = 12;

    internal static string Of(PSObject row)
    {
        if (row.BaseObject is not PSCustomObject)
        {
            return $"The input is a {row.BaseObject.GetType().FullName}.";
        }

        string[] columns = [.. row.Properties.Select(column => column.Name)];
        string rest = columns.Length > MostColumns ? $" and {columns.Length - MostColumns} more" : "";
        return columns.Length == 0 ? "The row has no columns." : $"The row has the columns {string.Join(", ", columns.Take(MostColumns))}{rest}.";
    }

    /// <summary>The failure, with where to go: a sidecar names its image as seen from its own folder, and the row does not tell which that is.</summary>
    internal static InputException Hinted(InputException failure, PSObject? row) => failure.Id == ErrorCatalog.ImageNotFound && row?.Properties["SidecarVersion"] is not null
        ? new InputException(failure.Id, failure.Message + " A sidecar names its image as seen from the sidecar's own folder.", "Set-Location clips # or wherever the sidecar is")
        : failure;
}
