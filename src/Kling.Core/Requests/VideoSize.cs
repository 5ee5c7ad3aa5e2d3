using Kling.Models;

namespace Kling.Requests;

/// <summary>A size a model can make.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="AspectRatio">The ratio, for example <c>16:9</c>.</param>
/// <param name="Label">The model page's name of it, for example <c>720p (16:9)</c>.</param>
public sealed record VideoSize(int Width, int Height, string AspectRatio, string Label)
{
    /// <summary>The size as <c>1280x720</c>.</summary>
    public string Dimensions => FormattableString.Invariant($"{Width}x{Height}");

    /// <inheritdoc/>
    public override string ToString() => $"{Dimensions} ({AspectRatio})";
}

/// <summary>How much of an image is lost when it fills a size of another shape: it keeps its proportions and is cut on two sides.</summary>
public static class Crop
{
    /// <summary>Up to this share, in percent, a crop is not worth a word.</summary>
    public const decimal ALittle = 5m;

    /// <summary>The share of the image that is cropped, in percent with one decimal: 0 for the same shape, less than 100 always.</summary>
    /// <param name="imageWidth">The image's width in pixels, as it is shown.</param>
    /// <param name="imageHeight">The image's height in pixels, as it is shown.</param>
    /// <param name="size">The size to fill.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public static decimal For(int imageWidth, int imageHeight, VideoSize size)
    {
        decimal kept = Kept(imageWidth, imageHeight, size);

        // An image a million pixels long is not wholly lost: what is kept must not be rounded away.
        return Math.Min(99.9m, Math.Round(100m * (1m - kept), 1, MidpointRounding.AwayFromZero));
    }

    /// <summary>The share of the image that is kept, from 0 to 1, not rounded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    internal static decimal Kept(int imageWidth, int imageHeight, VideoSize size)
    {
        if (imageWidth <= 0 || imageHeight <= 0 || size.Width <= 0 || size.Height <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(imageWidth), "All sides must be positive.");
        }

        // Both products fit a decimal, so that equal shapes give exactly 1.
        decimal across = (decimal)imageWidth * size.Height;
        decimal down = (decimal)imageHeight * size.Width;
        return Math.Min(across, down) / Math.Max(across, down);
    }

    /// <summary>Whether the image's sides are cut (left and right) rather than its top and bottom.</summary>
    /// <param name="imageWidth">The image's width in pixels.</param>
    /// <param name="imageHeight">The image's height in pixels.</param>
    /// <param name="size">The size to fill.</param>
    public static bool CutsSides(int imageWidth, int imageHeight, VideoSize size) =>
        (long)imageWidth * size.Height > (long)imageHeight * size.Width;
}

/// <summary>Sizes by their ratio.</summary>
public static class AspectRatioText
{
    /// <summary>The model's size of a ratio such as <c>16:9</c>, <c>16x9</c> or <c>16/9</c>; null when it has none.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="text">The ratio.</param>
    public static VideoSize? Find(ModelSpec spec, string? text)
    {
        string wanted = (text ?? "").Replace(" ", "").Replace('x', ':').Replace('X', ':').Replace('/', ':');
        return spec.Sizes.FirstOrDefault(size => size.AspectRatio == wanted);
    }

    /// <summary>The model's size whose shape is nearest to that of an image, so that the least is cropped; of equal ones the larger.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public static VideoSize Nearest(ModelSpec spec, int width, int height)
    {
        // A 4:3 image loses a quarter in 16:9 as in 1:1; then the larger video is taken.
        return spec.Sizes.OrderByDescending(size => Crop.Kept(width, height, size)).ThenByDescending(size => size.Width * size.Height).First();
    }
}

/// <summary>Says in words what of an image is cropped.</summary>
public static class CropText
{
    /// <summary>
    /// For example <c>an image of 1024x768 becomes 1280x720 (16:9), and 25 % of it, at top and bottom, is cropped</c>.
    /// </summary>
    /// <param name="imageWidth">The image's width in pixels, as it is shown.</param>
    /// <param name="imageHeight">The image's height in pixels, as it is shown.</param>
    /// <param name="size">The size to fill.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public static string For(int imageWidth, int imageHeight, VideoSize size)
    {
        decimal share = Crop.For(imageWidth, imageHeight, size);
        string image = FormattableString.Invariant($"an image of {imageWidth}x{imageHeight} becomes {size}");
        string where = Crop.CutsSides(imageWidth, imageHeight, size) ? "left and right" : "at top and bottom";
        return share == 0
            ? $"{image}, and next to nothing of it is cropped"
            : FormattableString.Invariant($"{image}, and {share:0.#} % of it, {where}, is cropped");
    }
}

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
