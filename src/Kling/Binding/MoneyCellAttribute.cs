namespace Kling.Binding;

/// <summary>An amount in USD, zero or more.</summary>
internal sealed class MoneyCellAttribute(string parameter) : CellAttribute(parameter)
{
    private protected override string Allowed => "an amount in USD, zero or more, with a decimal point";

    private protected override object? Read(object value) => StrictNumber.Read(value) is decimal amount && amount >= 0 ? amount : null;
}
