using System.Collections.Immutable;

namespace Kling.Schemas;

/// <summary>
/// The evaluation. One and the same walk gives the verdict and the reasons: without a trace it ends at the first fault and allocates
/// nothing, with one it collects all faults.
/// </summary>
public sealed partial class SchemaNode
{
    /// <summary>
    /// Whether the schema admits a value: null, a bool, a decimal, an int, a long, a string, or a tree of these in
    /// <see cref="IReadOnlyList{T}"/> and <see cref="IReadOnlyDictionary{TKey, TValue}"/> (with names as keys, compared exactly).
    /// </summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">Something in the value is of another type.</exception>
    public bool IsValid(object? value) => Check(value, null);

    /// <summary>
    /// Every fault of a value; none for a value that <see cref="IsValid"/> admits. What fails inside of <c>allOf</c>, <c>then</c> or
    /// <c>else</c> is told by itself. <c>anyOf</c>, <c>oneOf</c>, <c>not</c> and <c>contains</c> are one fault each.
    /// </summary>
    /// <param name="value">The value, as for <see cref="IsValid"/>.</param>
    /// <exception cref="ArgumentException">Something in the value is of another type.</exception>
    public IReadOnlyList<SchemaFault> Explain(object? value)
    {
        var faults = new List<SchemaFault>();
        Check(value, new SchemaTrace(faults));
        return faults;
    }

    private bool Check(object? value, SchemaTrace? trace)
    {
        int known = trace?.Faults.Count ?? 0;
        if (IsNever && Stops(trace, "false", value))
        {
            return false;
        }

        if (Types != SchemaTypes.None && !SchemaValue.Is(value, Types) && Stops(trace, "type", value))
        {
            return false;
        }

        if (HasConst && !SchemaValue.AreEqual(Const, value) && Stops(trace, "const", value))
        {
            return false;
        }

        if (Enum.Length > 0 && !IsListed(value) && Stops(trace, "enum", value))
        {
            return false;
        }

        return CheckByType(value, trace) && CheckParts(value, trace) && (trace is null || trace.Faults.Count == known);
    }

    private bool IsListed(object? value)
    {
        foreach (object? allowed in Enum)
        {
            if (SchemaValue.AreEqual(allowed, value))
            {
                return true;
            }
        }

        return false;
    }

    private bool CheckByType(object? value, SchemaTrace? trace) => value switch
    {
        null or bool => true,
        string text => CheckText(text, trace),
        decimal number => CheckNumber(number, value, trace),
        int number => CheckNumber(number, value, trace),
        long number => CheckNumber(number, value, trace),
        IReadOnlyDictionary<string, object?> members => CheckObject(members, trace),
        IReadOnlyList<object?> items => CheckArray(items, trace),
        _ => throw SchemaValue.NoJson(value),
    };

    private bool CheckText(string text, SchemaTrace? trace)
    {
        if (MinLength is int least && text.Length < 2L * least && SchemaValue.CodePoints(text) < least && Stops(trace, "minLength", text))
        {
            return false;
        }

        if (MaxLength is int most && text.Length > most && SchemaValue.CodePoints(text) > most && Stops(trace, "maxLength", text))
        {
            return false;
        }

        if (Format is not null && !SchemaFormat.Matches(Format, text) && Stops(trace, "format", text))
        {
            return false;
        }

        return Expression is null || Expression.IsMatch(text) || !Stops(trace, "pattern", text);
    }

    private bool CheckNumber(decimal number, object value, SchemaTrace? trace)
    {
        if (number < Minimum && Stops(trace, "minimum", value))
        {
            return false;
        }

        if (number > Maximum && Stops(trace, "maximum", value))
        {
            return false;
        }

        if (number <= ExclusiveMinimum && Stops(trace, "exclusiveMinimum", value))
        {
            return false;
        }

        if (number >= ExclusiveMaximum && Stops(trace, "exclusiveMaximum", value))
        {
            return false;
        }

        return MultipleOf is not decimal step || number % step == 0m || !Stops(trace, "multipleOf", value);
    }

    private bool CheckObject(IReadOnlyDictionary<string, object?> members, SchemaTrace? trace)
    {
        foreach (string name in Required)
        {
            if (!members.ContainsKey(name) && Stops(trace?.At(name), "required", null))
            {
                return false;
            }
        }

        foreach ((string name, ImmutableArray<string> others) in DependentRequired)
        {
            if (members.ContainsKey(name) && !CheckDependents(members, name, others, trace))
            {
                return false;
            }
        }

        int named = 0;
        foreach ((string name, SchemaNode node) in Properties)
        {
            if (members.TryGetValue(name, out object? value))
            {
                named++;
                if (!node.Check(value, trace?.At(name)) && trace is null)
                {
                    return false;
                }
            }
        }

        return AdditionalProperties is null || named == members.Count || CheckAdditional(members, AdditionalProperties, trace);
    }

    private bool CheckDependents(IReadOnlyDictionary<string, object?> members, string name, ImmutableArray<string> others, SchemaTrace? trace)
    {
        foreach (string other in others)
        {
            if (!members.ContainsKey(other) && Stops(trace?.At(other), "dependentRequired", null, name))
            {
                return false;
            }
        }

        return true;
    }

    private bool CheckAdditional(IReadOnlyDictionary<string, object?> members, SchemaNode others, SchemaTrace? trace)
    {
        if (trace is null && others.IsNever)
        {
            return false;
        }

        foreach ((string name, object? value) in members)
        {
            if (Property(name) is not null)
            {
                continue;
            }

            if (others.IsNever)
            {
                Stops(trace?.At(name), "additionalProperties", value);
            }
            else if (!others.Check(value, trace?.At(name)) && trace is null)
            {
                return false;
            }
        }

        return true;
    }

    private bool CheckArray(IReadOnlyList<object?> items, SchemaTrace? trace)
    {
        int count = items.Count;
        if (count < MinItems && Stops(trace, "minItems", items))
        {
            return false;
        }

        if (count > MaxItems && Stops(trace, "maxItems", items))
        {
            return false;
        }

        for (int i = 0; Items is not null && i < count; i++)
        {
            if (!Items.Check(items[i], trace?.At(i)) && trace is null)
            {
                return false;
            }
        }

        return Contains is null || HoldsFor(Contains, items) || !Stops(trace, "contains", items);
    }

    private static bool HoldsFor(SchemaNode wanted, IReadOnlyList<object?> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (wanted.IsValid(items[i]))
            {
                return true;
            }
        }

        return false;
    }

    private bool CheckParts(object? value, SchemaTrace? trace)
    {
        foreach (SchemaNode part in AllOf)
        {
            if (!part.Check(value, trace) && trace is null)
            {
                return false;
            }
        }

        if (AnyOf.Length > 0 && CountHolding(AnyOf, value, upTo: 1) == 0 && Stops(trace, "anyOf", value))
        {
            return false;
        }

        if (OneOf.Length > 0 && CountHolding(OneOf, value, upTo: 2) != 1 && Stops(trace, "oneOf", value))
        {
            return false;
        }

        if (Not is not null && Not.IsValid(value) && Stops(trace, "not", value))
        {
            return false;
        }

        return If is null || CheckBranch(If.IsValid(value), value, trace);
    }

    private bool CheckBranch(bool held, object? value, SchemaTrace? trace) => (held ? Then : Else) is not SchemaNode branch
        || branch.Check(value, trace?.Under(new SchemaBranch(this, held, trace.Path, value, trace.Branch)))
        || trace is not null;

    private static int CountHolding(ImmutableArray<SchemaNode> nodes, object? value, int upTo)
    {
        int count = 0;
        foreach (SchemaNode node in nodes)
        {
            if (node.IsValid(value) && ++count == upTo)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Notes a fault; true when nobody wants the other faults.</summary>
    private bool Stops(SchemaTrace? trace, string keyword, object? value, string? requiredBy = null)
    {
        trace?.Faults.Add(new SchemaFault(trace.Path, keyword, this, value) { RequiredBy = requiredBy, Branch = trace.Branch });
        return trace is null;
    }
}
