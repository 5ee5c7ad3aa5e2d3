namespace Kling.Binding;

/// <summary>A cell holding a number.</summary>
internal sealed class DecimalCellAttribute(string parameter) : CellAttribute(parameter)
{
    private protected override object? Read(object value) => StrictNumber.Read(value);
}
