using System.Collections;
using System.Globalization;
using System.Net;
using System.Security;

namespace Kling.Binding;

/// <summary>One or several task ids, as UUIDs or their text; what is not one is an error of its row.</summary>
internal sealed class TaskIdCellAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = CellAttribute.Unwrapped(inputData);
        IEnumerable items = value is IEnumerable list and not string ? list : new[] { value };
        var ids = new List<Guid>();
        foreach (object? item in items)
        {
            object? one = CellAttribute.Unwrapped(item);
            if ((one is Guid id || Guid.TryParse(Convert.ToString(one, CultureInfo.InvariantCulture), out id)) && id != Guid.Empty)
            {
                ids.Add(id);
            }
            else
            {
                // Text is the cell of a row, and its error must show. An object that was piped whole may have a property TaskId:
                // the inner cast exception lets the binder look for it.
                string message = $"TaskId: '{one}' was given; allowed: the UUID of a task.";
                throw CellAttribute.Refused(message, asksOn: one is not (string or null or Guid));
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
        object? value = CellAttribute.Unwrapped(inputData);
        if (value is null or SecureString || (value is string blank && string.IsNullOrWhiteSpace(blank)))
        {
            // An empty value is refused when the command begins, as every parameter's is.
            return value as SecureString;
        }

        if (value is not string text)
        {
            // What is ignored here would let the key of the environment pay.
            string advice = value is PSCredential ? "; of a credential, give its Password" : "";
            throw CellAttribute.Refused($"ApiKey: an object of type {value.GetType().Name} was given; allowed: a SecureString or text{advice}.");
        }

        engineIntrinsics?.Host.UI.Warn(
            "The key was given as plain text and may be kept in the shell's history. Prefer Connect-Kling -ApiKey (Read-Host -AsSecureString).");
        return new NetworkCredential("", text).SecurePassword;
    }
}
