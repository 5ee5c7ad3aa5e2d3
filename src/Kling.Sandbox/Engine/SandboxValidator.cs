using System.Collections.Immutable;
using System.Globalization;
using Kling.Requests;
using Kling.Sandbox.Replies;
using Kling.Schemas;

namespace Kling.Sandbox.Engine;

/// <summary>
/// Checks a video task against the schema of its model and reports every violation at once, under the service's codes. Where the schema
/// leaves something open (the version of a task id, the scheme of an address), the model's table is stricter.
/// </summary>
internal sealed class SandboxValidator
{
    private const int ShownLength = 64;

    private readonly SubmittedTask _task;
    private readonly ModelSpec _model;
    private readonly List<SandboxError> _errors;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    private SandboxValidator(SubmittedTask task)
    {
        _task = task;
        _model = task.Model;
        _errors = [.. task.Errors];
    }

    /// <summary>All violations; none when the task can be accepted.</summary>
    internal static IReadOnlyList<SandboxError> Check(SubmittedTask task)
    {
        var validator = new SandboxValidator(task);
        foreach (SchemaFault fault in task.Model.Schema.IsValid(task.Fields) ? [] : task.Model.Schema.Explain(task.Fields))
        {
            validator.Add(fault);
        }

        validator.CheckRows();
        return validator._errors;
    }

    internal static SandboxError Unknown(string path)
    {
        string shown = Shown(path);
        return new SandboxError("unknownParameter", $"Parameter '{shown}' is not known for this task.") { Parameters = [shown] };
    }

    /// <summary>A name of a request, which may be anything, a pasted key included.</summary>
    internal static string Shown(string path) => path.Length <= ShownLength ? path : path[..ShownLength];

    private void Add(SchemaFault fault)
    {
        if (_task.ImagePaths.Contains(fault.Path) && IsAboutForm(fault))
        {
            return;
        }

        string field = SubmittedTask.FieldOf(fault.Path);
        switch (fault.Keyword)
        {
            case "required" or "dependentRequired":
                AddMissing(field, fault.RequiredBy);
                break;
            case "additionalProperties":
                AddOnce(field, Unknown(field));
                break;
            case "const" or "enum":
                AddOnce(field, Error("unsupported", field, "has a value that is not supported", fault.Node));
                break;
            case "minLength" or "maxLength":
                AddOnce(field, Error("invalid", field, "has a length that is not allowed", fault.Node, "Length"));
                break;
            case "oneOf" when fault.Node == _model.SizesNode:
                AddDimensions();
                break;
            case "anyOf" or "oneOf" when fault.Path.Length > 0:
                AddAlternatives(field, fault);
                break;
            case "anyOf" or "oneOf" or "not":
                AddCombination(fault);
                break;
            case "type":
                AddOnce(field, Error("invalid", field, $"must be of type {TypeName(fault.Node) ?? "another kind"}", fault.Node));
                break;
            default:
                AddOnce(field, Error("invalid", field, "is outside its limits", fault.Node));
                break;
        }
    }

    /// <summary>Whether it says which texts may stand at a place, and not that none may.</summary>
    private static bool IsAboutForm(SchemaFault fault) => fault.Keyword is "format" or "pattern" or "minLength" or "maxLength"
        || Forms(fault).Any(form => form.Types == SchemaTypes.None || SchemaValue.Is(fault.Value, form.Types));

    private static ImmutableArray<SchemaNode> Forms(SchemaFault fault) => fault.Keyword switch
    {
        "anyOf" => fault.Node.AnyOf,
        "oneOf" => fault.Node.OneOf,
        _ => [],
    };

    /// <summary>An object that is missing is told by what it must hold.</summary>
    private void AddMissing(string field, string? requiredBy)
    {
        SchemaNode? node = field.Split('.').Aggregate((SchemaNode?)_model.Schema, (owner, name) => owner?.Property(name));
        if (node?.Required.Length > 0)
        {
            foreach (string inner in node.Required)
            {
                AddMissing($"{field}.{inner}", requiredBy);
            }

            return;
        }

        string message = requiredBy is null ? $"Parameter '{field}' is required." : $"Parameters '{requiredBy}' and '{field}' must be used together.";
        AddOnce(field, new SandboxError("missing" + CodeOf(field), message) { Parameters = [field], Type = node is null ? null : TypeName(node) });
    }

    private void AddDimensions()
    {
        // Of one side alone, or of a side of another type, that is said already.
        if (!_told.Contains("width") && !_told.Contains("height"))
        {
            _errors.Add(new SandboxError("unsupportedDimensions", "This combination of 'width' and 'height' is not supported.")
            {
                Parameters = ["width", "height"],
                Type = "integer",
                AllowedTexts = [.. _model.Sizes.Select(size => size.Dimensions)],
            });
        }
    }

    /// <summary>Alternatives for one field: allowed values, or forms of which one has the value's type and says more.</summary>
    private void AddAlternatives(string field, SchemaFault fault)
    {
        ImmutableArray<SchemaNode> forms = Forms(fault);
        SchemaNode[] near = [.. forms.Where(form => form.Types != SchemaTypes.None && SchemaValue.Is(fault.Value, form.Types))];
        if (forms.All(form => form.HasConst))
        {
            AddOnce(field, Error("unsupported", field, "has a value that is not supported", fault.Node));
        }
        else if (near.Length == 1 && near[0].Explain(fault.Value) is { Count: > 0 } inner)
        {
            foreach (SchemaFault one in inner)
            {
                Add(one with { Path = one.Path.Length == 0 ? fault.Path : $"{fault.Path}{(one.Path[0] == '[' ? "" : ".")}{one.Path}" });
            }
        }
        else
        {
            AddOnce(field, Error("invalid", field, "has none of the allowed forms", fault.Node));
        }
    }

    /// <summary>What cannot be used together: the fields that the condition names and the request has.</summary>
    private void AddCombination(SchemaFault fault)
    {
        IEnumerable<string> named = Mentioned(fault.Node, fault.Path).Concat(fault.Branch is { } branch ? Mentioned(branch.Owner.If!, branch.Path) : []);
        string[] fields = [.. named.Where(field => _task.At(field) is not null).Distinct()];
        if (_told.Add(string.Join('|', fields)))
        {
            _errors.Add(new SandboxError("incompatibleParameters", $"This combination of parameters is not supported{(fault.Node.Title is string title ? $": {title}" : "")}.")
            {
                Parameters = fields,
            });
        }
    }

    private static IEnumerable<string> Mentioned(SchemaNode node, string path)
    {
        string prefix = path.Length == 0 ? "" : path + ".";
        return node.Required.Where(name => node.Property(name) is null).Select(name => prefix + name)
            .Concat(node.Properties.SelectMany(part => Mentioned(part.Value, prefix + part.Key).DefaultIfEmpty(prefix + part.Key)))
            .Concat(node.AllOf.Concat(node.AnyOf).Concat(node.OneOf).Append(node.Not).OfType<SchemaNode>().SelectMany(part => Mentioned(part, path)));
    }

    private void CheckRows()
    {
        foreach (ParameterSpec row in _model.Parameters)
        {
            string field = row.WireName;
            if (_task.At(field) is not string text)
            {
                continue;
            }

            if (row.Format == ParameterSpec.UuidFormat && !SandboxIds.TryParseV4(text, out _))
            {
                AddOnce(field, new SandboxError("invalid" + CodeOf(field), $"Parameter '{field}' must be a UUID v4.") { Parameters = [field], Type = "string" });
            }
            else if (row.Format == ParameterSpec.UriFormat && !SandboxImage.IsWebAddress(text))
            {
                AddOnce(field, new SandboxError("invalid" + CodeOf(field), $"Parameter '{field}' must be an http or https address.") { Parameters = [field], Type = "string" });
            }
            else if (text.Length < row.WarnBelowLength || text.Length > row.WarnAboveLength)
            {
                // Simulated: whether the service has the lengths of sibling models here is not known.
                AddOnce(field, new SandboxError($"invalid{CodeOf(field)}Length", $"Parameter '{field}' must have {row.WarnBelowLength} to {row.WarnAboveLength} characters.")
                {
                    Parameters = [field],
                    Type = "string",
                    Min = row.WarnBelowLength,
                    Max = row.WarnAboveLength,
                });
            }
        }
    }

    private void AddOnce(string field, SandboxError error)
    {
        if (_told.Add(field))
        {
            _errors.Add(error);
        }
    }

    private static SandboxError Error(string kind, string field, string problem, SchemaNode node, string suffix = "")
    {
        object?[] allowed = field == "model" ? [.. ModelSpec.All.Select(model => model.Id).Distinct()]
            : node.HasConst ? [node.Const]
            : node.Enum.Length > 0 ? [.. node.Enum]
            : [.. node.OneOf.Concat(node.AnyOf).Where(form => form.HasConst).Select(form => form.Const)];
        bool areNumbers = allowed.All(value => value is decimal);
        return new SandboxError(kind + CodeOf(field) + suffix, $"Parameter '{field}' {problem}.")
        {
            Parameters = [field],
            Type = TypeName(node),
            AllowedTexts = areNumbers ? [] : [.. allowed.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null")],
            AllowedNumbers = areNumbers ? [.. allowed.OfType<decimal>()] : [],
            Min = node.Minimum ?? (decimal?)node.MinItems ?? node.MinLength,
            Max = node.Maximum ?? (decimal?)node.MaxItems ?? node.MaxLength,
            Multiplier = node.MultipleOf,
        };
    }

    /// <summary>The type's name in error objects.</summary>
    private static string? TypeName(SchemaNode node) => node.Types switch
    {
        SchemaTypes.None => null,
        SchemaTypes.Number => "float",
        _ => node.Types.ToString().ToLowerInvariant(),
    };

    /// <summary>The end of a field's error codes: <c>safety.mode</c> is called SafetyMode; <c>inputs</c> and the list around a part are not named.</summary>
    private static string CodeOf(string field)
    {
        string[] parts = field.Split('.');
        return string.Concat(parts.Where((part, i) => part.Length > 0 && (i == parts.Length - 1 || part is not ("inputs" or "frameImages")))
            .Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }
}
