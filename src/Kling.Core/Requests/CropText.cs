namespace Kling.Requests;

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
