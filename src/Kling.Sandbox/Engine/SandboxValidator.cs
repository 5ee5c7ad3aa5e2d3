using System.Globalization;
using System.Text.Json;
using Kling.Sandbox.Replies;

namespace Kling.Sandbox.Engine;

/// <summary>Checks a <c>videoInference</c> task against <see cref="SandboxSchema"/> and reports every violation at once.</summary>
internal sealed class SandboxValidator
{
    private readonly List<SandboxError> _errors = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private SandboxImage? _image;

    private SandboxValidator()
    {
    }

    /// <summary>All violations; none when the task can be accepted.</summary>
    /// <param name="task">The task object.</param>
    /// <param name="image">Its image, decoded once for all that follows, since it may be large; null where there is none to use.</param>
    internal static IReadOnlyList<SandboxError> Check(JsonElement task, out SandboxImage? image)
    {
        var validator = new SandboxValidator();
        validator.CheckObject(task, string.Empty);
        validator.CheckRequired();
        validator.CheckSize(task);
        image = validator._image;
        return validator._errors;
    }

    /// <summary>The one image value of a task: the text or the object's <c>image</c>.</summary>
    internal static JsonElement? ImageOf(JsonElement frame) =>
        frame.ValueKind != JsonValueKind.Object ? frame : frame.TryGetProperty("image", out JsonElement image) ? image : null;

    private void CheckObject(JsonElement item, string prefix)
    {
        foreach (JsonProperty property in item.EnumerateObject())
        {
            string path = prefix + property.Name;
            if (!SandboxSchema.Fields.TryGetValue(path, out SandboxField? field))
            {
                _errors.Add(Unknown(path));
            }
            else if (!_seen.Add(path))
            {
                _errors.Add(new SandboxError("duplicateParameter", $"Parameter '{path}' is given twice.") { Parameters = [path] });
            }
            else
            {
                CheckValue(field, property.Value);
            }
        }
    }

    internal static SandboxError Unknown(string path)
    {
        // The name comes from the request and may be anything, a pasted key included.
        string shown = path.Length <= 64 ? path : path[..64];
        return new SandboxError("unknownParameter", $"Parameter '{shown}' is not known for this task.") { Parameters = [shown] };
    }

    private void CheckValue(SandboxField field, JsonElement value)
    {
        switch (field.Type)
        {
            case SandboxFieldType.Object when value.ValueKind == JsonValueKind.Object:
                CheckObject(value, field.Path + ".");
                break;
            case SandboxFieldType.Array when value.ValueKind == JsonValueKind.Array:
                CheckFrames(field, value);
                break;
            case SandboxFieldType.Flag when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                break;
            case SandboxFieldType.Uuid when value.ValueKind == JsonValueKind.String && SandboxIds.TryParseV4(value.GetString(), out _):
                break;
            case SandboxFieldType.Uri when value.ValueKind == JsonValueKind.String && SandboxImage.IsWebAddress(value.GetString()):
                break;
            case SandboxFieldType.Text when value.ValueKind == JsonValueKind.String:
                CheckText(field, value.GetString()!);
                break;
            case SandboxFieldType.Integer or SandboxFieldType.Number when value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number)
                && (field.Type == SandboxFieldType.Number || decimal.Truncate(number) == number):
                CheckNumber(field, number);
                break;
            default:
                _errors.Add(Invalid(field, $"must be {Describe(field)}"));
                break;
        }
    }

    private void CheckText(SandboxField field, string text)
    {
        if (field.Texts.Length > 0 && Array.IndexOf(field.Texts, text) < 0)
        {
            _errors.Add(Unsupported(field));
        }
        else if (text.Length < field.Min || text.Length > field.Max)
        {
            _errors.Add(new SandboxError($"invalid{field.Code}Length", $"Parameter '{field.Path}' must have {field.Min} to {field.Max} characters.")
            {
                Parameters = [field.Path],
                Type = field.TypeName,
                Min = field.Min,
                Max = field.Max,
            });
        }
    }

    private void CheckNumber(SandboxField field, decimal number)
    {
        if (field.Numbers.Length > 0 && Array.IndexOf(field.Numbers, number) < 0)
        {
            _errors.Add(Unsupported(field));
        }
        else if (number < field.Min || number > field.Max || (field.Step is { } step && (number - (field.Min ?? 0)) % step != 0))
        {
            _errors.Add(Invalid(field, "is outside its limits"));
        }
    }

    private void CheckFrames(SandboxField field, JsonElement frames)
    {
        if (frames.GetArrayLength() is var count && (count < field.Min || count > field.Max))
        {
            _errors.Add(Invalid(field, "must hold exactly one image"));
        }

        foreach (JsonElement frame in frames.EnumerateArray())
        {
            CheckFrame(field, frame);
        }
    }

    private void CheckFrame(SandboxField field, JsonElement frame)
    {
        if (frame.ValueKind is not (JsonValueKind.String or JsonValueKind.Object))
        {
            _errors.Add(Invalid(field, "must hold texts or objects"));
            return;
        }

        if (frame.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in frame.EnumerateObject())
            {
                if (property.Name == "frame" && !IsFirstFrame(property.Value))
                {
                    string path = field.Path + ".frame";
                    _errors.Add(new SandboxError("unsupportedFrame", $"Parameter '{path}' must be the first frame.")
                    {
                        Parameters = [path],
                        AllowedTexts = SandboxSchema.Frames,
                    });
                }
                else if (property.Name is not ("frame" or "image"))
                {
                    _errors.Add(Unknown($"{field.Path}.{property.Name}"));
                }
            }
        }

        if (ImageOf(frame) is not { } image)
        {
            string path = field.Path + ".image";
            _errors.Add(new SandboxError("missingImage", $"Parameter '{path}' is required.") { Parameters = [path], Type = "string" });
        }
        else if ((_image = SandboxImage.Read(image)) is null)
        {
            _errors.Add(new SandboxError("invalidValueUploadFailed", $"Processing parameter '{field.Path}' failed.") { Parameters = [field.Path] });
        }
    }

    private static bool IsFirstFrame(JsonElement frame) => frame.ValueKind switch
    {
        JsonValueKind.String => Array.IndexOf(SandboxSchema.Frames, frame.GetString()) >= 0,
        JsonValueKind.Number => frame.TryGetDecimal(out decimal number)
            && Array.IndexOf(SandboxSchema.Frames, number.ToString("0.##", CultureInfo.InvariantCulture)) >= 0,
        _ => false,
    };

    private void CheckRequired()
    {
        foreach (SandboxField field in SandboxSchema.Fields.Values.Where(field => field.Required && !_seen.Contains(field.Path)))
        {
            _errors.Add(Missing(field, $"Parameter '{field.Path}' is required."));
        }
    }

    private void CheckSize(JsonElement task)
    {
        bool hasWidth = task.TryGetProperty("width", out JsonElement width);
        bool hasHeight = task.TryGetProperty("height", out JsonElement height);
        if (hasWidth != hasHeight)
        {
            _errors.Add(Missing(SandboxSchema.Fields[hasWidth ? "height" : "width"], "Parameters 'width' and 'height' must be used together."));
        }
        else if (hasWidth && IsWhole(width) && IsWhole(height) && Array.IndexOf(SandboxSchema.Sizes, SizeOf(width, height)) < 0)
        {
            _errors.Add(new SandboxError("unsupportedDimensions", "This combination of 'width' and 'height' is not supported.")
            {
                Parameters = ["width", "height"],
                Type = "integer",
                AllowedTexts = SandboxSchema.Sizes,
            });
        }
    }

    internal static string SizeOf(JsonElement width, JsonElement height) =>
        FormattableString.Invariant($"{decimal.Truncate(width.GetDecimal())}x{decimal.Truncate(height.GetDecimal())}");

    private static bool IsWhole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && decimal.Truncate(number) == number;

    private static SandboxError Missing(SandboxField field, string message) =>
        new("missing" + field.Code, message) { Parameters = [field.Path], Type = field.TypeName };

    private static SandboxError Invalid(SandboxField field, string problem) => new("invalid" + field.Code, $"Parameter '{field.Path}' {problem}.")
    {
        Parameters = [field.Path],
        Type = field.TypeName,
        AllowedTexts = field.Texts,
        AllowedNumbers = field.Numbers,
        Min = field.Min,
        Max = field.Max,
        Multiplier = field.Step,
    };

    private static SandboxError Unsupported(SandboxField field) => new("unsupported" + field.Code, $"This value of parameter '{field.Path}' is not supported.")
    {
        Parameters = [field.Path],
        Type = field.TypeName,
        AllowedTexts = field.Texts,
        AllowedNumbers = field.Numbers,
    };

    private static string Describe(SandboxField field) => field.Type switch
    {
        SandboxFieldType.Uuid => "a UUID v4",
        SandboxFieldType.Uri => "an http or https address",
        _ => "of type " + field.TypeName,
    };
}
