namespace Kling.Binding;

/// <summary>A cell holding a number.</summary>
internal sealed class DecimalCellAttribute(string parameter, bool list = false) : CellAttribute(parameter, list ? typeof(decimal) : null)
{
    private protected override object? Read(object value) => StrictNumber.Read(value);
}
