using System.Collections;

namespace Kling.Binding;

/// <summary>
/// What may name an image: text, a file, an address, a UUID, or a list of them. A row object is refused, so that it
/// never becomes image text; the inner cast exception lets the binder look for the row's own columns.
/// </summary>
/// <remarks>
/// The binder asks twice for each row and wraps each refusal. That takes longer than everything else that is done for the row before it
/// is sent. So a cmdlet that reads the columns itself (with a <c>RowReader</c>) takes <see cref="Row"/> instead of the row.
/// </remarks>
/// <param name="parameter">The parameter's name.</param>
internal sealed class ImageCellAttribute(string parameter = "Image") : ArgumentTransformationAttribute
{
    /// <summary>Stands for a row whose columns are still to be read.</summary>
    internal static readonly string[] Row = [];

    /// <summary>Whether a row is taken for <see cref="Row"/> instead of refused.</summary>
    public bool TakesRows { get; init; }

    /// <summary>Whether one image is all that is taken.</summary>
    public bool IsOne { get; init; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (TakesRows && inputData is PSObject { BaseObject: PSCustomObject })
        {
            return Row;
        }

        string[] texts = Texts(inputData, parameter);
        return texts.Length == 0 ? null
            : !IsOne ? texts
            : texts.Length == 1 ? texts[0]
            : throw CellAttribute.Refused($"{parameter}: {texts.Length} images were given; allowed: one.");
    }

    /// <summary>The texts a value holds; none where all of it is blank.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">An object is among them that names no image, or a blank beside images.</exception>
    internal static string[] Texts(object? inputData, string parameter = "Image")
    {
        object? value = CellAttribute.Unwrapped(inputData);
        IEnumerable items = value is IEnumerable list and not string and not IDictionary ? list : new[] { value };
        string?[] texts = [.. items.Cast<object?>().Select(item => Text(item, parameter))];
        string[] given = [.. texts.OfType<string>().Where(text => !string.IsNullOrWhiteSpace(text))];

        // Without the inner cast exception: a list with a hole in it has no other meaning that the binder could look for.
        return given.Length == 0 || given.Length == texts.Length ? given
            : throw CellAttribute.Refused($"{parameter}: '' was given among others; allowed: images, without blanks.");
    }

    private static string? Text(object? item, string parameter)
    {
        // A PSCustomObject's BaseObject is itself a marker, so it lands in the last arm.
        object? value = CellAttribute.Unwrapped(item);
        return value switch
        {
            null => null,
            string text => text,
            Uri address => address.OriginalString,
            Guid id => id.ToString("D"),
            FileInfo file => WildcardPattern.Escape(file.FullName),
            _ => throw CellAttribute.Refused(NoImage(value.GetType().Name, parameter), asksOn: true),
        };
    }

    /// <summary>What is wrong with an object of a type that names no image.</summary>
    internal static string NoImage(string type, string parameter = "Image") =>
        $"{parameter}: an object of type {type} was given; allowed: a path, URL, UUID, data URI, base64 text or file.";
}
