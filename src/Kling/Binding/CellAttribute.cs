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
    private readonly Type? _listOf;

    /// <param name="parameter">The parameter's name.</param>
    /// <param name="listOf">For a parameter that takes several values: the type of one.</param>
    private protected CellAttribute(string parameter, Type? listOf = null)
    {
        _parameter = parameter;
        _listOf = listOf;
    }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Unwrapped(inputData);
        object?[] items = value is IList list ? [.. list.Cast<object?>().Select(Unwrapped)] : [value];
        if (items.All(IsBlank))
        {
            return null;
        }

        if (_listOf is null)
        {
            return items.Length == 1 ? ReadOne(items[0]) : throw Unreadable(string.Join(", ", items.Select(Show)), Allowed);
        }

        var values = Array.CreateInstance(_listOf, items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            values.SetValue(ReadOne(items[i]), i);
        }

        return values;
    }

    /// <summary>What is allowed, for the error.</summary>
    private protected virtual string Allowed => ModelSpec.Kling21Standard.Parameter(_parameter)?.AllowedText ?? AllowedOtherwise;

    /// <summary>What is allowed where the model says nothing.</summary>
    private protected virtual string AllowedOtherwise => "a number";

    /// <summary>Reads the value, or returns null when it cannot be read.</summary>
    private protected abstract object? Read(object value);

    // A blank among several values would quietly change how many videos are bought, so it is none of the readable ones.
    private object ReadOne(object? item) => IsBlank(item) ? throw Unreadable("", $"{Allowed}, without blanks") : Read(item!) ?? throw Unreadable(Show(item), Allowed);

    // The exception must carry no PSInvalidCastException, or the binder would swallow it.
    private ArgumentTransformationMetadataException Unreadable(string given, string allowed) =>
        new($"{_parameter}: '{given}' was given; allowed: {allowed}.");

    private static object? Unwrapped(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static bool IsBlank(object? value) => value is null || (value is string text && string.IsNullOrWhiteSpace(text));

    private static string Show(object? value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
