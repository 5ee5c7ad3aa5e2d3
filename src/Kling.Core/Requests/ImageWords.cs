using Kling.Models;

namespace Kling.Requests;

/// <summary>Says in words what an image was taken for and what is known of it.</summary>
public static class ImageWords
{
    /// <summary>What an image was taken for, and what a size makes of it.</summary>
    /// <param name="name">The image's name, without secrets.</param>
    /// <param name="image">The image.</param>
    /// <param name="size">The size that was chosen for it; null where none was. The image's own must be known then.</param>
    /// <exception cref="ArgumentException">There is a size, and the image's own is not known.</exception>
    public static string Sentence(string name, RequestImage image, VideoSize? size) => size is null
        ? $"{name} is taken for {Describe(image)}."
        : image is { Width: int width, Height: int height }
            ? $"{name} is taken for {Describe(image)}; {CropText.For(width, height, size)}."
            : throw new ArgumentException("The image's size must be known.", nameof(image));

    /// <summary>For example <c>a file: JPEG, 1024x768 pixels, 83211 bytes</c>. It shows nothing of the image's text.</summary>
    /// <param name="image">The image.</param>
    public static string Describe(RequestImage image)
    {
        string kind = image.Kind switch
        {
            ImageKind.Uuid => "a media UUID",
            ImageKind.Url => "an address, which the service fetches itself",
            ImageKind.DataUri => "a data URI",
            ImageKind.Base64 => "base64 text",
            _ => "a file",
        };
        string?[] known =
        [
            image.Format,
            image is { Width: int width, Height: int height } ? FormattableString.Invariant($"{width}x{height} pixels") : null,
            image.Bytes is long bytes ? FormattableString.Invariant($"{bytes} bytes") : null,
            image.HasAlpha == true ? "may be transparent, which a video cannot show" : null,
        ];
        string facts = string.Join(", ", known.Where(fact => fact is not null));
        return facts.Length == 0 ? kind : $"{kind}: {facts}";
    }
}
