namespace Kling.Binding;

/// <summary>A cell holding a whole number; 5.0 is one, 5.5 is not.</summary>
internal sealed class IntegerCellAttribute(string parameter) : CellAttribute(parameter)
{
    private protected override object? Read(object value)
    {
        decimal? number = StrictNumber.Read(value);
        return number is decimal n && n == decimal.Truncate(n) && Math.Abs(n) <= int.MaxValue ? (int)n : null;
    }
}
