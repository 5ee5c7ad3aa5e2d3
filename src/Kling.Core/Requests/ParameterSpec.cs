using System.Globalization;
using Kling.Schemas;

namespace Kling.Requests;

/// <summary>One row of a model's table: a field of the request and what it allows.</summary>
public sealed class ParameterSpec
{
    /// <summary>The <see cref="Format"/> of a task id.</summary>
    public const string UuidFormat = "UUID v4";

    /// <summary>The <see cref="Format"/> of an address.</summary>
    public const string UriFormat = "URI";

    /// <summary>The parameter's name in PowerShell; the wire name where the field is no parameter.</summary>
    public string Name { get; init; } = "";

    /// <summary>The field's path on the wire, its levels joined with dots; items of a list have no level of their own.</summary>
    public string WireName
    {
        get;
        init
        {
            field = value;
            string[] names = value.Split('.');
            WireParents = names[..^1];
            WireField = names[^1];
        }
    } = "";

    /// <summary>The objects that hold the field, from the outermost; none for a field of the request itself.</summary>
    internal string[] WireParents { get; private init; } = [];

    /// <summary>The field's own name in its object.</summary>
    internal string WireField { get; private init; } = "";

    /// <summary>What it is for, in the words of the schema; null where that says nothing.</summary>
    public string? Description { get; init; }

    /// <summary>What kind of value it is.</summary>
    public ParameterType Type { get; init; }

    /// <summary>Whether the user may set it; false for what the model fixes.</summary>
    public bool IsParameter { get; init; } = true;

    /// <summary>Whether the service demands it (in a nested object: once its object is there).</summary>
    public bool Required { get; init; }

    /// <summary>The only value the model takes; null where there is a choice.</summary>
    public string? Fixed { get; init; }

    /// <summary>
    /// What the service assumes when the field is left out: a decimal, a bool or a string; null when the page names nothing.
    /// </summary>
    public object? Default { get; init; }

    /// <summary>The smallest value, number of items, or length of a text in characters.</summary>
    public decimal? Min { get; init; }

    /// <summary>The largest value, number of items, or length of a text in characters.</summary>
    public decimal? Max { get; init; }

    /// <summary>The distance between two allowed values, counted from <see cref="Min"/>.</summary>
    public decimal? Step { get; init; }

    /// <summary>The allowed values in the spelling of the wire; empty where other rules say what is allowed.</summary>
    public IReadOnlyList<string> AllowedValues { get; init; } = [];

    /// <summary><see cref="UuidFormat"/>, <see cref="UriFormat"/> or null.</summary>
    public string? Format { get; init; }

    /// <summary>A length in characters below which the service may refuse the text; a warning, never a refusal.</summary>
    public int? WarnBelowLength { get; init; }

    /// <summary>A length in characters beyond which the service may refuse the text; a warning, never a refusal.</summary>
    public int? WarnAboveLength { get; init; }

    /// <summary>The <see cref="Name"/> of the parameter that must be given together with this one.</summary>
    public string? PairedWith { get; init; }

    /// <summary>What is allowed, in words.</summary>
    public string AllowedText => PairedWith is null ? Rule() : $"{Rule()}, together with {PairedWith}";

    /// <summary><see cref="Default"/> as text; null when there is none.</summary>
    public string? DefaultText => Default switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        decimal number => NumberText.Minimal(number),
        _ => Convert.ToString(Default, CultureInfo.InvariantCulture),
    };

    /// <summary>The wire's spelling of an allowed value, whatever the case it was given in; null when it is not allowed.</summary>
    /// <param name="value">The value as it was given.</param>
    public string? Canonical(string value)
    {
        foreach (string allowed in AllowedValues)
        {
            if (string.Equals(allowed, value, StringComparison.OrdinalIgnoreCase))
            {
                return allowed;
            }
        }

        return null;
    }

    /// <summary>Whether a value is allowed, as far as this row says.</summary>
    /// <param name="value">A text, a number, a boolean, or a list.</param>
    public bool Takes(object value) => value switch
    {
        string text => Type is ParameterType.Text && (AllowedValues.Count > 0 ? Canonical(text.Trim()) is not null : IsWithin(SchemaValue.CodePoints(text))),
        bool => Type is ParameterType.Boolean,
        int number => Type is ParameterType.Integer or ParameterType.Number && Allows(number),
        decimal number => Type is ParameterType.Integer or ParameterType.Number && Allows(number),
        IReadOnlyList<object?> items => Type is ParameterType.Array && IsWithin(items.Count),
        _ => false,
    };

    private bool IsWithin(int size) => !(size < Min) && !(size > Max);

    /// <summary>Whether a number keeps to <see cref="AllowedValues"/>, <see cref="Min"/>, <see cref="Max"/> and <see cref="Step"/>.</summary>
    /// <param name="value">The number.</param>
    public bool Allows(decimal value)
    {
        if (AllowedValues.Count > 0)
        {
            return AllowedValues.Contains(NumberText.Minimal(value));
        }

        return !(value < Min) && !(value > Max)
            && !(Type is ParameterType.Integer && value != decimal.Truncate(value))
            && (Step is not decimal step || (value - (Min ?? 0m)) % step == 0m);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {AllowedText}";

    private string Rule()
    {
        if (AllowedValues.Count > 0)
        {
            return WordList.Or(AllowedValues);
        }

        if (Type is ParameterType.Array)
        {
            return WireName == ModelReader.Frames
                ? "one image: a UUID, an http or https address, a data URI, base64 text or a file"
                : $"a list of {Range()} items";
        }

        return Format switch
        {
            UuidFormat => "a version 4 UUID",
            UriFormat => "an absolute http or https address",
            _ when Type is ParameterType.Boolean => "true or false",
            _ when Type is ParameterType.Text => WarnAboveLength is int length
                ? FormattableString.Invariant($"any text, best at most {length} characters")
                : Min is null && Max is null ? "any text" : $"a text of {Range()} characters",
            _ => Range(),
        };
    }

    private string Range()
    {
        string range = (Min, Max) switch
        {
            (decimal min, decimal max) => $"{NumberText.Minimal(min)} to {NumberText.Minimal(max)}",
            (decimal min, null) => $"at least {NumberText.Minimal(min)}",
            (null, decimal max) => $"at most {NumberText.Minimal(max)}",
            _ => "a number",
        };
        return Step is decimal step ? $"{range} in steps of {NumberText.Minimal(step)}" : range;
    }
}

/// <summary>What kind of value a request field holds (model page, Type).</summary>
public enum ParameterType
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number that may have a fraction.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A list; its <see cref="ParameterSpec.Min"/> and <see cref="ParameterSpec.Max"/> count the items.</summary>
    Array,
}
