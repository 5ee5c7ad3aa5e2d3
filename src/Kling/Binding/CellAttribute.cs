using System.Collections;
using System.Globalization;
using Kling.Requests;

namespace Kling.Binding;

/// <summary>
/// The shared argument transformation: null, empty or blank means not given, and what cannot be read is an error of
/// its row. Without it PowerShell would leave the parameter unset or bend the value, and the item would be paid for.
/// </summary>
internal abstract class CellAttribute : ArgumentTransformationAttribute
{
    // What could not be read of the row that is being bound on this thread; null where that is an error at once.
    [ThreadStatic]
    private static List<string>? t_unreadable;

    private readonly string _parameter;
    private readonly Type? _listOf;

    /// <param name="parameter">The parameter's name.</param>
    /// <param name="listOf">For a parameter that takes several values: the type of one.</param>
    private protected CellAttribute(string parameter, Type? listOf = null)
    {
        _parameter = parameter;
        _listOf = listOf;
    }

    /// <summary>
    /// From now on, a cell that cannot be read is not given, and <see cref="TakeUnreadable"/> tells of it. Only for the row that is being
    /// bound, and only for a cmdlet that sends nothing: every cmdlet with such cells ends it before its own are read.
    /// </summary>
    internal static void CollectUnreadable() => t_unreadable = [];

    /// <summary>What could not be read since <see cref="CollectUnreadable"/>. From now on it is an error again.</summary>
    internal static string[] TakeUnreadable()
    {
        string[] unreadable = t_unreadable?.ToArray() ?? [];
        t_unreadable = null;
        return unreadable;
    }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return Value(inputData);
        }
        catch (ArgumentTransformationMetadataException unreadable) when (t_unreadable is not null)
        {
            // The binder may ask twice for a cell.
            if (!t_unreadable.Contains(unreadable.Message))
            {
                t_unreadable.Add(unreadable.Message);
            }

            return null;
        }
    }

    private object? Value(object? inputData)
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

    /// <summary>What is wrong with a value that cannot be read.</summary>
    private protected virtual string AllowedFor(object? item) => Allowed;

    // A blank among several values would quietly change how many videos are bought, so it is an error.
    private object ReadOne(object? item) => IsBlank(item)
        ? throw Unreadable("", $"{Allowed}, without blanks")
        : Read(item!) ?? throw Unreadable(Show(item), AllowedFor(item));

    private ArgumentTransformationMetadataException Unreadable(string given, string allowed) =>
        Refused($"{_parameter}: '{given}' was given; allowed: {allowed}.");

    /// <summary>The failure of a transformation, whose message PowerShell shows as it is.</summary>
    /// <param name="message">What was given and what is allowed.</param>
    /// <param name="asksOn">Whether the binder swallows it and goes on to look for a property of the object.</param>
    internal static ArgumentTransformationMetadataException Refused(string message, bool asksOn = false) =>
        asksOn ? new(ConsoleText.Of(message), new PSInvalidCastException()) : new(ConsoleText.Of(message));

    /// <summary>The value itself, where PowerShell wrapped it; a database's null is null.</summary>
    internal static object? Unwrapped(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) is var bare && bare is DBNull ? null : bare;

    private static bool IsBlank(object? value) => value is null || (value is string text && string.IsNullOrWhiteSpace(text));

    private static string Show(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>A cell holding text; objects other than text, numbers and addresses are refused.</summary>
internal sealed class TextCellAttribute(string parameter, bool list = false) : CellAttribute(parameter, list ? typeof(string) : null)
{
    private protected override string AllowedOtherwise => "text";

    private protected override string AllowedFor(object? item) =>
        item is DateTime ? "text; this was read as a date and its own text is lost (ConvertFrom-Json -DateKind String keeps it)" : Allowed;

    // ConvertFrom-Json makes a date of text that looks like one, and true of a bare word: neither is what was written.
    private protected override object? Read(object value) => value switch
    {
        DateTime or bool => null,
        string text => text,
        Uri address => address.OriginalString,
        Enum name => name.ToString(),
        IConvertible convertible => convertible.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}

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

/// <summary>A cell holding a whole number; 5.0 is one, 5.5 is not.</summary>
internal sealed class IntegerCellAttribute(string parameter) : CellAttribute(parameter)
{
    private protected override object? Read(object value)
    {
        decimal? number = StrictNumber.Read(value);
        return number is decimal n && n == decimal.Truncate(n) && Math.Abs(n) <= int.MaxValue ? (int)n : null;
    }
}

/// <summary>A cell holding a number.</summary>
internal sealed class DecimalCellAttribute(string parameter, bool list = false) : CellAttribute(parameter, list ? typeof(decimal) : null)
{
    private protected override object? Read(object value) => StrictNumber.Read(value);
}

/// <summary>An amount in USD, zero or more.</summary>
internal sealed class MoneyCellAttribute(string parameter) : CellAttribute(parameter)
{
    private protected override string Allowed => "an amount in USD, zero or more, with a decimal point";

    private protected override object? Read(object value) => StrictNumber.Read(value) is decimal amount && amount >= 0 ? amount : null;
}

/// <summary>One of a few fixed words, in any case. Not a ValidateSet: with that, PowerShell completes by itself and does not say what each means.</summary>
internal sealed class ChoiceCellAttribute(string parameter, bool list = false) : CellAttribute(parameter, list ? typeof(string) : null)
{
    private readonly string _parameter = parameter;

    private protected override string AllowedOtherwise => string.Join(", ", ValueMeanings.Of(_parameter).Keys);

    private protected override object? Read(object value) =>
        ValueMeanings.Of(_parameter).Keys.FirstOrDefault(known => known.Equals(value as string, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Seconds as a number, or a TimeSpan; a bare number is never ticks.</summary>
internal sealed class TimeoutCellAttribute() : CellAttribute("Timeout")
{
    private protected override string Allowed => "seconds (0 looks once, -1 has no limit) or a TimeSpan";

    private protected override object? Read(object value)
    {
        decimal? seconds = value is TimeSpan span ? (decimal)span.TotalSeconds : StrictNumber.Read(value);
        return seconds is decimal s && s <= 31_536_000m && (s >= 0 || s == -1m) ? seconds : null;
    }
}
