using System.Collections;
using System.Management.Automation;

namespace Kling.Hosting.StandIns;

/// <summary>
/// Stand-in for Select-Object. Like the real one, -First ends the commands before it as soon as it has enough, and
/// -Property makes new objects typed Selected.*.
/// </summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectStandIn : PSCmdlet
{
    private readonly Queue<PSObject> _held = new();
    private readonly HashSet<string> _seen = [];
    private int _skipped;
    private int _written;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Names, wildcards or calculated properties (Name or Label, and Expression).</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <summary>A property whose value takes the object's place.</summary>
    [Parameter]
    public string? ExpandProperty { get; set; }

    /// <summary>Names or wildcards left out of Property.</summary>
    [Parameter]
    public string[]? ExcludeProperty { get; set; }

    /// <summary>How many from the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>How many from the end.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>How many to leave out at the start.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <summary>Leaves out what was written before.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (First is not null && Last is not null)
        {
            throw new NotSupportedException("The Select-Object stand-in takes -First or -Last, not both.");
        }

        if (First == 0)
        {
            throw EngineInternals.StopUpstream(this);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
        {
            return;
        }

        PSObject item = InputObject ?? new PSObject();
        if (Last is not null)
        {
            _held.Enqueue(item);
            if (_held.Count > Last + Skip)
            {
                _held.Dequeue();
            }

            return;
        }

        if (_skipped < Skip)
        {
            _skipped++;
            return;
        }

        Emit(item);
        if (First is not null && ++_written >= First)
        {
            throw EngineInternals.StopUpstream(this);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // With -Last, -Skip counts from the end.
        while (Last is not null && _held.Count > Skip)
        {
            Emit(_held.Dequeue());
        }
    }

    private void Emit(PSObject item)
    {
        object? result = Property is null && ExcludeProperty is null ? item : Project(item);
        if (ExpandProperty is null)
        {
            WriteOnce(result);
            return;
        }

        PSPropertyInfo? property = item.Properties.Match(ExpandProperty).FirstOrDefault();
        if (property is null)
        {
            WriteError(new ErrorRecord(new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found."),
                "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
            return;
        }

        if (property.Value is IEnumerable values and not string and not IDictionary)
        {
            foreach (object? value in values)
            {
                WriteOnce(value);
            }
        }
        else
        {
            WriteOnce(property.Value);
        }
    }

    private void WriteOnce(object? value)
    {
        if (!Unique || _seen.Add(Identity(value)))
        {
            WriteObject(value);
        }
    }

    private static string Identity(object? value) => value is PSObject { BaseObject: PSCustomObject } row
        ? string.Join("\u0001", row.Properties.Select(property => $"{property.Name}\u0002{property.Value}"))
        : value?.ToString() ?? "";

    private PSObject Project(PSObject item)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, "Selected." + (item.BaseObject is PSCustomObject ? "System.Management.Automation.PSCustomObject" : item.BaseObject.GetType().FullName));
        foreach (object entry in Property ?? ["*"])
        {
            foreach ((string name, object? value) in Values(item, entry is PSObject wrapped ? wrapped.BaseObject : entry))
            {
                bool excluded = ExcludeProperty?.Any(pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(name)) is true;
                if (!excluded && result.Properties[name] is null)
                {
                    result.Properties.Add(new PSNoteProperty(name, value));
                }
            }
        }

        return result;
    }

    private static IEnumerable<(string Name, object? Value)> Values(PSObject item, object entry)
    {
        switch (entry)
        {
            case IDictionary calculated:
                object expression = Key(calculated, "Expression") ?? throw new PSArgumentException("A calculated property needs an Expression.");
                string name = (Key(calculated, "Name") ?? Key(calculated, "Label") ?? expression).ToString()!;
                return [(name, expression is ScriptBlock block ? Evaluate(block, item) : item.Properties[expression.ToString()!]?.Value)];
            case ScriptBlock script:
                return [(script.ToString(), Evaluate(script, item))];
            default:
                string text = entry.ToString()!;
                return WildcardPattern.ContainsWildcardCharacters(text)
                    ? item.Properties.Match(text).Select(property => (property.Name, Read(property))).ToArray()
                    : [(item.Properties[text]?.Name ?? text, item.Properties[text] is { } found ? Read(found) : null)];
        }
    }

    private static object? Key(IDictionary calculated, string name)
    {
        // E, N and L are the short forms pwsh takes.
        foreach (DictionaryEntry pair in calculated)
        {
            if (pair.Key is string key && key.Length > 0 && name.StartsWith(key, StringComparison.OrdinalIgnoreCase))
            {
                return pair.Value;
            }
        }

        return null;
    }

    private static object? Read(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    private static object? Evaluate(ScriptBlock block, PSObject item)
    {
        var found = block.InvokeWithContext(null, [new PSVariable("_", item)]);
        return found.Count switch { 0 => null, 1 => found[0], _ => found.ToArray() };
    }
}
