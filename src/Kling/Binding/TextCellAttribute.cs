using System.Globalization;

namespace Kling.Binding;

/// <summary>A cell holding text; objects other than text, numbers and addresses are refused.</summary>
internal sealed class TextCellAttribute(string parameter, bool list = false) : CellAttribute(parameter, list ? typeof(string) : null)
{
    private protected override string AllowedOtherwise => "text";

    private protected override object? Read(object value) => value switch
    {
        string text => text,
        Uri address => address.OriginalString,
        Enum name => name.ToString(),
        IConvertible convertible => convertible.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
