namespace Kling.Models;

/// <summary>The image of a request: what kind it is and where its bytes are.</summary>
public sealed class RequestImage
{
    /// <summary>Creates the image.</summary>
    /// <param name="kind">How the image is given.</param>
    /// <param name="value">The UUID, URL, data URI, base64 text, or full file path.</param>
    public RequestImage(ImageKind kind, string value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>How the image is given.</summary>
    public ImageKind Kind { get; }

    /// <summary>The UUID, URL, data URI, base64 text, or full file path.</summary>
    public string Value { get; }

    /// <summary>SHA-256 of the image's bytes in lower-case hex; null where only the service can see them.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Size in bytes; null where only the service can see them.</summary>
    public long? Bytes { get; init; }

    /// <summary>Width in pixels as it is shown, that is after the rotation the file asks for; null where it is not known.</summary>
    public int? Width { get; init; }

    /// <summary>Height in pixels as it is shown, that is after the rotation the file asks for; null where it is not known.</summary>
    public int? Height { get; init; }

    /// <summary>The format found in the bytes, for example <c>PNG</c>; null where only the service can see them.</summary>
    public string? Format { get; init; }

    /// <summary>Whether its pixels can be transparent, which a video cannot show; null where it is not known.</summary>
    public bool? HasAlpha { get; init; }

    /// <summary>What else is unusual about it, as far as it was read.</summary>
    public ImageTraits Traits { get; init; }

    /// <summary>The image as it may be shown and stored: a file's full path, a UUID, an address without its query, inline data as length and hash.</summary>
    internal string Shown => Kind switch
    {
        ImageKind.Url => Masking.Address(Value),
        ImageKind.DataUri or ImageKind.Base64 => Masking.InlineData(Value),
        _ => Value,
    };

    /// <summary>What is known of it without its text, for example <c>a file: JPEG, 1024x768 pixels, 83211 bytes</c>.</summary>
    internal string Description
    {
        get
        {
            string kind = Kind switch
            {
                ImageKind.Uuid => "a media UUID",
                ImageKind.Url => "an address, which the service fetches itself",
                ImageKind.DataUri => "a data URI",
                ImageKind.Base64 => "base64 text",
                _ => "a file",
            };
            string?[] known =
            [
                Format,
                Width is null || Height is null ? null : FormattableString.Invariant($"{Width}x{Height} pixels"),
                Bytes is null ? null : FormattableString.Invariant($"{Bytes} bytes"),
                HasAlpha == true ? "may be transparent, which a video cannot show" : null,
            ];
            string facts = string.Join(", ", known.Where(fact => fact is not null));
            return facts.Length == 0 ? kind : $"{kind}: {facts}";
        }
    }
}

/// <summary>The ways to name an image (model page, frameImages), and a local file.</summary>
public enum ImageKind
{
    /// <summary>The UUID of an uploaded or generated image.</summary>
    Uuid,

    /// <summary>An http or https address the service fetches itself.</summary>
    Url,

    /// <summary>A data URI.</summary>
    DataUri,

    /// <summary>Base64 without a prefix.</summary>
    Base64,

    /// <summary>A local file.</summary>
    File,
}

/// <summary>What is unusual about an image and may matter to whoever decodes it.</summary>
[Flags]
public enum ImageTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has several frames.</summary>
    Animated = 1,

    /// <summary>Its colours are those of print: cyan, magenta, yellow and black.</summary>
    Cmyk = 2,

    /// <summary>Its file breaks the rules of its format in a way that decoders forgive.</summary>
    Irregular = 4,
}
