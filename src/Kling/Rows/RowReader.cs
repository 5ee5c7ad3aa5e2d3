using System.Collections;
using Kling.Binding;
using Kling.Paths;
using Kling.Requests;

namespace Kling.Rows;

/// <summary>Reads the records of one cmdlet: whether each can be used whole, the row it is, and the images it names.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="spec">Gives the table of the model that the current record asks.</param>
internal sealed class RowReader(PSCmdlet cmdlet, Func<ModelSpec> spec)
{
    private static readonly string[] s_imageColumns = ["Image", "ImageUrl", "Uri", "ImageUUID", "MediaUUID"];
    private static readonly string[] s_addresses = ["WebhookUrl", "UploadEndpoint"];
    private readonly HashSet<string> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private ImageResolver? _resolver;
    private ColumnHints? _hints;
    private PSObject? _input;
    private PSObject? _unread;
    private PSObject? _sidecar;
    private int _bound;
    private int _read;

    /// <summary>The whole input object of the current record. PowerShell's binder sets it, also for records that it then refuses.</summary>
    internal PSObject? Input
    {
        get => _input;
        set
        {
            // A sidecar is the row it holds.
            Parameters.TakeBack();
            _sidecar = SidecarRow.Of(value?.BaseObject);
            _input = _sidecar ?? value;
            if (value is not null)
            {
                EndInput();
                _unread = value;
                _bound++;
            }
        }
    }

    /// <summary>Hears of each record that PowerShell's binder refused: its input was bound, and nobody came to read it.</summary>
    internal Action<PSObject>? RecordRefused { get; set; }

    /// <summary>No more is bound to the record before: where it was not read, it was refused.</summary>
    internal void EndInput()
    {
        if (_unread is not null)
        {
            RecordRefused?.Invoke(_unread);
            _unread = null;
        }
    }

    /// <summary>The row of the current record; null for everything that has no columns of its own, such as text and files.</summary>
    internal PSObject? Row => RowCells.IsRow(Input?.BaseObject) ? Input : null;

    /// <summary>What the current row says in the service's own shape.</summary>
    internal ServiceFields Fields { get; private set; } = ServiceFields.None;

    /// <summary>What the parameters are, and which were given for all records.</summary>
    internal RequestParameters Parameters { get; } = new(cmdlet);

    /// <summary>Whether the command buys, and so stops at what another command only warns about.</summary>
    internal bool IsStrict { get; set; }

    /// <summary>The input of the current record, for an error about the whole record.</summary>
    internal object Target => (object?)Row ?? cmdlet.MyInvocation.MyCommand.Name;

    /// <summary>
    /// How many records the binder refused: it set their input, another parameter failed, and <see cref="Accept"/> was never called.
    /// The binder has written an error for each.
    /// </summary>
    internal int Refused => _bound - _read;

    /// <summary>Whether the current record names an image in any way.</summary>
    internal bool NamesImage(string[]? image, string[]? literalPath) =>
        Input?.BaseObject is FileSystemInfo || literalPath is { Length: > 0 } || image is { Length: > 0 }
        || (Row is PSObject row && (Fields.Image.Length > 0 || s_imageColumns.Any(column => !RowCells.IsBlank(row.Properties[column]?.Value))));

    /// <summary>
    /// Whether the current record is to be used: everything that was piped has a place in the request. What has none is an error of its
    /// record, since a purchase without it would be a surprise. A blank row is left out without an error.
    /// </summary>
    /// <param name="image">What was bound to -Image.</param>
    /// <param name="literalPath">What was bound to -LiteralPath.</param>
    /// <param name="failed">Takes the failure of the record.</param>
    /// <param name="end">Takes a failure that ends the command, since the other records would fail alike.</param>
    internal bool Accept(string[]? image, string[]? literalPath, Action<Exception, object?> failed, Action<Exception, object?> end)
    {
        _read += Input is null ? 0 : 1;
        _unread = null;
        Fields = ServiceFields.None;
        if (!cmdlet.MyInvocation.ExpectingInput)
        {
            return true;
        }

        try
        {
            if (Row is not PSObject row)
            {
                if (Unusable() is InputException all)
                {
                    end(all, Input ?? Target);
                    return false;
                }

                CheckPlain(image);
                StopAtMisspeltColumn(Input?.BaseObject is FileSystemInfo ? Input.Properties.Where(column => column is PSNoteProperty) : [], image, literalPath, end);
                return true;
            }

            if (RowCells.IsBlank(row))
            {
                cmdlet.Tell("A row whose cells are all blank is left out.");
                return false;
            }

            if (_sidecar is not null)
            {
                Parameters.Give(_sidecar);
            }

            ReadFields(row);
            StopAtMisspeltColumn(row.Properties, image, literalPath, end);
            CheckRow(row);
            NameAddresses(row);
            return true;
        }
        catch (InputException failure)
        {
            failed(failure, Input ?? Target);
            return false;
        }
    }

    /// <summary>The images of the current record, not read yet.</summary>
    /// <param name="image">What was bound to -Image.</param>
    /// <param name="literalPath">What was bound to -LiteralPath; it is used only when nothing else names an image.</param>
    /// <param name="failed">Takes the failure of a name that is no image, or of a record that names none, and the input it is about.</param>
    internal IReadOnlyList<ImageSource> FindImages(string[]? image, string[]? literalPath, Action<Exception, object?> failed)
    {
        try
        {
            bool ofRow = Row is not null && !Parameters.NameTheImage;
            string[] names = Parameters.IsNamed("LiteralPath") && literalPath is { Length: > 0 } ? []
                : Parameters.IsNamed("Image") && image is { Length: > 0 } ? image
                : Row is PSObject row ? ColumnTexts(row) : image ?? [];
            string[] paths = literalPath ?? [];
            if (names.Length == 0 && paths.Length == 0 && Input?.BaseObject is not FileSystemInfo)
            {
                failed(Missing(), Target);
                return [];
            }

            void Fail(InputException failure, string displayName) => failed(WithSidecarAdvice(failure), (object?)Row ?? displayName);
            return ofRow && names.Length > 0
                ? [.. names.SelectMany(name => OneOf(name, [.. Resolver.FindAll(null, [Meant(name)], [], Fail)], Fail))]
                : [.. Resolver.FindAll(Input?.BaseObject, names, paths, Fail)];
        }
        catch (InputException failure)
        {
            failed(failure, Target);
            return [];
        }
    }

    /// <summary>The images that a name stands for, not read yet.</summary>
    /// <exception cref="InputException">It stands for none.</exception>
    internal ImageSource[] Find(string name) => [.. Resolver.FindAll(null, [Meant(name)], [], (failure, _) => throw failure)];

    private ImageResolver Resolver => _resolver ??= new ImageResolver(cmdlet.SessionState.Path);

    /// <summary>What is wrong with the whole input: a dictionary is never a row, and beside a named image only rows have a place.</summary>
    private InputException? Unusable()
    {
        object? value = Input?.BaseObject;
        if (value is IDictionary)
        {
            return new InputException(ErrorCatalog.InvalidRequest,
                $"A dictionary ({value.GetType().Name}) was piped; allowed: a row object. Its keys are no columns.",
                $"… | ForEach-Object {{ [pscustomobject]$_ }} | {cmdlet.MyInvocation.MyCommand}");
        }

        if (!Parameters.NameTheImage)
        {
            return null;
        }

        string name = RequestParameters.Images.First(Parameters.IsNamed);
        return new InputException(ErrorCatalog.InvalidRequest,
            $"{Kind(value)} was piped beside -{name}; allowed: rows with columns, since -{name} names the image already.",
            $"{cmdlet.MyInvocation.MyCommand} -{cmdlet.MyInvocation.MyCommand.Parameters[name]} a.png -Prompt (Get-Content prompts.txt) # lines of text as prompts; or pipe rows: [pscustomobject]@{{ Prompt = 'slow dolly in' }}");
    }

    /// <summary>A record without columns must be an image.</summary>
    private void CheckPlain(string[]? image)
    {
        object? value = Input?.BaseObject;
        if (value is FileSystemInfo || image is { Length: > 0 })
        {
            return;
        }

        throw value is IEnumerable and not string
            ? new InputException(ErrorCatalog.ImageMissing,
                $"{Kind(value)} was piped as one object and is no list of images; allowed: rows one by one, or a list that holds images only.",
                $"$rows | ForEach-Object {{ $_ }} | {cmdlet.MyInvocation.MyCommand}")
            : Missing();
    }

    /// <summary>A row: at least one of its columns must be used.</summary>
    private void CheckRow(PSObject row)
    {
        if (Parameters.TwoColumns(row) is (string one, string two))
        {
            throw new InputException(ErrorCatalog.InvalidRequest, $"The columns {one} and {two} are one parameter and differ; allowed: one of them.");
        }

        if (Fields.Any || row.Properties.Any(column => Parameters.Uses(column.Name)))
        {
            return;
        }

        string[] given = [.. row.Properties.Select(column => column.Name).Where(Parameters.Knows)];
        string why = given.Length > 0
            ? $"The row is not used: its columns {string.Join(", ", given)} are given for all rows already."
            : "None of the row's columns is a parameter; allowed: columns such as Image, Prompt, Duration and AspectRatio.";
        throw new InputException(Parameters.NameTheImage ? ErrorCatalog.InvalidRequest : ErrorCatalog.ImageMissing, why + RowCells.Describe(row));
    }

    private void ReadFields(PSObject row)
    {
        foreach (string warning in Parameters.IgnoredColumns(row))
        {
            cmdlet.Warn(warning);
        }

        Fields = ServiceFields.Of(row, Parameters, spec());
        if (!Fields.Any)
        {
            return;
        }

        string?[] warnings =
        [
            Parameters.IgnoredField("CheckContent", ServiceFields.SafetyCheck, Fields.CheckContent),
            Parameters.IgnoredField("SafetyMode", ServiceFields.SafetyModeField, Fields.SafetyMode),
            Parameters.IgnoredField("Sound", ServiceFields.SoundField, Fields.Sound),
            Parameters.IgnoredField("LastImage", ServiceFields.FrameImages, Fields.LastImage),
            RequestParameters.Images.Where(Parameters.IsNamed).Select(name => Parameters.IgnoredField(name, ServiceFields.FrameImages, Fields.Image)).FirstOrDefault(),
        ];
        foreach (string warning in warnings.OfType<string>())
        {
            cmdlet.Warn(warning);
        }

        Refuse("CheckContent", ServiceFields.SafetyCheck, Fields.CheckContent);
        Refuse("SafetyMode", ServiceFields.SafetyModeField, Fields.SafetyMode);
        Refuse("Sound", ServiceFields.SoundField, Fields.Sound);
        Refuse("LastImage", ServiceFields.FrameImages, Fields.LastImage);

        void Refuse(string column, string field, object? value)
        {
            if (value is not null && Parameters.Uses(column) && !RowCells.IsBlank(row.Properties[column]?.Value))
            {
                throw new InputException(ErrorCatalog.InvalidRequest, $"{field}: '{value}' was given beside the column {column}; allowed: one of them.");
            }
        }
    }

    private void StopAtMisspeltColumn(IEnumerable<PSPropertyInfo> columns, string[]? image, string[]? literalPath, Action<Exception, object?> end)
    {
        _hints ??= new ColumnHints(cmdlet.MyInvocation.MyCommand, Parameters);
        List<string> warnings = [];
        ColumnHint? missing = _hints.Look(columns, IsGiven, warnings.Add);
        bool ends = missing is not null && IsStrict;
        foreach (string warning in warnings.Where(warning => !ends || warning != missing!.Warning))
        {
            cmdlet.Warn(warning);
        }

        if (ends)
        {
            end(missing!.ToError(cmdlet.MyInvocation.MyCommand), Input);
        }

        bool IsGiven(string parameter) => Parameters.IsGiven(parameter)
            || ((s_imageColumns.Contains(parameter) || RequestParameters.Images.Contains(parameter)) && NamesImage(image, literalPath));
    }

    /// <summary>Names each host that a row lets the service send to, once: nobody typed it.</summary>
    private void NameAddresses(PSObject row)
    {
        foreach (string parameter in s_addresses)
        {
            if (IsStrict && Parameters.Uses(parameter) && row.Properties[parameter]?.Value is object cell && !RowCells.IsBlank(cell)
                && Uri.TryCreate(RowCells.Text(cell), UriKind.Absolute, out Uri? address) && _addresses.Add($"{parameter} {address.Authority}"))
            {
                cmdlet.Warn($"{parameter} of the input: {(parameter == s_addresses[0] ? "results are posted" : "videos are put")} to {address.Scheme}://{address.Authority}.");
            }
        }
    }

    /// <summary>Several files for one name of a row: whoever wrote the row decided what is bought, so it needs consent.</summary>
    private ImageSource[] OneOf(string name, ImageSource[] found, Action<InputException, string> failed)
    {
        if (found.Length <= 1)
        {
            return found;
        }

        string message = $"Image: '{name}' of a row names {found.Length} files; allowed: one file for each name, or -Force, which takes them all.";
        if (!IsStrict)
        {
            cmdlet.Warn(message);
            return found;
        }

        failed(new InputException(ErrorCatalog.InvalidRequest, message,
            $"Get-ChildItem {name} # what it names; -Force takes them all"), name);
        return [];
    }

    /// <summary>The texts of the row's image columns; two that differ are refused, since only one of them could be used.</summary>
    private string[] ColumnTexts(PSObject row)
    {
        try
        {
            (string Column, string[] Texts)[] given =
            [
                .. s_imageColumns.Select(column => (column, ImageCellAttribute.Texts(row.Properties[column]?.Value))).Append((ServiceFields.FrameImages, Fields.Image))
                    .Where(one => one.Item2.Length > 0),
            ];
            if (given.FirstOrDefault(one => !one.Texts.SequenceEqual(given[0].Texts, StringComparer.Ordinal)) is (string other, _))
            {
                throw new InputException(ErrorCatalog.InvalidRequest, $"Image: the columns {given[0].Column} and {other} name different images; allowed: one of them.");
            }

            return given.Length > 0 ? given[0].Texts : [];
        }
        catch (ArgumentTransformationMetadataException failure)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, failure.Message);
        }
    }

    private InputException Missing() => new(ErrorCatalog.ImageMissing,
        "Image: nothing was given; allowed: a path, URL, media UUID, data URI or base64 text, or a row with one of the columns "
        + $"{string.Join(", ", s_imageColumns)}, LiteralPath, PSPath or FullName.{RowCells.Describe(Row ?? Single())}");

    // What is neither row nor text nor file is at least named by its type.
    private PSObject? Single() => Input?.BaseObject is null or string ? null : Input;

    private static string Kind(object? value) => value switch
    {
        null => "$null",
        string text => $"The text '{RowCells.Show(text)}'",
        FileSystemInfo file => $"The file '{file.Name}'",
        IEnumerable => $"A list ({value.GetType().Name})",
        _ => $"The {value.GetType().Name} '{RowCells.Show(value)}'",
    };

    private string Meant(string image) => Row is PSObject row && row.Properties[SidecarRow.Mark] is not null
        ? SidecarRow.ImageOf(row, image, cmdlet.SessionState.Path) : image;

    /// <summary>The failure with advice for a sidecar: it names its image as seen from its own folder, and the row does not contain that folder.</summary>
    private InputException WithSidecarAdvice(InputException failure) => failure.Id == ErrorCatalog.ImageNotFound && Row?.Properties[SidecarRow.Mark] is not null
        ? new InputException(failure.Id, failure.Message + " A sidecar names its image as seen from the sidecar's own folder.",
            $"Get-Item clips/*.kling.json | {cmdlet.MyInvocation.MyCommand} # the file itself, whose folder is known")
        : failure;
}
