using System.Management.Automation;

namespace Kling.Binding;

/// <summary>A cell holding true, false, 1 or 0.</summary>
internal sealed class BooleanCellAttribute(string parameter) : CellAttribute(parameter)
{
    private protected override string Allowed => "true, false, 1 or 0";

    private protected override object? Read(object value) => value switch
    {
        bool flag => flag,
        SwitchParameter flag => flag.IsPresent,
        string text when text.Trim() is var t && (t == "1" || t.Equals("true", StringComparison.OrdinalIgnoreCase)) => true,
        string text when text.Trim() is var t && (t == "0" || t.Equals("false", StringComparison.OrdinalIgnoreCase)) => false,
        _ => StrictNumber.Read(value) switch { 1m => true, 0m => false, _ => null },
    };
}
