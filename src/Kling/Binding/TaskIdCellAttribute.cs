using System.Collections;
using System.Management.Automation;
using System.Security;

namespace Kling.Binding;

/// <summary>One or several task ids, as UUIDs or their text; what is not one is an error of its row.</summary>
internal sealed class TaskIdCellAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        IEnumerable items = value is IEnumerable list and not string ? list : new[] { value };
        var ids = new List<Guid>();
        foreach (object? item in items)
        {
            object? one = item is PSObject inner ? inner.BaseObject : item;
            if (one is Guid id || Guid.TryParse(Convert.ToString(one, System.Globalization.CultureInfo.InvariantCulture), out id))
            {
                ids.Add(id);
            }
            else
            {
                // Text is a cell of a row, and its error must show; with an inner cast exception the binder goes on
                // and looks for the TaskId property of an object that was piped whole.
                string message = $"TaskId: '{one}' was given; allowed: the UUID of a task.";
                throw one is string or null
                    ? new ArgumentTransformationMetadataException(message)
                    : new ArgumentTransformationMetadataException(message, new PSInvalidCastException());
            }
        }

        return ids.ToArray();
    }
}

/// <summary>Accepts a key as plain text too, which PowerShell's own binder refuses.</summary>
internal sealed class KeyTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not string text || text.Length == 0)
        {
            return value is SecureString ? value : null;
        }

        engineIntrinsics?.Host.UI.WriteWarningLine("The key was given as plain text and may be kept in the shell's history. Prefer Connect-Kling -ApiKey (Read-Host -AsSecureString).");
        return new System.Net.NetworkCredential("", text).SecurePassword;
    }
}
