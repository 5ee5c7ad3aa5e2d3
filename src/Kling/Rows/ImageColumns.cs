using System.Management.Automation;
using Kling.Binding;
using Kling.Errors;

namespace Kling.Rows;

/// <summary>The columns of a row that may name its image.</summary>
internal static class ImageColumns
{
    private static readonly string[] s_names = ["Image", "ImageUrl", "Uri", "ImageUUID", "MediaUUID"];

    /// <summary>The texts of the first of them that is not empty; null where all are.</summary>
    /// <exception cref="InputException">It holds an object that names no image.</exception>
    internal static string[]? Texts(PSObject row)
    {
        try
        {
            return s_names.Select(column => ImageCellAttribute.Texts(row.Properties[column]?.Value)).FirstOrDefault(texts => texts.Length > 0);
        }
        catch (ArgumentTransformationMetadataException failure)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, failure.Message);
        }
    }

    /// <summary>Whether any of them holds anything.</summary>
    internal static bool AnyGiven(PSObject row) =>
        s_names.Any(column => row.Properties[column]?.Value is object value && !(value is string text && string.IsNullOrWhiteSpace(text)));

    /// <summary>The failure of a record that names no image.</summary>
    /// <param name="row">What the record holds instead; empty where it is no row.</param>
    internal static InputException Missing(string row) => new(ErrorCatalog.ImageMissing,
        $"Image: nothing was given; allowed: a path, URL, media UUID, data URI or base64 text, or a row with one of the columns {string.Join(", ", s_names)}, LiteralPath, PSPath or FullName.{row}");
}
