using Kling.Binding;
using Kling.Paths;

namespace Kling.Rows;

/// <summary>Reads the records of one cmdlet: the row a record is, the images it names, and columns that look misspelt.</summary>
/// <param name="cmdlet">The cmdlet.</param>
internal sealed class RowReader(PSCmdlet cmdlet)
{
    // A message names at most this many columns of a row.
    private const int MostColumns = 12;
    private static readonly string[] s_imageColumns = ["Image", "ImageUrl", "Uri", "ImageUUID", "MediaUUID"];
    private ImageResolver? _resolver;
    private ColumnHints? _hints;
    private PSObject? _input;
    private int _bound;
    private int _read;

    /// <summary>The whole input object of the current record. PowerShell's binder sets it, also for records that it then refuses.</summary>
    internal PSObject? Input
    {
        get => _input;
        set
        {
            _input = value;
            _bound += value is null ? 0 : 1;
        }
    }

    /// <summary>The row of the current record; null for plain text and files.</summary>
    internal PSObject? Row => Input?.BaseObject is string or FileSystemInfo or Uri or Guid ? null : Input;

    /// <summary>The input of the current record, for an error about the whole record.</summary>
    internal object Target => (object?)Row ?? cmdlet.MyInvocation.MyCommand.Name;

    /// <summary>
    /// How many records the binder refused: it set their input, another parameter failed, and <see cref="FindImages"/> was never called.
    /// The binder has written an error for each.
    /// </summary>
    internal int Refused => _bound - _read;

    /// <summary>Whether the current record names an image in any way.</summary>
    internal bool NamesImage(string[]? image, string[]? literalPath) =>
        Input?.BaseObject is FileSystemInfo || literalPath is { Length: > 0 } || image is { Length: > 0 }
        || (Row is PSObject row && s_imageColumns.Any(column => IsGiven(row, column)));

    /// <summary>The images of the current record, not read yet.</summary>
    /// <param name="image">What was bound to -Image; it goes before the columns of a row.</param>
    /// <param name="literalPath">What was bound to -LiteralPath; it is used only when nothing else names an image.</param>
    /// <param name="failed">Takes the failure of a name that is no image, or of a record that names none, and the input it is about.</param>
    internal IReadOnlyList<ImageSource> FindImages(string[]? image, string[]? literalPath, Action<Exception, object?> failed)
    {
        _read += Input is null ? 0 : 1;
        WarnOfMisspeltColumns();
        try
        {
            string[] names = image is { Length: > 0 } ? image : Row is null ? [] : ColumnTexts(Row);
            string[] paths = literalPath ?? [];
            if (names.Length == 0 && paths.Length == 0 && Input?.BaseObject is not FileSystemInfo)
            {
                failed(Missing(), Target);
                return [];
            }

            _resolver ??= new ImageResolver(cmdlet.SessionState.Path);
            return [.. _resolver.FindAll(Input?.BaseObject, names, paths, (failure, displayName) => failed(WithSidecarAdvice(failure), (object?)Row ?? displayName))];
        }
        catch (InputException failure)
        {
            failed(failure, Target);
            return [];
        }
    }

    private void WarnOfMisspeltColumns()
    {
        if (Row is PSObject row)
        {
            _hints ??= new ColumnHints(cmdlet.MyInvocation.MyCommand);
            foreach (string hint in _hints.For(row))
            {
                cmdlet.WriteWarning(hint);
            }
        }
    }

    /// <summary>The texts of the first image column that is not empty.</summary>
    private static string[] ColumnTexts(PSObject row)
    {
        try
        {
            return s_imageColumns.Select(column => ImageCellAttribute.Texts(row.Properties[column]?.Value)).FirstOrDefault(texts => texts.Length > 0) ?? [];
        }
        catch (ArgumentTransformationMetadataException failure)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, failure.Message);
        }
    }

    private static bool IsGiven(PSObject row, string column) =>
        row.Properties[column]?.Value is object value && !(value is string text && string.IsNullOrWhiteSpace(text));

    private InputException Missing() => new(ErrorCatalog.ImageMissing,
        "Image: nothing was given; allowed: a path, URL, media UUID, data URI or base64 text, or a row with one of the columns "
        + $"{string.Join(", ", s_imageColumns)}, LiteralPath, PSPath or FullName.{(Row is PSObject row ? " " + Describe(row) : "")}");

    private static string Describe(PSObject row)
    {
        if (row.BaseObject is not PSCustomObject)
        {
            return $"The input is a {row.BaseObject.GetType().FullName}.";
        }

        string[] columns = [.. row.Properties.Select(column => column.Name)];
        string rest = columns.Length > MostColumns ? $" and {columns.Length - MostColumns} more" : "";
        return columns.Length == 0 ? "The row has no columns." : $"The row has the columns {string.Join(", ", columns.Take(MostColumns))}{rest}.";
    }

    /// <summary>The failure with advice for a sidecar: it names its image as seen from its own folder, and the row does not contain that folder.</summary>
    private InputException WithSidecarAdvice(InputException failure) => failure.Id == ErrorCatalog.ImageNotFound && Row?.Properties["SidecarVersion"] is not null
        ? new InputException(failure.Id, failure.Message + " A sidecar names its image as seen from the sidecar's own folder.",
            "Set-Location clips # or wherever the sidecar is")
        : failure;
}
