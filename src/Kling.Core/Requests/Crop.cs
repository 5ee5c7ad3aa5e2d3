namespace Kling.Requests;

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
