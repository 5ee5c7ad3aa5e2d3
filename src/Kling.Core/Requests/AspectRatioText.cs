namespace Kling.Requests;

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
