using System.Collections;
using System.Management.Automation;
using Kling.Requests;

namespace Kling.Binding;

/// <summary>
/// The shared argument transformation: null, empty or blank means not given, and what cannot be read is an error of
/// its row. Without it PowerShell would leave the parameter unset or bend the value, and the item would be paid for.
/// </summary>
internal abstract class CellAttribute : ArgumentTransformationAttribute
{
    private readonly string _parameter;

    private protected CellAttribute(string parameter) => _parameter = parameter;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is IList { Count: 1 } list)
        {
            value = list[0] is PSObject inner ? inner.BaseObject : list[0];
        }

        if (value is null || (value is string text && string.IsNullOrWhiteSpace(text)))
        {
            return null;
        }

        // The exception must carry no PSInvalidCastException, or the binder would swallow it.
        return Read(value) ?? throw new ArgumentTransformationMetadataException(
            $"{_parameter}: '{Show(value)}' was given; allowed: {Allowed}.");
    }

    /// <summary>What is allowed, for the error.</summary>
    private protected virtual string Allowed => ModelSpec.Kling21Standard.Parameter(_parameter)?.AllowedText ?? "a number";

    /// <summary>Reads the value, or returns null when it cannot be read.</summary>
    private protected abstract object? Read(object value);

    private static string Show(object value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
