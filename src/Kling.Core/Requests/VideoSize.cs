namespace Kling.Requests;

/// <summary>
/// A size a model can make. An image of another shape keeps its proportions and is cropped on two sides to fill it.
/// </summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="AspectRatio">The ratio, for example <c>16:9</c>.</param>
/// <param name="Label">The model page's name of it, for example <c>720p (16:9)</c>.</param>
public sealed record VideoSize(int Width, int Height, string AspectRatio, string Label)
{
    /// <summary>A smaller crop, in percent of the image, needs no warning.</summary>
    internal const decimal SmallCrop = 5m;

    /// <summary>The size as <c>1280x720</c>.</summary>
    public string Dimensions => FormattableString.Invariant($"{Width}x{Height}");

    /// <inheritdoc/>
    public override string ToString() => $"{Dimensions} ({AspectRatio})";

    /// <summary>The share of an image that is cropped, in percent with one decimal: 0 for the same shape, always less than 100.</summary>
    /// <param name="imageWidth">The image's width in pixels, as it is shown.</param>
    /// <param name="imageHeight">The image's height in pixels, as it is shown.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public decimal CropPercent(int imageWidth, int imageHeight)
    {
        decimal kept = KeptShare(imageWidth, imageHeight);

        // Even an image a million pixels long is not wholly lost: what is kept must not be rounded away.
        return Math.Min(99.9m, Math.Round(100m * (1m - kept), 1, MidpointRounding.AwayFromZero));
    }

    /// <summary>The share of an image that is kept, from 0 to 1, not rounded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    internal decimal KeptShare(int imageWidth, int imageHeight)
    {
        if (imageWidth <= 0 || imageHeight <= 0 || Width <= 0 || Height <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(imageWidth), "All sides must be positive.");
        }

        // Both products fit a decimal, so that equal shapes give exactly 1.
        decimal across = (decimal)imageWidth * Height;
        decimal down = (decimal)imageHeight * Width;
        return Math.Min(across, down) / Math.Max(across, down);
    }

    /// <summary>
    /// What is cropped, in words: <c>an image of 1024x768 becomes 1280x720 (16:9), and 25 % of it, at top and bottom, is cropped</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    internal string DescribeCrop(int imageWidth, int imageHeight)
    {
        decimal percent = CropPercent(imageWidth, imageHeight);
        bool isTooWide = (long)imageWidth * Height > (long)imageHeight * Width;
        string crop = percent == 0
            ? "next to nothing of it is cropped"
            : FormattableString.Invariant($"{percent:0.#} % of it, {(isTooWide ? "left and right" : "at top and bottom")}, is cropped");
        return FormattableString.Invariant($"an image of {imageWidth}x{imageHeight} becomes {this}, and {crop}");
    }
}
