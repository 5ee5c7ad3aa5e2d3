using System.Collections;
using System.Globalization;
using System.Net;
using System.Security;
using Kling.Session;

namespace Kling.Binding;

/// <summary>
/// What names tasks: UUIDs, the start of one, or a saved video or its sidecar. What can name none is an error of its row; which task a name
/// means is looked up later (<see cref="TaskNames"/>).
/// </summary>
internal sealed class TaskIdCellAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        return CellAttribute.Unwrapped(inputData) is IEnumerable list and not string
            ? list.Cast<object?>().Select(Name).ToArray()
            : new[] { Name(inputData) };
    }

    private static string Name(object? item) => CellAttribute.Unwrapped(item) switch
    {
        Guid id when id != Guid.Empty => id.ToString("D"),
        FileInfo file => file.FullName,
        // A start without letters is a number on the command line. As it was typed, PowerShell knows it only where it is the only one.
        int number when item is not PSObject => number.ToString("D8", CultureInfo.InvariantCulture),
        int or long or double when LanguagePrimitives.ConvertTo<string>(item) is var typed && TaskNames.MayName(typed) => typed,
        string text when TaskNames.MayName(text) => text.Trim(),

        // Text is the cell of a row, and its error must show. An object that was piped whole may have a property TaskId:
        // the inner cast exception lets the binder look for it.
        var value => throw CellAttribute.Refused($"TaskId: '{Convert.ToString(value, CultureInfo.InvariantCulture)}' was given; allowed: {TaskNames.Allowed}.", asksOn: value is not (string or null or Guid)),
    };
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
