using Kling.Binding;
using Kling.Requests;

namespace Kling.Rows;

/// <summary>
/// What a row says in the service's own shape and no parameter binds: the frames, nested settings, and fields that have one value only.
/// A field that cannot be applied is refused by its name, so that nothing is bought without it.
/// </summary>
internal sealed record ServiceFields
{
    internal const string FrameImages = "inputs.frameImages";
    internal const string SafetyCheck = "safety.checkContent";
    internal const string SafetyModeField = "safety.mode";
    internal const string SoundField = "providerSettings.klingai.sound";
    private const string TaskUuid = "taskUUID";
    private static readonly string[] s_fixed = ["taskType", "outputType", "deliveryMethod"];
    private static readonly string[] s_frameImage = ["image", "inputImage"];
    private static readonly string[] s_nested = ["inputs", "safety", "providerSettings"];
    private static readonly BooleanCellAttribute s_boolean = new(SafetyCheck);
    private static readonly BooleanCellAttribute s_sound = new(SoundField);
    private static readonly TextCellAttribute s_text = new(SafetyModeField);

    // A task that was exported and read again is a row, and its results are not part of the next request.
    private static readonly HashSet<string> s_ofTask = new(typeof(KlingTask).GetProperties().Select(property => property.Name), StringComparer.OrdinalIgnoreCase);

    /// <summary>A row without such fields.</summary>
    internal static ServiceFields None { get; } = new();

    /// <summary>The texts of the first frame; empty where the row has none.</summary>
    internal string[] Image { get; private init; } = [];

    /// <summary>The text of the last frame.</summary>
    internal string? LastImage { get; private init; }

    /// <summary>The field <c>safety.checkContent</c>.</summary>
    internal bool? CheckContent { get; private init; }

    /// <summary>The field <c>safety.mode</c>.</summary>
    internal string? SafetyMode { get; private init; }

    /// <summary>The field <c>providerSettings.klingai.sound</c>.</summary>
    internal bool? Sound { get; private init; }

    /// <summary>Fields that no parameter has, by their paths.</summary>
    internal IReadOnlyList<(string Path, object? Value)> Others { get; private init; } = [];

    /// <summary>Whether the row gives anything in this shape.</summary>
    internal bool Any => this != None;

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="parameters">The columns that bind by themselves.</param>
    /// <param name="spec">The table of the model that the row asks.</param>
    /// <exception cref="InputException">A field cannot be applied. All such fields are in the message.</exception>
    internal static ServiceFields Of(PSObject row, RequestParameters parameters, ModelSpec spec)
    {
        if (row.BaseObject is not PSCustomObject)
        {
            return None;
        }

        var found = new Reading(spec);
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
    private sealed class Reading(ModelSpec spec)
    {
        private readonly List<string> _wrong = [];
        private ServiceFields _fields = None;

        internal ServiceFields ToFields() => _wrong.Count > 0 ? throw new InputException(ErrorCatalog.InvalidRequest, string.Join(" ", _wrong)) : _fields;

        internal void Take(string name, object value, bool isRequest)
        {
            if (s_nested.Any(one => Is(name, one)))
            {
                TakeNested(name, value);
            }
            else if (!TakeLeaf(name, value) && (RowCells.Items(value).Any(RowCells.IsNested) || isRequest))
            {
                Refuse(name, value, isRequest
                    ? "a field that the model has, in a row that is a whole request"
                    : $"a value that can be sent; an object in a cell is read only under {WordList.And(s_nested)}");
            }
        }

        private void TakeNested(string name, object value)
        {
            if (!RowCells.IsNested(value))
            {
                Refuse(name, value, "an object with its fields");
                return;
            }

            foreach ((string field, object? inner) in RowCells.Fields(value))
            {
                string path = $"{name}.{field}";
                if (RowCells.IsBlank(inner) || TakeLeaf(path, inner!))
                {
                    continue;
                }

                if (RowCells.IsNested(inner))
                {
                    TakeNested(path, inner!);
                }
                else if (Is(name, "safety"))
                {
                    Refuse(path, inner, "checkContent and mode only");
                }
                else
                {
                    TakeOther(path, inner!);
                }
            }
        }

        private void TakeOther(string path, object value)
        {
            try
            {
                _fields = _fields with { Others = [.. _fields.Others, (path, SettingCellAttribute.Tree(value))] };
            }
            catch (FormatException)
            {
                Refuse(path, value, "a text, a number, a boolean, a list or an object");
            }
        }

        private bool TakeLeaf(string name, object value)
        {
            if (Is(name, FrameImages))
            {
                TakeFrames(value);
            }
            else if (Is(name, SafetyCheck))
            {
                Try(() => _fields = _fields with { CheckContent = (bool?)s_boolean.Transform(null!, value) });
            }
            else if (Is(name, SafetyModeField))
            {
                Try(() => _fields = _fields with { SafetyMode = (string?)s_text.Transform(null!, value) });
            }
            else if (Is(name, SoundField))
            {
                Try(() => _fields = _fields with { Sound = (bool?)s_sound.Transform(null!, value) });
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
                string only = spec.Row(known).AllowedValues[0];
                if (RowCells.Items(value) is not [object one] || !Is(RowCells.Text(one), only))
                {
                    Refuse(name, value, only);
                }
            }
            else if (spec.OtherFields.Any(row => Is(row.WireName, name)))
            {
                TakeOther(name, value);
            }
            else
            {
                return false;
            }

            return true;
        }

        private void TakeFrames(object value)
        {
            object?[] items = RowCells.Items(value);
            int most = spec.TakesLastImage ? 2 : 1;
            if (items.Length is 0 || items.Length > most || items.Any(RowCells.IsBlank))
            {
                _wrong.Add($"{FrameImages}: {items.Length} images were given; allowed: {(most == 1 ? "one, the first frame" : "the first and the last frame")}.");
                return;
            }

            for (int i = 0; i < items.Length; i++)
            {
                TakeFrame(items[i]!, isLast: i > 0);
            }
        }

        private void TakeFrame(object item, bool isLast)
        {
            object? image = RowCells.IsNested(item) ? null : item;
            foreach ((string field, object? inner) in RowCells.IsNested(item) ? RowCells.Fields(item) : [])
            {
                if (s_frameImage.Any(one => Is(field, one)) && image is null)
                {
                    image = inner;
                }
                else if (!RowCells.IsBlank(inner) && !(Is(field, "frame") && RowCells.Text(inner) is var frame && (isLast ? Is(frame, "last") || frame == "-1" : Is(frame, "first") || frame == "0")))
                {
                    Refuse($"{FrameImages}.{field}", inner, !Is(field, "frame") ? "image and frame only" : isLast ? "last or -1" : "first or 0");
                }
            }

            string[] texts = [];
            Try(() => texts = ImageCellAttribute.Texts(image));
            if (texts.Length != 1)
            {
                _wrong.Add($"{FrameImages}.image: nothing was given; allowed: a media UUID, URL, data URI, base64 text or path of one image.");
                return;
            }

            _fields = isLast ? _fields with { LastImage = texts[0] } : _fields with { Image = texts };
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
