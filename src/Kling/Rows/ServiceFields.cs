using Kling.Binding;
using Kling.Requests;

namespace Kling.Rows;

/// <summary>
/// What a row says in the service's own shape and no parameter binds: the first frame, the safety settings, and fields that have one
/// value only. A field that cannot be applied is refused by its name, so that nothing is bought without it.
/// </summary>
/// <param name="Image">The texts of the first frame; empty where the row has none.</param>
/// <param name="CheckContent">The field <c>safety.checkContent</c>.</param>
/// <param name="SafetyMode">The field <c>safety.mode</c>.</param>
internal sealed record ServiceFields(string[] Image, bool? CheckContent, string? SafetyMode)
{
    internal const string FrameImages = "inputs.frameImages";
    internal const string SafetyCheck = "safety.checkContent";
    internal const string SafetyModeField = "safety.mode";
    private const string Frame = FrameImages + ".frame";
    private const string TaskUuid = "taskUUID";
    private static readonly string[] s_fixed = ["taskType", "outputType", "deliveryMethod"];
    private static readonly string[] s_frameImage = ["image", "inputImage"];
    private static readonly BooleanCellAttribute s_boolean = new(SafetyCheck);
    private static readonly TextCellAttribute s_text = new(SafetyModeField);

    // A task that was exported and read again is a row, and its results are not part of the next request.
    private static readonly HashSet<string> s_ofTask = new(typeof(KlingTask).GetProperties().Select(property => property.Name), StringComparer.OrdinalIgnoreCase);

    /// <summary>A row without such fields.</summary>
    internal static ServiceFields None { get; } = new([], null, null);

    /// <summary>Whether the row gives anything in this shape.</summary>
    internal bool Any => this != None;

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="parameters">The columns that bind by themselves.</param>
    /// <exception cref="InputException">A field cannot be applied. All such fields are in the message.</exception>
    internal static ServiceFields Of(PSObject row, RequestParameters parameters)
    {
        if (row.BaseObject is not PSCustomObject)
        {
            return None;
        }

        var found = new Reading();
        bool isRequest = !RowCells.IsBlank(row.Properties[s_fixed[0]]?.Value);
        foreach (PSPropertyInfo column in row.Properties)
        {
            if (!parameters.Knows(column.Name) && RowCells.ValueOf(column) is object value && !RowCells.IsBlank(value) && !s_ofTask.Contains(column.Name))
            {
                found.Take(column.Name, value, isRequest);
            }
        }

        return found.ToFields();
    }

    /// <summary>What was found in one row so far.</summary>
    private sealed class Reading
    {
        private readonly List<string> _wrong = [];
        private string[] _image = [];
        private bool? _check;
        private string? _mode;

        internal ServiceFields ToFields() => _wrong.Count > 0 ? throw new InputException(ErrorCatalog.InvalidRequest, string.Join(" ", _wrong))
            : _image.Length == 0 && _check is null && _mode is null ? None
            : new ServiceFields(_image, _check, _mode);

        internal void Take(string name, object value, bool isRequest)
        {
            if (Is(name, "inputs") || Is(name, "safety"))
            {
                TakeNested(name, value);
            }
            else if (!TakeLeaf(name, value) && (RowCells.Items(value).Any(RowCells.IsNested) || isRequest))
            {
                Refuse(name, value, isRequest
                    ? "a field that the model has, in a row that is a whole request"
                    : "a value that can be sent; an object in a cell is read only under inputs and safety");
            }
        }

        private void TakeNested(string name, object value)
        {
            if (!RowCells.IsNested(value))
            {
                Refuse(name, value, Is(name, "inputs") ? "an object with frameImages" : "an object with checkContent and mode");
                return;
            }

            foreach ((string field, object? inner) in RowCells.Fields(value))
            {
                if (!RowCells.IsBlank(inner) && !TakeLeaf($"{name}.{field}", inner!))
                {
                    Refuse($"{name}.{field}", inner, Is(name, "inputs") ? "frameImages only" : "checkContent and mode only");
                }
            }
        }

        private bool TakeLeaf(string name, object value)
        {
            if (Is(name, FrameImages))
            {
                TakeFrame(value);
            }
            else if (Is(name, SafetyCheck))
            {
                Try(() => _check = (bool?)s_boolean.Transform(null!, value));
            }
            else if (Is(name, SafetyModeField))
            {
                Try(() => _mode = (string?)s_text.Transform(null!, value));
            }
            else if (Is(name, TaskUuid))
            {
                // The service's id of another purchase: this one gets its own.
                if (!Guid.TryParse(RowCells.Text(value), out _))
                {
                    Refuse(name, value, "a UUID; it is not used, since every purchase gets an id of its own");
                }
            }
            else if (s_fixed.FirstOrDefault(one => Is(name, one)) is string known)
            {
                string only = ModelSpec.Kling21Standard.Row(known).AllowedValues[0];
                if (RowCells.Items(value) is not [object one] || !Is(RowCells.Text(one), only))
                {
                    Refuse(name, value, only);
                }
            }
            else
            {
                return false;
            }

            return true;
        }

        private void TakeFrame(object value)
        {
            object?[] items = RowCells.Items(value);
            if (items.Length != 1 || RowCells.IsBlank(items[0]))
            {
                _wrong.Add($"{FrameImages}: {items.Length} images were given; allowed: one, the first frame.");
                return;
            }

            if (!RowCells.IsNested(items[0]))
            {
                Try(() => _image = ImageCellAttribute.Texts(items[0]));
                return;
            }

            foreach ((string field, object? inner) in RowCells.Fields(items[0]!))
            {
                if (s_frameImage.Any(one => Is(field, one)) && _image.Length == 0)
                {
                    Try(() => _image = ImageCellAttribute.Texts(inner));
                }
                else if (!RowCells.IsBlank(inner) && !(Is(field, "frame") && RowCells.Text(inner) is var frame && (Is(frame, "first") || frame == "0")))
                {
                    Refuse($"{FrameImages}.{field}", inner, Is(field, "frame") ? ModelSpec.Kling21Standard.Row(Frame).AllowedText : "image and frame only");
                }
            }

            if (_image.Length != 1)
            {
                _wrong.Add($"{FrameImages}.image: nothing was given; allowed: a media UUID, URL, data URI, base64 text or path of one image.");
            }
        }

        private void Refuse(string name, object? given, string allowed) => _wrong.Add(new Violation(name, RowCells.Show(given), allowed).Message);

        private void Try(Action read)
        {
            try
            {
                read();
            }
            catch (ArgumentTransformationMetadataException failure)
            {
                _wrong.Add(failure.Message);
            }
        }

        private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
    }
}
